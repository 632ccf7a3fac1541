import { beforeEach, expect, test, vi } from 'vitest';
import { Conversation } from '../src/widget/conversation';
import type { Link, LinkEvents } from '../src/widget/link';
import { Memory } from '../src/widget/memory';
import type { Answer, CustomerMessage } from '../src/widget/protocol';

/** A server that answers as the test wants and notes what it was told. */
class FakeLink implements Link {
  events: LinkEvents | null = null;
  sent: CustomerMessage[] = [];
  received: string[] = [];
  answers: (Answer | Error)[] = [];

  open(events: LinkEvents): void {
    this.events = events;
    events.connected();
  }

  close(): void {}

  async join(session: string | null): Promise<string> {
    return session ?? 'a-new-session';
  }

  async send(_: string, message: CustomerMessage): Promise<Answer> {
    this.sent.push(message);
    const answer = this.answers.shift() ?? { accepted: true, finished: false };
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async acknowledge(_: string, ids: string[]): Promise<unknown> {
    this.received.push(...ids);
    return undefined;
  }
}

let link: FakeLink;
let conversation: Conversation;

function begin(): void {
  link = new FakeLink();
  conversation = new Conversation(link, new Memory('test'), () => {});
  conversation.connect();
}

const settle = () => vi.advanceTimersByTimeAsync(20_000);
const states = () =>
  conversation.entries.map((entry) =>
    entry.kind === 'customer' ? entry.state : entry.message.text,
  );

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  begin();
});

test('a message whose answer was lost is sent again under the same id', async () => {
  link.answers = [new Error('lost')];
  conversation.say('hello');
  await settle();
  expect(link.sent.map((message) => message.message)).toEqual(['hello', 'hello']);
  expect(new Set(link.sent.map((message) => message.id)).size).toBe(1);
  expect(states()).toEqual(['sent']);
});

test('messages keep their order when the server asks to slow down', async () => {
  link.answers = [{ accepted: false, reason: 'rate', wait: 5 }];
  conversation.say('one');
  conversation.say('two');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(conversation.slowed).toBe(true);
  await settle();
  expect(link.sent.map((message) => message.message)).toEqual(['one', 'one', 'two']);
  expect(conversation.slowed).toBe(false);
});

test('a message that comes twice is shown once and acknowledged twice', async () => {
  const message = { id: 'm1', text: 'hi' };
  link.events!.message(message);
  await settle();
  link.events!.message(message);
  await settle();
  expect(states()).toEqual(['hi']);
  expect(link.received).toEqual(['m1', 'm1']);
});

test('a reload resumes, and sends what was unsent', async () => {
  await settle();
  link.events!.disconnected(false);
  conversation.say('later');
  await settle();
  expect(link.sent).toEqual([]);
  begin();
  await settle();
  expect(link.sent.map((message) => message.message)).toEqual(['later']);
  expect(conversation.entries).toHaveLength(1);
});

test('a refused message is marked, and the next one goes on', async () => {
  link.answers = [{ accepted: false, reason: 'too_long' }];
  conversation.say('long');
  conversation.say('short');
  await settle();
  expect(states()).toEqual(['refused', 'sent']);
});

test('the assistant is busy until its turn is over, whether it spoke or not', async () => {
  conversation.say('hello');
  await vi.advanceTimersByTimeAsync(100);
  expect(conversation.busy).toBe(true);
  link.events!.finished(link.sent[0]!.id);
  expect(conversation.busy).toBe(false);
});

test('a new conversation has a new session and nothing of the old one', async () => {
  conversation.say('hello');
  await settle();
  const join = vi.spyOn(link, 'join');
  conversation.restart();
  await settle();
  expect(join).toHaveBeenCalledWith(null);
  expect(conversation.entries).toEqual([]);
});
