// Shows whether the server's events arrive, and says so when a request does not.

export function watchConnection(): void {
  const shown = document.querySelector<HTMLElement>('[data-live]');
  const notice = document.getElementById('notice');

  function show(live: boolean): void {
    if (!shown) return;
    const said = (live ? shown.dataset.on : shown.dataset.off) ?? '';
    shown.hidden = false;
    shown.classList.toggle('off', !live);
    shown.title = said;
    shown.firstElementChild!.textContent = said;
  }

  document.body.addEventListener('htmx:sseOpen', () => show(true));
  document.body.addEventListener('htmx:sseError', () => show(false));
  document.body.addEventListener('htmx:sendError', () => {
    if (notice) notice.textContent = shown?.dataset.off ?? '';
  });
  document.body.addEventListener('htmx:afterRequest', (event) => {
    const { successful, requestConfig } = (event as CustomEvent).detail;
    if (notice && successful && requestConfig?.verb === 'post') notice.textContent = '';
  });
  document.body.addEventListener('click', (event) => {
    const button = (event.target as Element).closest('[data-dismiss]');
    if (button && notice) notice.textContent = '';
  });
}
