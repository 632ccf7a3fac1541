import type { BotMessage } from './protocol';

export interface CustomerEntry {
  kind: 'customer';
  id: string;
  /** What is shown. */
  text: string;
  /** What is sent instead, when a button was pressed. */
  payload?: string;
  state: 'unsent' | 'sent' | 'refused';
}

export interface BotEntry {
  kind: 'bot';
  id: string;
  message: BotMessage;
  /** The buttons that were pressed, by `buttonKey`. */
  pressed: string[];
}

export type Entry = CustomerEntry | BotEntry;

/** Name a button of a message: of its quick replies, or of one of its cards. */
export function buttonKey(group: 'reply' | number, index: number): string {
  return `${group}.${index}`;
}

export function isReplyKey(key: string): boolean {
  return key.startsWith('reply.');
}

/** A random id; `crypto.randomUUID` is missing on pages that are not served by https. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
