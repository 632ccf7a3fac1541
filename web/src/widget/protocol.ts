// What the channel `web` and a page say to each other; xiaoer/channels/web has the other side.

export interface Button {
  title: string;
  payload?: string;
  url?: string;
}

export interface Card {
  title?: string;
  subtitle?: string;
  price?: string;
  image_url?: string;
  item_url?: string;
  default_action?: { url?: string };
  buttons?: Button[];
}

export interface Attachment {
  type?: string;
  payload?: { src?: string; alt?: string; elements?: Card[] | Card };
}

export interface BotMessage {
  id: string;
  at?: number;
  text?: string;
  quick_replies?: Button[];
  attachment?: Attachment;
  /** Given when a person of the shop speaks. */
  sender?: { name: string };
}

export interface CustomerMessage {
  id: string;
  message: string;
}

export interface Answer {
  accepted: boolean;
  finished?: boolean;
  reason?: 'malformed' | 'empty' | 'too_long' | 'session' | 'rate' | 'unavailable';
  wait?: number | null;
}

/** Names that the server writes in front of the script, as its `credentials.yml` sets them. */
export interface Channel {
  path: string;
  namespace: string | null;
  userEvent: string;
  botEvent: string;
  maxLength: number;
}

export const DEFAULT_CHANNEL: Channel = {
  path: '/socket.io',
  namespace: null,
  userEvent: 'user_uttered',
  botEvent: 'bot_uttered',
  maxLength: 1000,
};
