// Enter sends a reply; up and down walk through the list of tickets; Escape folds a form up.

function sends(event: KeyboardEvent): boolean {
  // While an input method composes Chinese, Enter takes its proposal.
  const composing = event.isComposing || event.keyCode === 229;
  return event.key === 'Enter' && !event.shiftKey && !composing;
}

function walk(event: KeyboardEvent, from: Element): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...document.querySelectorAll<HTMLElement>('#queue a.ticket')];
  const next = links[links.indexOf(from as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function helpKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as Element;
    if (target.matches('[data-reply] textarea') && sends(event)) {
      event.preventDefault();
      target.closest('form')!.requestSubmit();
    } else if (target.matches('a.ticket')) {
      walk(event, target);
    } else if (event.key === 'Escape') {
      const open = target.closest('details[open]');
      open?.removeAttribute('open');
      open?.querySelector('summary')?.focus();
    }
  });
}
