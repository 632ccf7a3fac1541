import type { Entry } from './entries';

export interface State {
  session: string | null;
  entries: Entry[];
  /** Ids of messages that were shown, longer than the entries are kept. */
  seen: string[];
  unread: number;
  open: boolean;
}

const MAX_ENTRIES = 100;
const MAX_SEEN = 300;

export function emptyState(): State {
  return { session: null, entries: [], seen: [], unread: 0, open: false };
}

/** Keeps the conversation over reloads, in the page's own storage. */
export class Memory {
  private readonly key: string;

  constructor(
    server: string,
    private readonly storage: Storage | null = pageStorage(),
  ) {
    this.key = `xiaoer:${server}`;
  }

  load(): State {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.key) ?? '{}') as Partial<State>;
      return { ...emptyState(), ...kept };
    } catch {
      return emptyState();
    }
  }

  save(state: State): void {
    state.entries = state.entries.slice(-MAX_ENTRIES);
    state.seen = state.seen.slice(-MAX_SEEN);
    try {
      this.storage?.setItem(this.key, JSON.stringify(state));
    } catch {
      // The storage is full: the conversation goes on, and is not resumed.
    }
  }

  /** Call `changed` when another tab of the same site has changed the conversation. */
  watch(changed: () => void): void {
    addEventListener('storage', (event) => {
      if (event.key === this.key || event.key === null) changed();
    });
  }
}

/** Private windows and sandboxed frames may have no storage. */
function pageStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
