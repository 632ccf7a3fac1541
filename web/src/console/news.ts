// A sound, and a number in the title, when a customer has written and nobody looks.

const SOUND = 'xiaoer-sound';
const KNOWN = 'xiaoer-news';

/** Each turn of a customer that waits for this person: `REFERENCE@SECONDS`. */
function turns(): string[] {
  const told = document.getElementById('news')?.dataset.news ?? '';
  return told.split(' ').filter(Boolean);
}

function chime(): void {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.12, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  volume.connect(audio.destination);
  for (const [pitch, at] of [
    [660, 0],
    [880, 0.12],
  ] as const) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(volume);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + 0.5);
  }
  setTimeout(() => void audio.close(), 800);
}

function offerSound(): () => boolean {
  const button = document.querySelector<HTMLElement>('[data-sound]');
  const isOn = () => localStorage.getItem(SOUND) !== 'off';
  const show = () => button?.setAttribute('aria-pressed', String(isOn()));
  if (button) button.hidden = false;
  button?.addEventListener('click', () => {
    localStorage.setItem(SOUND, isOn() ? 'off' : 'on');
    show();
    if (isOn()) chime();
  });
  show();
  return isOn;
}

export function tellNews(): void {
  if (!document.getElementById('news')) return;
  const title = document.title;
  const soundIsOn = offerSound();
  const kept = sessionStorage.getItem(KNOWN);
  const known = new Set(kept === null ? turns() : kept.split(' '));
  let missed = 0;

  function look(): void {
    const fresh = turns().filter((turn) => !known.has(turn));
    for (const turn of fresh) known.add(turn);
    sessionStorage.setItem(KNOWN, [...known].slice(-500).join(' '));
    const open = location.pathname.split('/').pop();
    const unseen = fresh.filter((turn) => document.hidden || turn.split('@')[0] !== open);
    if (!unseen.length) return;
    if (soundIsOn()) chime();
    if (document.hidden) missed += unseen.length;
    if (missed) document.title = `(${missed}) ${title}`;
  }

  look();
  document.body.addEventListener('htmx:afterSwap', (event) => {
    if (((event as CustomEvent).detail.target as Element).id === 'queue') look();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    missed = 0;
    document.title = title;
  });
}
