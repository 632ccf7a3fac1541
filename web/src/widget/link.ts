import { io, type Socket } from 'socket.io-client';
import type { Answer, BotMessage, CustomerMessage } from './protocol';
import type { Settings } from './settings';

const ANSWER_WITHIN = 10_000;

export interface LinkEvents {
  connected(): void;
  disconnected(refused: boolean): void;
  message(message: BotMessage): void;
  finished(id: string): void;
}

/** The connection to the server, which comes back by itself. */
export interface Link {
  open(events: LinkEvents): void;
  close(): void;
  join(session: string | null): Promise<string>;
  send(session: string, message: CustomerMessage): Promise<Answer>;
  acknowledge(session: string, ids: string[]): Promise<unknown>;
}

export class SocketLink implements Link {
  private socket: Socket | null = null;

  constructor(private readonly settings: Settings) {}

  open(events: LinkEvents): void {
    if (this.socket) {
      this.socket.connect();
      return;
    }
    const { origin, socketPath, channel, token } = this.settings;
    const socket = io(origin + (channel.namespace ?? ''), {
      path: socketPath,
      // A websocket needs no sticky load balancer; polling is for networks that block it.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      auth: token === null ? {} : { token },
    });
    this.socket = socket;
    socket.on('connect', () => events.connected());
    socket.on('connect_error', () => events.disconnected(!socket.active));
    socket.on('disconnect', (reason) => {
      events.disconnected(false);
      if (reason === 'io server disconnect') socket.connect();
    });
    socket.on(channel.botEvent, (message: BotMessage) => events.message(message));
    socket.on('turn_finished', (turn: { id: string }) => events.finished(turn.id));
    // Phones put pages to sleep; back again, nobody wants to wait for the next try.
    const hurry = () => document.hidden || socket.connected || socket.connect();
    addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
  }

  close(): void {
    this.socket?.disconnect();
  }

  async join(session: string | null): Promise<string> {
    const request = { session_id: session, receipts: true };
    const given = (await this.ask('session_request', request)) as { session_id: string };
    return given.session_id;
  }

  async send(session: string, message: CustomerMessage): Promise<Answer> {
    const event = this.settings.channel.userEvent;
    return (await this.ask(event, { ...message, session_id: session })) as Answer;
  }

  async acknowledge(session: string, ids: string[]): Promise<unknown> {
    return this.ask('messages_received', { session_id: session, ids });
  }

  private async ask(event: string, data: unknown): Promise<unknown> {
    if (!this.socket?.connected) throw new Error('not connected');
    return this.socket.timeout(ANSWER_WITHIN).emitWithAck(event, data);
  }
}
