import type { Conversation } from '../conversation';
import type { Settings } from '../settings';
import styles from '../style.css?inline';
import { fill } from '../texts';
import { composer } from './composer';
import { element, icon, ICONS } from './dom';
import { trapFocus } from './focus';
import { followKeyboard } from './keyboard';
import { Log } from './log';

const PHONE = '(max-width: 480px)';
const FINE_POINTER = '(pointer: fine)';

/** The button and the panel, in a shadow tree that the page's styles do not reach. */
export class View {
  readonly host: HTMLElement;
  private readonly launcher: HTMLButtonElement;
  private readonly badge: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly banner: HTMLElement;
  private readonly typing: HTMLElement;
  private readonly question: HTMLElement;
  private readonly log: Log;
  private readonly input: HTMLTextAreaElement;
  private pageOverflow: string | null = null;

  constructor(
    private readonly conversation: Conversation,
    private readonly settings: Settings,
  ) {
    const { texts, channel, side, language } = settings;
    this.log = new Log(conversation, texts, (entry, key, button) => {
      conversation.press(entry, key, button);
      this.focusInside(); // the pressed button cannot keep the focus
    });
    const { form, input } = composer(texts, channel.maxLength, (text) => conversation.say(text));
    this.input = input;
    this.banner = element('p', { class: 'banner', role: 'status' });
    this.typing = element('p', { class: 'unseen', role: 'status' });
    this.question = this.drawQuestion();
    const restart = this.drawAction('restart', ICONS.restart, () => this.ask());
    const close = this.drawAction('close', ICONS.close, () => this.setOpen(false));
    this.panel = element(
      'section',
      { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true },
      element('header', {}, element('h2', { id: 'title' }, texts.title), restart, close),
      this.banner,
      this.question,
      this.log.root,
      this.typing,
      form,
    );
    this.badge = element('span', { class: 'badge', 'aria-hidden': 'true' });
    this.launcher = element(
      'button',
      { type: 'button', class: 'launcher', 'aria-controls': 'panel', 'aria-haspopup': 'dialog' },
      icon(ICONS.chat),
      icon(ICONS.down),
      this.badge,
    );
    this.launcher.addEventListener('click', () => this.setOpen(!conversation.isOpen));
    trapFocus(this.panel, () => (this.question.hidden ? this.setOpen(false) : this.ask(false)));
    followKeyboard(this.panel);
    const lang = language === 'zh' ? 'zh-CN' : 'en';
    const root = element('div', { class: `root ${side}`, lang }, this.launcher, this.panel);
    this.host = element('xiaoer-chat' as 'div');
    this.host.attachShadow({ mode: 'open' }).append(root);
    this.style();
  }

  /** Show what has changed. */
  draw(): void {
    const { texts } = this.settings;
    const { isOpen, unread, busy, connection, slowed } = this.conversation;
    if (this.panel.hidden === isOpen) this.showPanel(isOpen);
    const label = unread ? fill(texts.openUnread, { count: unread }) : texts.open;
    this.launcher.setAttribute('aria-label', isOpen ? texts.close : label);
    this.launcher.setAttribute('aria-expanded', String(isOpen));
    this.badge.textContent = unread > 9 ? '9+' : String(unread || '');
    const troubles = { offline: texts.offline, refused: texts.unavailable };
    const trouble = troubles[connection as keyof typeof troubles] ?? (slowed && texts.slowDown);
    say(this.banner, trouble || '');
    say(this.typing, busy && isOpen ? texts.typing : '');
    this.log.draw();
  }

  private setOpen(open: boolean): void {
    if (open) this.conversation.connect();
    this.conversation.setOpen(open);
    if (open) this.focusInside();
    else this.launcher.focus();
  }

  /** Go to the field, but not where that would open the keyboard over what was said. */
  private focusInside(): void {
    (matchMedia(FINE_POINTER).matches ? this.input : this.log.root).focus();
  }

  private showPanel(open: boolean): void {
    this.panel.hidden = !open;
    const page = document.documentElement.style;
    if (open && matchMedia(PHONE).matches) {
      // The panel fills the screen: the page behind it must not scroll.
      this.pageOverflow = page.overflow;
      page.overflow = 'hidden';
    } else if (!open && this.pageOverflow !== null) {
      page.overflow = this.pageOverflow;
      this.pageOverflow = null;
    }
    if (open) this.log.toEnd();
  }

  private ask(open = true): void {
    this.question.hidden = !open;
    if (open) this.question.querySelector('button')?.focus();
    else this.focusInside();
  }

  private drawQuestion(): HTMLElement {
    const { texts } = this.settings;
    const yes = element('button', { type: 'button', class: 'choice' }, texts.restartYes);
    const no = element('button', { type: 'button', class: 'choice' }, texts.restartNo);
    yes.addEventListener('click', () => {
      this.conversation.restart();
      this.ask(false);
    });
    no.addEventListener('click', () => this.ask(false));
    return element(
      'div',
      { class: 'question', role: 'alertdialog', 'aria-label': texts.restartAsk, hidden: true },
      element('p', {}, texts.restartAsk),
      yes,
      no,
    );
  }

  private drawAction(name: 'restart' | 'close', path: string, act: () => void): HTMLElement {
    const label = this.settings.texts[name];
    const attributes = { type: 'button', class: `action ${name}`, 'aria-label': label };
    const button = element('button', { ...attributes, title: label }, icon(path));
    button.addEventListener('click', act);
    return button;
  }

  /** A page's content security policy may forbid style elements, never sheets that are made so. */
  private style(): void {
    const shadow = this.host.shadowRoot!;
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.prepend(element('style', {}, styles));
    }
  }
}

/** Set a status only when it changes, for it is read out. */
function say(status: HTMLElement, text: string): void {
  if (status.textContent !== text) status.textContent = text;
}
