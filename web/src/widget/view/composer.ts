import type { Texts } from '../texts';
import { element, icon, ICONS } from './dom';

/** Draw the field to write in; Enter sends, Shift and Enter begins a line. */
export function composer(
  texts: Texts,
  maxLength: number,
  say: (text: string) => void,
): { form: HTMLFormElement; input: HTMLTextAreaElement } {
  const input = element('textarea', {
    rows: '1',
    'aria-label': texts.input,
    placeholder: texts.placeholder,
    maxlength: String(maxLength),
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  const button = element('button', { class: 'send', 'aria-label': texts.send }, icon(ICONS.send));
  const form = element('form', { class: 'composer' }, input, button);
  const fit = () => {
    input.style.height = 'auto';
    input.style.height = `${input.scrollHeight}px`;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text) say(text);
    input.value = '';
    fit();
    input.focus();
  });
  input.addEventListener('input', fit);
  input.addEventListener('keydown', (event) => {
    // Enter also chooses a word while Chinese is being typed; Safari tells that by the code 229.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  return { form, input };
}
