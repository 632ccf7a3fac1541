// Forms that htmx sends are emptied when they have been sent; quick texts fill the reply.
import { restoreDraft, saveDraft } from './drafts';

function insert(field: HTMLTextAreaElement, words: string): void {
  const before = field.value.slice(0, field.selectionStart);
  const glue = before && !/\s$/.test(before) ? ' ' : '';
  field.setRangeText(glue + words, field.selectionStart, field.selectionEnd, 'end');
  saveDraft(field);
  field.focus();
}

export function helpForms(): void {
  document.body.addEventListener('htmx:afterRequest', (event) => {
    const { elt: form, successful } = (event as CustomEvent).detail;
    if (!successful || !(form instanceof HTMLFormElement) || !form.matches('[data-once]')) return;
    form.reset();
    const folded = form.closest('details');
    folded?.removeAttribute('open');
    folded?.querySelector('summary')?.focus();
  });
  // The reply box comes when a ticket has been taken: who took it goes on there.
  document.body.addEventListener('htmx:oobAfterSwap', (event) => {
    const target = (event as CustomEvent).detail.target as Element;
    if (target.id !== 'composer') return;
    restoreDraft();
    if (document.activeElement === document.body) document.getElementById('reply')?.focus();
  });
  document.body.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLElement>('[data-insert]');
    const field = document.querySelector<HTMLTextAreaElement>('#reply');
    if (!link || !field) return;
    event.preventDefault();
    insert(field, link.dataset.insert!);
  });
}
