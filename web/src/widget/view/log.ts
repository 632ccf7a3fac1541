import type { Conversation } from '../conversation';
import type { Texts } from '../texts';
import { element } from './dom';
import { drawEntry, drawGreeting, markEntry, type PressEntry } from './entry';

const NEAR_END = 80;

/** The conversation on the screen; screen readers speak what is added. */
export class Log {
  readonly root: HTMLElement;
  private readonly typing: HTMLElement;
  private readonly greeting: HTMLElement;
  private readonly drawn = new Map<string, HTMLElement>();
  private atEnd = true;

  constructor(
    private readonly conversation: Conversation,
    private readonly texts: Texts,
    private readonly press: PressEntry,
  ) {
    const dots = element('span', { class: 'dots' }, element('i'), element('i'), element('i'));
    this.typing = element('div', { class: 'entry bot typing', 'aria-hidden': 'true' }, dots);
    this.greeting = drawGreeting(texts);
    this.root = element(
      'div',
      { class: 'log', role: 'log', tabindex: '0', 'aria-live': 'polite', 'aria-label': texts.log },
      this.greeting,
      this.typing,
    );
    this.root.addEventListener('scroll', () => (this.atEnd = this.nearEnd()), { passive: true });
    // An image grows when it has arrived; a keyboard or a question takes room.
    this.root.addEventListener('load', () => this.atEnd && this.toEnd(), true);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.root);
  }

  /** Draw what is not drawn yet, and mark what has changed. */
  draw(): void {
    const { entries, busy } = this.conversation;
    const gone = new Set(this.drawn.keys());
    for (const entry of entries) {
      gone.delete(entry.id);
      let node = this.drawn.get(entry.id);
      if (!node) {
        node = drawEntry(entry, this.texts, this.press);
        this.drawn.set(entry.id, node);
        this.typing.before(node);
        // Whoever writes wants to see it; others may be reading further up.
        this.atEnd ||= entry.kind === 'customer';
      }
      markEntry(node, entry, this.texts);
    }
    for (const id of gone) {
      this.drawn.get(id)?.remove();
      this.drawn.delete(id);
    }
    this.typing.hidden = !busy;
    if (this.atEnd) this.toEnd();
  }

  /** Show the last words. */
  toEnd(): void {
    this.root.scrollTop = this.root.scrollHeight;
  }

  private nearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }
}
