const FOCUSABLE = 'a[href], button:not(:disabled), textarea, [tabindex="0"]';

/** Keep the Tab key inside `panel`, and let Escape call `leave`. */
export function trapFocus(panel: HTMLElement, leave: () => void): void {
  panel.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      leave();
    }
    if (event.key !== 'Tab') return;
    const stops = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
      (stop) => stop.offsetParent !== null,
    );
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if ((panel.getRootNode() as ShadowRoot).activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  });
}
