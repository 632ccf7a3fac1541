import { newId, type BotEntry, type CustomerEntry, type Entry } from './entries';
import type { Link } from './link';
import { emptyState, type Memory, type State } from './memory';
import type { BotMessage, Button } from './protocol';

export type Connection = 'idle' | 'connecting' | 'online' | 'offline' | 'refused';

const RETRY = 1_000;
const RECEIPTS_AFTER = 100;
// A server that was killed never tells that its turn is over.
const LONGEST_TURN = 90_000;

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** The conversation: what was said, what is on its way, and how the connection is. */
export class Conversation {
  connection: Connection = 'idle';
  /** Whether the server asked to write more slowly. */
  slowed = false;

  private state: State;
  private linked = false;
  private joined = false;
  private pumping = false;
  private receipts: string[] = [];
  private readonly turns = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param changed called after each change of what is to be shown */
  constructor(
    private readonly link: Link,
    private readonly memory: Memory,
    private readonly changed: () => void,
  ) {
    this.state = memory.load();
    memory.watch(() => {
      this.state = { ...memory.load(), open: this.state.open };
      this.changed();
    });
  }

  get entries(): readonly Entry[] {
    return this.state.entries;
  }

  get unread(): number {
    return this.state.unread;
  }

  get isOpen(): boolean {
    return this.state.open;
  }

  /** Whether the assistant works on an answer. */
  get busy(): boolean {
    return this.turns.size > 0;
  }

  /** Whether there is something to resume. */
  get begun(): boolean {
    return this.state.session !== null || this.state.entries.length > 0;
  }

  connect(): void {
    if (this.connection !== 'idle') return;
    this.connection = 'connecting';
    this.link.open({
      connected: () => {
        this.linked = true;
        void this.join();
      },
      disconnected: (refused) => {
        this.linked = this.joined = false;
        this.connection = refused ? 'refused' : 'offline';
        this.changed();
      },
      message: (message) => this.receive(message),
      finished: (id) => this.endTurn(id),
    });
    this.changed();
  }

  setOpen(open: boolean): void {
    this.state.open = open;
    if (open) this.state.unread = 0;
    this.update();
  }

  say(text: string, payload?: string): void {
    const entry: CustomerEntry = { kind: 'customer', id: newId(), text, state: 'unsent' };
    if (payload !== undefined) entry.payload = payload;
    this.state.entries.push(entry);
    this.update();
    void this.pump();
  }

  press(entry: BotEntry, key: string, button: Button): void {
    entry.pressed.push(key);
    this.say(button.title, button.payload ?? button.title);
  }

  /** Forget all and begin anew. */
  restart(): void {
    this.link.close();
    this.linked = this.joined = false;
    this.turns.forEach((timer) => clearTimeout(timer));
    this.turns.clear();
    this.state = { ...emptyState(), open: this.state.open };
    this.memory.save(this.state);
    this.connection = 'idle';
    this.connect();
    this.changed();
  }

  private async join(): Promise<void> {
    try {
      const session = await this.link.join(this.state.session);
      this.state.session = session;
      this.joined = true;
      this.connection = 'online';
      this.update();
      void this.pump();
    } catch {
      // A connection that was lost announces itself when it is back.
      await pause(RETRY);
      if (this.linked && !this.joined) void this.join();
    }
  }

  private receive(message: BotMessage): void {
    this.receipts.push(message.id);
    if (this.receipts.length === 1) setTimeout(() => void this.acknowledge(), RECEIPTS_AFTER);
    if (this.state.seen.includes(message.id)) return;
    this.state.seen.push(message.id);
    this.state.entries.push({ kind: 'bot', id: message.id, message, pressed: [] });
    if (!this.state.open) this.state.unread += 1;
    this.update();
  }

  private async acknowledge(): Promise<void> {
    const ids = this.receipts.splice(0);
    try {
      if (this.state.session) await this.link.acknowledge(this.state.session, ids);
    } catch {
      // They come again with the next connection, and are acknowledged then.
    }
  }

  /** Send what is unsent, one after the other, until all is sent or the connection is lost. */
  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (;;) {
        const entry = this.state.entries.find(isUnsent);
        if (!entry || !this.joined || this.state.session === null) return;
        await this.send(this.state.session, entry);
      }
    } finally {
      this.pumping = false;
    }
  }

  private async send(session: string, entry: CustomerEntry): Promise<void> {
    let answer;
    try {
      answer = await this.link.send(session, {
        id: entry.id,
        message: entry.payload ?? entry.text,
      });
    } catch {
      await pause(RETRY);
      return;
    }
    // Another tab, or a new conversation, may have replaced the entries meanwhile.
    const current = this.state.entries.find((one) => one.id === entry.id);
    if (current?.kind !== 'customer') return;
    if (answer.accepted) {
      current.state = 'sent';
      if (!answer.finished) this.beginTurn(entry.id);
    } else if (answer.reason === 'rate' || answer.reason === 'unavailable') {
      this.slowed = true;
      this.changed();
      await pause((answer.wait ?? 5) * 1_000);
      this.slowed = false;
    } else if (answer.reason === 'session') {
      this.joined = false;
      void this.join();
    } else {
      current.state = 'refused';
    }
    this.update();
  }

  private beginTurn(id: string): void {
    this.turns.set(
      id,
      setTimeout(() => this.endTurn(id), LONGEST_TURN),
    );
  }

  private endTurn(id: string): void {
    clearTimeout(this.turns.get(id));
    this.turns.delete(id);
    this.changed();
  }

  private update(): void {
    this.memory.save(this.state);
    this.changed();
  }
}

function isUnsent(entry: Entry): entry is CustomerEntry {
  return entry.kind === 'customer' && entry.state === 'unsent';
}
