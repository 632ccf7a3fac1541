// What is being written is kept in this tab until it is sent, over a reload and over other pages.

const key = (field: HTMLTextAreaElement) => `draft:${field.dataset.draft}`;

function fieldOf(target: EventTarget | null): HTMLTextAreaElement | null {
  return target instanceof HTMLTextAreaElement && target.dataset.draft ? target : null;
}

export function restoreDraft(): void {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-draft]')) {
    if (!field.value) field.value = sessionStorage.getItem(key(field)) ?? '';
  }
}

export function saveDraft(field: HTMLTextAreaElement): void {
  if (field.value) sessionStorage.setItem(key(field), field.value);
  else sessionStorage.removeItem(key(field));
}

export function keepDrafts(): void {
  restoreDraft();
  document.addEventListener('input', (event) => {
    const field = fieldOf(event.target);
    if (field) saveDraft(field);
  });
}
