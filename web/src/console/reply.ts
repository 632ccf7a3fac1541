// Replies are sent one after the other, and the box is free for the next at once. What could not be
// sent comes back into the box under the same key, so that the server says it once.
import { saveDraft } from './drafts';

interface Reply {
  readonly form: HTMLFormElement;
  readonly body: URLSearchParams;
}

const waiting: Reply[] = [];
let sending = false;

function fieldOf(form: HTMLFormElement): HTMLTextAreaElement {
  return form.querySelector('textarea')!;
}

function keyOf(form: HTMLFormElement): HTMLInputElement {
  return form.querySelector<HTMLInputElement>('[name=key]')!;
}

function newKey(): string {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(parts, (part) => part.toString(36)).join('-');
}

function giveBack({ form, body }: Reply): void {
  const field = fieldOf(form);
  field.value = [body.get('text'), field.value].filter(Boolean).join('\n');
  keyOf(form).value = body.get('key')!;
  saveDraft(field);
  field.focus();
}

/** What is shown when a reply did not go: a part of a page from the server, or plain words. */
interface Failure {
  readonly html?: string;
  readonly text?: string;
}

async function send({ form, body }: Reply): Promise<Failure | null> {
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body,
      headers: { 'HX-Request': 'true', 'HX-Current-URL': location.href },
    });
    const elsewhere = answer.headers.get('HX-Redirect');
    if (elsewhere) location.assign(elsewhere);
    return answer.ok && !elsewhere ? null : { html: await answer.text() };
  } catch {
    return { text: document.querySelector<HTMLElement>('[data-live]')?.dataset.off ?? '' };
  }
}

async function sendAll(): Promise<void> {
  if (sending) return;
  sending = true;
  const notice = document.getElementById('notice')!;
  while (waiting.length) {
    const failure = await send(waiting[0]!);
    if (failure) {
      // The latest first, so that the first stands on top in the end.
      waiting.splice(0).reverse().forEach(giveBack);
      if (failure.html) notice.innerHTML = failure.html;
      else notice.textContent = failure.text ?? '';
      break;
    }
    saveDraft(fieldOf(waiting.shift()!.form));
    notice.textContent = '';
    document.body.dispatchEvent(new CustomEvent('refresh'));
  }
  sending = false;
}

export function sendReplies(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('[data-reply]')) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    if (!body.get('text')?.trim()) return;
    waiting.push({ form, body });
    fieldOf(form).value = '';
    keyOf(form).value = newKey();
    void sendAll();
  });
}
