import { DEFAULT_CHANNEL, type Channel } from './protocol';
import { chooseLanguage, textsOf, type Language, type Texts } from './texts';

declare const XIAOER_CHANNEL: Partial<Channel> | undefined;

const SCRIPT_PATH = /\/webhooks\/web\/widget\.js$/;

export interface Settings {
  /** Origin and path prefix of the Rasa server. */
  origin: string;
  socketPath: string;
  channel: Channel;
  language: Language;
  texts: Texts;
  side: 'left' | 'right';
  token: string | null;
}

/** Read the script tag's attributes. */
export function readSettings(script: HTMLScriptElement): Settings {
  const { language = 'auto', title, greeting, position, token, server } = script.dataset;
  const source = new URL(server ?? script.src, document.baseURI);
  const prefix = source.pathname.replace(SCRIPT_PATH, '').replace(/\/$/, '');
  const given = typeof XIAOER_CHANNEL === 'undefined' ? {} : XIAOER_CHANNEL;
  const channel = { ...DEFAULT_CHANNEL, ...given };
  const chosen = chooseLanguage(language, document.documentElement.lang, navigator.language);
  const texts = { ...textsOf(chosen) };
  if (title) texts.title = title;
  if (greeting) texts.greeting = greeting;
  return {
    origin: source.origin,
    socketPath: prefix + channel.path,
    channel,
    language: chosen,
    texts,
    side: position === 'left' ? 'left' : 'right',
    token: token ?? null,
  };
}
