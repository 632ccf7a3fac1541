import en from './en.json';
import zh from './zh.json';

export type Texts = Record<keyof typeof en, string>;
export type Language = 'en' | 'zh';

const TEXTS: Record<Language, Texts> = { en, zh };

export function textsOf(language: Language): Texts {
  return TEXTS[language];
}

/** Put values into a text's `{placeholders}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Choose by the script tag's wish; `auto` by the page's language, else by the browser's. */
export function chooseLanguage(wish: string, page: string, browser: string): Language {
  const known = [wish, page, browser].find((tag) => /^(zh|en)\b/i.test(tag));
  return known && known.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
