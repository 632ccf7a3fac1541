import { buttonKey, isReplyKey, type BotEntry, type Entry } from '../entries';
import type { Card } from '../protocol';
import { fill, type Texts } from '../texts';
import { drawButton, drawCards, drawPicture, type Press } from './card';
import { element } from './dom';
import { linkify } from './linkify';

export type PressEntry = (entry: BotEntry, ...pressed: Parameters<Press>) => void;

/** Draw one entry of the conversation; `markEntry` shows what may change of it. */
export function drawEntry(entry: Entry, texts: Texts, press: PressEntry): HTMLElement {
  if (entry.kind === 'bot') return drawBot(entry, texts, press);
  return element(
    'div',
    { class: 'entry customer' },
    drawBubble(texts.you, entry.text, texts),
    element('small', { class: 'mark' }),
  );
}

export function drawGreeting(texts: Texts): HTMLElement {
  return element('div', { class: 'entry bot' }, drawBubble(texts.assistant, texts.greeting, texts));
}

/** Show whether it was sent and which buttons are pressed; a drawn entry is read out only once. */
export function markEntry(node: HTMLElement, entry: Entry, texts: Texts): void {
  if (entry.kind === 'customer') {
    node.dataset.state = entry.state;
    node.querySelector('.mark')!.textContent = entry.state === 'sent' ? '' : texts[entry.state];
    return;
  }
  const answered = entry.pressed.some(isReplyKey);
  for (const button of node.querySelectorAll<HTMLButtonElement>('button[data-key]')) {
    const key = button.dataset.key!;
    const pressed = entry.pressed.includes(key);
    button.disabled = pressed || (answered && isReplyKey(key));
    button.setAttribute('aria-pressed', String(pressed));
  }
}

function drawBot(entry: BotEntry, texts: Texts, press: PressEntry): HTMLElement {
  const { text, sender, attachment, quick_replies: replies } = entry.message;
  const onPress: Press = (key, button) => press(entry, key, button);
  const drawn = element('div', { class: sender ? 'entry bot staff' : 'entry bot' });
  if (sender) drawn.append(element('small', {}, fill(texts.staff, { name: sender.name })));
  if (text) drawn.append(drawBubble(sender ? '' : texts.assistant, text, texts));
  const payload = attachment?.payload;
  const image = drawPicture(payload?.src, payload?.alt ?? texts.image);
  if (image) drawn.append(element('div', { class: 'picture' }, image));
  const elements: Card[] = payload?.elements ? [payload.elements].flat() : [];
  if (elements.length) drawn.append(drawCards(elements, texts, onPress));
  if (replies?.length) {
    const buttons = replies.map((button, index) =>
      drawButton(button, buttonKey('reply', index), texts, onPress),
    );
    drawn.append(element('div', { class: 'choices' }, ...buttons));
  }
  return drawn;
}

/** Draw words; `speaker` is read by screen readers alone. */
function drawBubble(speaker: string, words: string, texts: Texts): HTMLElement {
  return element(
    'div',
    { class: 'bubble' },
    speaker ? element('span', { class: 'unseen' }, `${speaker}: `) : null,
    element('span', {}, ...linkify(words, texts.newTab)),
  );
}
