// The frames of the protocol (docs/protocol.md), written and read by tests that stand between a page and the server.
import type { Page } from '@playwright/test';

/** When the first imagined listener last did something. */
export const FIRST_ACTIVE_MS = 1_790_000_000_000;

export const hello = { hello: { protocol: 2 } };

/** What somebody says in a room. */
export const toRoom = (room: string, message: object | string) => ({ room: { room, message } });

/** The name of a message: that of what is said in the room, where it is about one. */
export function nameOf(frame: string | Buffer): string {
  const said = JSON.parse(String(frame));
  const message: object | string = said.room?.message ?? said;
  return typeof message === 'string' ? message : String(Object.keys(message)[0]);
}

/** A listener whom nobody has seen. */
export const imagined = (number: number) => ({
  member: number.toString(16).padStart(32, '0'),
  name: `Guest ${number}`,
  connected: true,
  joined_at: FIRST_ACTIVE_MS + number,
  active_at: FIRST_ACTIVE_MS + number,
  last_reaction: null,
  last_message: null,
});

/** What one of them writes. */
export const imaginedMessage = (number: number, author = 0) => ({
  number,
  author: imagined(author).member,
  name: `Guest ${author}`,
  nonce: number,
  text: `number ${number}`,
  sent_at: FIRST_ACTIVE_MS + number,
  delivered: true,
});

/** Tells a host's page, once it is in its room, of so many listeners who are not there; the answer tells it of more. */
export async function imagine(host: Page, count: number): Promise<(event: object) => void> {
  let tell: (event: object) => void = () => {};
  await host.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      socket.send(frame);
      if (nameOf(frame) !== 'joined') return;
      const { room, message } = JSON.parse(String(frame)).room;
      const { seq } = message.joined;
      tell = (event) => socket.send(JSON.stringify(toRoom(room, { event: { seq, event } })));
      for (let i = 0; i < count; i++) tell({ member_joined: { member: imagined(i) } });
    });
  });
  return (event) => tell(event);
}

/** Messages that a lounge has had before its page came, as the page's server tells of them. */
export interface History {
  /** What the page has asked for: messages before these numbers, in this order. */
  readonly asked: number[];
  /** Tells the page of an event. */
  tell(event: object): void;
}

/** Gives a lounge, for one page, so many messages of members who are not there. Messages may be changed before that, and so may what the
 * page is told of the room. */
export async function imagineHistory(page: Page, count: number, change: (message: object, number: number) => object = (message) => message, room: object = {}): Promise<History> {
  const message = (number: number) => change(imaginedMessage(number, number % 3), number);
  const before = (number: number) => {
    const end = Math.min(number, count + 1);
    const first = Math.max(1, end - 50);
    return { before: number, messages: Array.from({ length: end - first }, (_, place) => message(first + place)), has_earlier: first > 1 };
  };
  const asked: number[] = [];
  let tell: (event: object) => void = () => {};
  await page.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const said = JSON.parse(String(frame));
      const { joined, event } = said.room?.message ?? {};
      // What is really written follows on the history.
      if (event?.event.message_sent) event.event.message_sent.message.number += count;
      if (!joined) return socket.send(JSON.stringify(said));
      const { messages, has_earlier } = before(count + 1);
      Object.assign(joined.room, { messages, has_earlier_messages: has_earlier, last_message: count, ...room });
      socket.send(JSON.stringify(said));
      tell = (event) => socket.send(JSON.stringify(toRoom(said.room.room, { event: { seq: joined.seq, event } })));
    });
    socket.onMessage((frame) => {
      if (nameOf(frame) !== 'fetch_messages') return server.send(frame);
      const { room, message } = JSON.parse(String(frame)).room;
      asked.push(message.fetch_messages.before);
      socket.send(JSON.stringify(toRoom(room, { messages: before(message.fetch_messages.before) })));
    });
  });
  return { asked, tell: (event) => tell(event) };
}
