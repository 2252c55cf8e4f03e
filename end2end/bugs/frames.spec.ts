// A connection that sends invalid frames harms only itself: a broadcast beside it continues.
import { get } from 'node:http';

import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { hello, toRoom } from '../frames';
import { createRoom, listen, shareTab, signIn, UNKNOWN_CODE } from '../page_actions';
import { DROPOUT_MS, readWatch, watchPage } from '../sound_watch.mjs';

/** Frames to send, written down so that they can be handed to a page. */
type Frame = { text: string; times?: number } | { binaryBytes: number };

const say = (message: object): Frame => ({ text: JSON.stringify(message) });
const greeting = say(hello);
const stop = (code: string) => say(toRoom(code, 'stop'));
const join = (code: string, role: string) => say(toRoom(code, { join: { role } }));

const attacks = (code: string): { what: string; frames: Frame[]; refusal: string }[] => [
  { what: 'another version', frames: [say({ hello: { protocol: 99 } })], refusal: 'version_unsupported' },
  { what: 'a command before the hello', frames: [stop(code)], refusal: 'out_of_order' },
  { what: 'a command before the room', frames: [greeting, stop(code)], refusal: 'out_of_order' },
  { what: 'another room', frames: [greeting, join(UNKNOWN_CODE, 'listener')], refusal: 'room_not_found' },
  { what: 'a role of somebody else', frames: [greeting, join(code, 'host')], refusal: 'not_owner' },
  { what: 'a command of another role', frames: [greeting, join(code, 'listener'), stop(code)], refusal: 'not_allowed' },
  { what: 'a frame that is not JSON', frames: [greeting, { text: '{"join":' }], refusal: 'frame_malformed' },
  { what: 'a message that does not exist', frames: [greeting, say({ sing: {} })], refusal: 'frame_malformed' },
  { what: 'a binary frame', frames: [greeting, { binaryBytes: 3 }], refusal: 'frame_malformed' },
  { what: 'a frame over 64 KiB', frames: [greeting, { text: 'x'.repeat(64 * 1024 + 1) }], refusal: 'frame_too_large' },
  {
    what: 'a burst of 1,000 frames',
    frames: [greeting, { text: '{"ping":{"nonce":7}}', times: 1000 }],
    refusal: 'too_many_frames',
  },
];

/** Sends the frames from a socket of the page and tells what came back once the refusal is there or the socket closed. */
function attack(page: Page, frames: Frame[], refusal: string): Promise<string> {
  return page.evaluate(
    ({ frames, refusal }) =>
      new Promise<string>((resolve) => {
        const answers: string[] = [];
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
        const finish = (how: string) => {
          socket.close();
          resolve([...answers, how].join('\n'));
        };
        socket.onmessage = ({ data }) => {
          answers.push(String(data));
          if (String(data).includes(refusal)) finish('refused');
        };
        socket.onclose = ({ code, reason }) => finish(`closed: ${code} ${reason}`);
        socket.onopen = () => {
          for (const frame of frames) {
            if ('text' in frame) for (let i = 0; i < (frame.times ?? 1); i++) socket.send(frame.text);
            else socket.send(new Uint8Array(frame.binaryBytes));
          }
        };
      }),
    { frames, refusal },
  );
}

test('a hostile socket does not affect others', async ({ tabHost, newVisitor, server }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  for (const page of [tabHost, listener]) await watchPage(page, TAB_TONE_HZ);

  const mallory = await newVisitor();
  await signIn(mallory, 'Mallory');
  for (const { what, frames, refusal } of attacks(code)) {
    await test.step(what, async () => {
      expect(await attack(mallory, frames, refusal)).toContain(refusal);
    });
  }
  await test.step('a frame of 10 MB ends its connection', async () => {
    expect(await attack(mallory, [greeting, { binaryBytes: 10_000_000 }], 'frame_too_large')).toMatch(/refused|closed/);
  });

  await hear(listener, TAB_TONE_HZ);
  for (const page of [tabHost, listener]) expect((await readWatch(page)).states).toHaveLength(1);
  expect((await readWatch(listener)).longestSilenceMs).toBeLessThan(DROPOUT_MS);
  expect(server.log).not.toContain('panicked');
});

test('a visitor without a session is refused on the socket', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/');
  expect(await attack(page, [greeting], 'not_signed_in')).toContain('not_signed_in');
});

test('a page of another origin cannot open a socket', async ({ newVisitor, server }) => {
  const page = await newVisitor();
  await signIn(page, 'Grace');
  const cookies = await page.context().cookies();
  const headers = {
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', // RFC 6455, section 1.3
  };
  /** The answer to a page of this origin, up to the server's first word. */
  const answer = (origin: string) =>
    new Promise<string>((resolve, reject) => {
      const request = get(`${server.url}/ws`, { headers: { ...headers, origin } });
      request.on('error', reject);
      request.on('response', ({ statusCode }) => resolve(`${statusCode}`));
      request.on('upgrade', (_, socket, head) => {
        socket.unshift(head);
        socket.once('data', (frame) => {
          resolve(frame.toString('latin1'));
          socket.destroy();
        });
        // A hello, masked with zeros (RFC 6455, section 5.2).
        const payload = Buffer.from(JSON.stringify(hello));
        socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
      });
    });
  expect(await answer(server.url)).toContain('welcome');
  expect(await answer('http://elsewhere.example')).toContain('origin_not_allowed');
});
