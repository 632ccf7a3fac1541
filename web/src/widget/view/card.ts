import { buttonKey } from '../entries';
import type { Button, Card } from '../protocol';
import type { Texts } from '../texts';
import { element } from './dom';
import { link, webAddress } from './linkify';

export type Press = (key: string, button: Button) => void;

/** Draw the cards of a message side by side. */
export function drawCards(all: Card[], texts: Texts, press: Press): HTMLElement {
  const list = element('ul', { class: 'cards' });
  all.forEach((card, number) => list.append(drawCard(card, number, texts, press)));
  // What scrolls sideways is reached by keyboard, too.
  return element(
    'div',
    { class: 'shelf', tabindex: '0', role: 'group', 'aria-label': texts.products },
    list,
  );
}

function drawCard(card: Card, number: number, texts: Texts, press: Press): HTMLElement {
  const page = webAddress(card.item_url ?? card.default_action?.url);
  const title = card.title ?? '';
  const buttons = (card.buttons ?? []).map((button, index) =>
    drawButton(button, buttonKey(number, index), texts, press),
  );
  return element(
    'li',
    { class: 'card' },
    drawPicture(card.image_url, ''),
    element('p', { class: 'card-title' }, page && title ? link(page, title, texts.newTab) : title),
    card.subtitle ? element('p', { class: 'card-subtitle' }, card.subtitle) : null,
    card.price ? element('p', { class: 'card-price' }, String(card.price)) : null,
    buttons.length ? element('div', { class: 'card-buttons' }, ...buttons) : null,
  );
}

/** Draw a button, or a link where the button only opens a page. */
export function drawButton(button: Button, key: string, texts: Texts, press: Press): HTMLElement {
  const page = webAddress(button.url);
  if (page !== null) {
    const anchor = link(page, button.title, texts.newTab);
    anchor.className = 'choice';
    return anchor;
  }
  const attributes = { type: 'button', class: 'choice', 'data-key': key };
  const drawn = element('button', attributes, button.title);
  drawn.addEventListener('click', () => press(key, button));
  return drawn;
}

/** Draw an image from the web; one that does not load leaves no hole. */
export function drawPicture(source: unknown, description: string): HTMLElement | null {
  const url = webAddress(source);
  if (url === null) return null;
  const image = element('img', { src: url, alt: description, referrerpolicy: 'no-referrer' });
  image.addEventListener('error', () => image.remove());
  return image;
}
