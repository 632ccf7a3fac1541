/** Fit `panel` to what a phone's virtual keyboard leaves of the screen, by custom properties. */
export function followKeyboard(panel: HTMLElement): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    panel.style.setProperty('--height', `${seen.height}px`);
    panel.style.setProperty('--top', `${seen.offsetTop}px`);
  };
  seen.addEventListener('resize', fit);
  seen.addEventListener('scroll', fit);
  fit();
}
