// A talk stays where it is being read; who reads its end follows what comes.

const NEAR = 80;

export function keepPlace(): void {
  const entries = document.getElementById('entries');
  const newer = document.getElementById('newer');
  if (!entries || !newer) return;
  let follows = true;

  const isAtEnd = () => entries.scrollHeight - entries.scrollTop - entries.clientHeight < NEAR;
  const toEnd = () => {
    entries.scrollTop = entries.scrollHeight;
    newer.hidden = true;
  };

  toEnd();
  document.body.addEventListener('htmx:beforeSwap', (event) => {
    if ((event as CustomEvent).detail.target === entries) follows = isAtEnd();
  });
  document.body.addEventListener('htmx:afterSwap', (event) => {
    const { target, xhr } = (event as CustomEvent).detail;
    if (target !== entries) return;
    if (follows) toEnd();
    else if (xhr.responseText.includes('id="entry-')) newer.hidden = false;
  });
  entries.addEventListener('scroll', () => {
    follows = isAtEnd();
    if (follows) newer.hidden = true;
  });
  newer.addEventListener('click', toEnd);
  // The reply box grows and the keyboard of a phone comes up: the end stays in sight.
  new ResizeObserver(() => {
    if (follows) toEnd();
  }).observe(entries);
}
