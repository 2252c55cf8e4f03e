// Reactions, messages, the audience and its removals; the session's time and its end.
import { expect, test, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear, silence } from '../tone_detection';
import { Line } from '../tcp_proxy.mjs';
import { button, createRoom, isHydrated, listen, main, shareTab, showsRefusal, showsState, signIn, stop } from '../page_actions';
import { Path } from '../network_emulation.mjs';

const QUICK = ['❤️', '👍', '👎', '😭', '😍'];
const MORE = ['👏', '🔥', '🎉', '😮', '🙏', '😂', '🤯', '💯'];

const rows = (host: Page) => host.getByTestId('listener');
const rowOf = (host: Page, name: string) => rows(host).filter({ hasText: name });
const messages = (host: Page) => host.getByTestId('message');

async function listenAs(page: Page, name: string, code: string): Promise<void> {
  await signIn(page, name);
  await listen(page, code);
  await expect(page.getByLabel('Message to the host')).toBeVisible();
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message to the host').fill(text);
  await page.keyboard.press('Enter');
}

const FIRST_ACTIVE_MS = 1_790_000_000_000;

/** A listener who is not there: as a room tells of one. */
const imagined = (number: number) => ({
  member: number.toString(16).padStart(32, '0'),
  name: `Guest ${number}`,
  attached: true,
  joined_at: FIRST_ACTIVE_MS + number,
  active_at: FIRST_ACTIVE_MS + number,
  last_reaction: null,
  last_message: null,
});

/** What such a listener writes. */
const imaginedMessage = (number: number) => ({
  seq: 1000 + number,
  author: imagined(0).member,
  name: 'Guest 0',
  nonce: number,
  text: `number ${number}`,
  sent_at: FIRST_ACTIVE_MS + number,
  delivered: true,
});

/** Tells a host's page, once it is in its room, of so many listeners who are not there; the answer tells it of more. */
async function imagine(host: Page, count: number): Promise<(event: object) => void> {
  let tell: (event: object) => void = () => {};
  await host.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      socket.send(frame);
      if (!String(frame).includes('"room_joined"')) return;
      const { seq } = JSON.parse(String(frame));
      tell = (event) => socket.send(JSON.stringify({ type: 'room_event', seq, event }));
      for (let i = 0; i < count; i++) tell({ kind: 'listener_joined', listener: imagined(i) });
    });
  });
  return (event) => tell(event);
}

test('the 13 reactions and nothing else, rising at the host, the last one shown as chosen', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await expect(listener.getByRole('button', { name: /^React with/ })).toHaveCount(QUICK.length);
  await button(listener, 'More reactions').click();
  const names = await listener.getByRole('button', { name: /^React with/ }).allTextContents();
  expect(names).toEqual([...QUICK, ...MORE]);

  for (const emoji of ['❤️', '🤯']) {
    await button(listener, `React with ${emoji}`).click();
    await expect(host.getByTestId('rising')).toContainText(emoji);
    await expect(button(listener, `React with ${emoji}`)).toHaveAttribute('aria-pressed', 'true');
    await expect(rowOf(host, 'Grace')).toContainText(emoji);
  }
  await expect(button(listener, 'React with ❤️')).toHaveAttribute('aria-pressed', 'false');
  await expect(host.getByTestId('rising')).toHaveText('');
});

test('many reactions are summed up, and too many are refused kindly', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await listener.evaluate(() => {
    const fire = document.querySelector<HTMLButtonElement>('[aria-label="React with ❤️"]');
    for (let i = 0; i < 40; i++) fire?.click();
  });
  await expect(host.getByTestId('rising')).toContainText(/×\d/);
  await expect(listener.getByText('So much joy!')).toBeVisible();
});

test('a message has 50 characters, a live counter, and is for the host alone', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listenAs(listener, 'Grace', code);
  await listenAs(other, 'Edsger', code);

  const field = listener.getByLabel('Message to the host');
  await field.fill('x'.repeat(51));
  await expect(listener.getByTestId('message-length')).toHaveText('51 of 50');
  await field.press('Enter');
  await expect(listener.getByText('A message has at most 50 characters.')).toBeVisible();
  await expect(listener.getByTestId('own-message')).toHaveCount(0);

  await write(listener, 'louder, <b>please</b> ❤️');
  await expect(listener.getByTestId('message-length')).toHaveText('0 of 50');
  await expect(listener.getByTestId('own-message')).toHaveAttribute('data-state', 'delivered');
  await expect(messages(host)).toContainText('louder, <b>please</b> ❤️');
  await expect(messages(host)).toContainText('Grace');
  await expect(rowOf(host, 'Grace')).toContainText('louder');
  await expect(other.getByText('louder')).toHaveCount(0);
});

test('messages that come too fast go out a moment later, with a kind text', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  for (let i = 1; i <= 7; i++) await write(listener, `number ${i}`);
  await expect(listener.getByText('Your message goes out in a moment.')).toBeVisible();
  await expect(messages(host)).toHaveCount(7);
  await expect(listener.getByText('Your message goes out in a moment.')).toBeHidden();
});

test('messages are there after reloads of host and listener, newest at the bottom', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await write(listener, 'first');
  await write(listener, 'second');
  await expect(messages(host)).toHaveCount(2);
  await host.reload();
  await expect(messages(host)).toHaveCount(2);
  await expect(messages(host).last()).toContainText('second');
  await listener.reload();
  await expect(listener.getByTestId('own-message')).toHaveCount(2);
});

test('what is written while the host is away is sent, and delivered when the host is back', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await isHydrated(host);
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await host.goto('about:blank');
  await write(listener, 'are you there?');
  await expect(listener.getByTestId('own-message')).toHaveAttribute('data-state', 'sent');
  await host.goto(`/host/${code}`);
  await expect(messages(host)).toContainText('are you there?');
  await expect(listener.getByTestId('own-message')).toHaveAttribute('data-state', 'delivered');
});

test('older messages come on demand', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listeners = await Promise.all(Array.from({ length: 11 }, () => newVisitor()));
  for (const [index, listener] of listeners.entries()) {
    await listenAs(listener, `Guest ${index}`, code);
    for (let i = 0; i < 5; i++) await write(listener, `number ${i} of ${index}`);
    await expect(listener.locator('[data-testid=own-message][data-state=delivered]')).toHaveCount(5);
    await listener.close();
  }
  await host.reload();
  await expect(messages(host)).toHaveCount(50);
  await button(host, 'Show earlier messages').click();
  await expect(messages(host)).toHaveCount(55);
  await expect(messages(host).first()).toContainText('number 0 of 0');
  await expect(button(host, 'Show earlier messages')).toBeHidden();
});

test('the chat stays at its end, unless the host reads further up', async ({ newVisitor }) => {
  const host = await newVisitor();
  const tell = await imagine(host, 1);
  await createRoom(host, 'Ada');
  await expect(rows(host)).toHaveCount(1);
  const log = host.getByRole('log');
  const belowPx = () => log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  for (let i = 0; i < 30; i++) tell({ kind: 'message_sent', message: imaginedMessage(i) });
  await expect(messages(host)).toHaveCount(30);
  await expect.poll(belowPx).toBeLessThan(2);

  await log.evaluate((log) => (log.scrollTop = 0));
  await expect.poll(belowPx).toBeGreaterThan(100);
  tell({ kind: 'message_sent', message: imaginedMessage(30) });
  await expect(messages(host)).toHaveCount(31);
  expect(await log.evaluate((log) => log.scrollTop)).toBe(0);
});

test('who is removed hears nothing more and cannot come back; undo keeps them', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const [listener, other] = [await newVisitor(), await newVisitor()];
  for (const [page, name] of [[listener, 'Grace'], [other, 'Edsger']] as const) {
    await listenAs(page, name, code);
    await hear(page, TAB_TONE_HZ);
  }
  await button(tabHost, 'Remove Edsger').click();
  await rowOf(tabHost, 'Edsger').getByRole('button', { name: 'Undo' }).click();
  await button(tabHost, 'Remove Grace').click();
  await expect(rowOf(tabHost, 'Grace')).toContainText('removing');
  await showsRefusal(listener, 'removed');
  await silence(listener);
  await tabHost.mouse.move(0, 0);
  await expect(rows(tabHost)).toHaveCount(1);
  await listener.goto(`/listen/${code}`);
  await showsRefusal(listener, 'removed');
  await expect(button(listener, 'Try again')).toBeHidden();
  await hear(other, TAB_TONE_HZ);
});

test('everybody at the address of whom a host removes goes too, if the host wants it so', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listenAs(listener, 'Grace', code);
  await listenAs(other, 'Edsger', code);
  await button(host, 'Remove Grace').click();
  const everybody = rowOf(host, 'Grace').getByRole('button', { name: 'Everybody at this address too' });
  await expect(main(host)).toContainText('removes everybody who shares that listener’s internet connection');
  await expect(everybody).toHaveAccessibleDescription(/such as a household, a class or an office, and keeps them out/);
  await everybody.click();
  await expect(everybody).toHaveAttribute('aria-pressed', 'true');
  await showsRefusal(listener, 'removed');
  await showsRefusal(other, 'removed');
});

test('a removal is carried out when the host leaves the page at once', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await button(host, 'Remove Grace').click();
  await expect(rowOf(host, 'Grace')).toContainText('removing');
  await host.goto('about:blank');
  await showsRefusal(listener, 'removed');
});

test('what takes a removal back goes with the room, and with the page', async ({ newVisitor }) => {
  const host = await newVisitor();
  const offences: string[] = [];
  host.on('pageerror', (error) => offences.push(error.message));
  const code = await createRoom(host, 'Ada');
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listenAs(listener, 'Grace', code);
  await listenAs(other, 'Edsger', code);
  await button(host, 'Remove Grace').click();
  await expect(host.getByText('Grace is being removed.')).toBeVisible();
  await stop(host);
  await showsState(host, 'ended');
  await expect(host.getByText('Grace is being removed.')).toBeHidden();

  await button(host, 'Open it again').click();
  await showsState(host, 'idle');
  await other.reload();
  await button(host, 'Remove Edsger').click();
  await expect(host.getByText('Edsger is being removed.')).toBeVisible();
  await host.getByRole('banner').getByRole('link', { name: 'HearTogether' }).click();
  await expect(main(host)).toHaveAttribute('data-page', 'home');
  await expect(host.getByText('Edsger is being removed.')).toBeHidden();
  await showsRefusal(other, 'removed');
  expect(offences).toEqual([]);
});

test('the audience shows name, state, path, round trip and the latest activity first', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listenAs(listener, 'Grace', code);
  await listenAs(other, 'Edsger', code);
  await expect(rows(tabHost).first()).toContainText('Edsger');
  await expect(rowOf(tabHost, 'Grace').getByTestId('listener-state')).toHaveText('connected');
  await expect(rowOf(tabHost, 'Grace')).toContainText(/direct · \d+ ms/);
  await button(listener, 'React with ❤️').click();
  await expect(rows(tabHost).first()).toContainText('Grace');
  await expect(main(tabHost)).toContainText('2 of 30 listening');
});

test('the audience shows how each listener is reached, as that changes', async ({ tabHost, newVisitor, server }) => {
  const code = await createRoom(tabHost, 'Ada');
  const line = await Line.to(server.url);
  const listener = await newVisitor({ baseURL: line.url });
  const path = await Path.under(listener);
  await listenAs(listener, 'Grace', code);
  const state = rowOf(tabHost, 'Grace').getByTestId('listener-state');
  await expect(state).toHaveText('new');
  path.cut();
  await shareTab(tabHost);
  await expect(state).toHaveText('connecting');
  path.mend();
  await expect(state).toHaveText('connected');
  await expect(rowOf(tabHost, 'Grace')).toContainText(/direct · \d+ ms · \d+ % lost/);
  path.turn({ lossShare: 0.2 });
  await expect(rowOf(tabHost, 'Grace')).toContainText(/ [1-9]\d* % lost/);
  path.turn({});

  line.cut();
  await expect(state).toHaveText('reconnecting');
  line.mend();
  await expect(state).toHaveText('connected');
  line.close();
  path.close();
});

test('an audience of 3,000 is counted right, searched and scrolled, and draws what fits', async ({ newVisitor }) => {
  const host = await newVisitor();
  await imagine(host, 3000);
  await createRoom(host, 'Ada');
  await expect(main(host)).toContainText('3,000 of 30 listening');
  expect(await rows(host).count()).toBeLessThan(40);
  await expect(rows(host).first()).toContainText('Guest 2999');
  await host.getByRole('list', { name: 'Listeners' }).evaluate((list) => (list.scrollTop = list.scrollHeight));
  await expect(rows(host).last()).toContainText('Guest 0');
  await host.getByLabel('Search listeners').fill('guest 1234');
  await expect(rows(host)).toHaveCount(1);
  await expect(rows(host)).toContainText('Guest 1234');
});

test('a search goes on when so few are left that there would be none', async ({ newVisitor }) => {
  const host = await newVisitor();
  const tell = await imagine(host, 9);
  await createRoom(host, 'Ada');
  const field = host.getByLabel('Search listeners');
  await field.fill('guest 3');
  await expect(rows(host)).toHaveCount(1);
  tell({ kind: 'listener_left', member: imagined(8).member });
  await expect(main(host)).toContainText('8 of 30 listening');
  await expect(field).toHaveValue('guest 3');
  await expect(field).toBeFocused();
  await field.fill('');
  await expect(rows(host)).toHaveCount(8);
});

test('nobody moves in the audience while the host is about to press something', async ({ newVisitor }) => {
  const host = await newVisitor();
  const tell = await imagine(host, 3);
  const reacts = (number: number, afterMs: number) => {
    const { member } = imagined(number);
    tell({ kind: 'reacted', member, reaction: '🔥', at: FIRST_ACTIVE_MS + afterMs });
  };
  const names = () => rows(host).locator('.font-semibold').allTextContents();
  await createRoom(host, 'Ada');
  await expect.poll(names).toEqual(['Guest 2', 'Guest 1', 'Guest 0']);

  await button(host, 'Remove Guest 1').hover();
  reacts(0, 1000);
  tell({ kind: 'listener_joined', listener: imagined(3) });
  tell({ kind: 'listener_left', member: imagined(2).member });
  await expect(rowOf(host, 'Guest 0')).toContainText('🔥');
  await expect(rowOf(host, 'Guest 2').getByTestId('listener-state')).toHaveText('left');
  expect(await names()).toEqual(['Guest 2', 'Guest 1', 'Guest 0', 'Guest 3']);
  await expect(main(host)).toContainText('3 of 30 listening');
  await expect(rowOf(host, 'Guest 3')).toHaveAttribute('aria-posinset', '4');
  await host.mouse.down();
  reacts(1, 2000);
  await expect(rowOf(host, 'Guest 1')).toContainText('🔥');
  await host.mouse.up();
  await expect(rowOf(host, 'Guest 1')).toContainText('removing');

  const undo = rowOf(host, 'Guest 1').getByRole('button', { name: 'Undo' });
  await expect(undo).toBeFocused();
  await host.mouse.move(0, 0);
  await undo.press('Enter');
  await expect(button(host, 'Remove Guest 1')).toBeFocused();
  expect(await names()).toEqual(['Guest 2', 'Guest 1', 'Guest 0', 'Guest 3']);
  await main(host).focus();
  await expect.poll(names).toEqual(['Guest 1', 'Guest 0', 'Guest 3']);
  await expect(rowOf(host, 'Guest 1')).toHaveAttribute('aria-posinset', '1');
});

test('the session time counts up while the host is live', async ({ tabHost }) => {
  await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await expect(tabHost.getByTestId('session-time')).toHaveText('00:02');
  await tabHost.reload();
  await expect(tabHost.getByTestId('session-time')).toHaveText(/^00:\d\d$/);
});

test.describe('a room that lives for 20 s', () => {
  test.use({ settings: { ROOM_TTL_MS: '20000' } });

  test('everybody is warned before its end and told of it', async ({ newVisitor }) => {
    const host = await newVisitor();
    const code = await createRoom(host, 'Ada');
    const listener = await newVisitor();
    await listenAs(listener, 'Grace', code);
    const warning = (page: Page) => page.getByText('This room ends in less than a minute.');
    for (const page of [host, listener]) await expect(warning(page)).toBeVisible();
    // What the page advises helps.
    await expect(warning(listener)).toContainText('React or write to the host, and it goes on.');
    await button(listener, 'React with ❤️').click();
    for (const page of [host, listener]) await expect(warning(page)).toBeHidden();
    for (const page of [host, listener]) await expect(warning(page)).toBeVisible();
    for (const page of [host, listener]) await showsState(page, 'ended');
    for (const page of [host, listener]) await expect(main(page)).toContainText('because nothing happened in it for a while');
  });
});

test.describe('a room that waits 8 s for its host', () => {
  test.use({ settings: { ROOM_HOST_ABSENT_MS: '8000' } });

  test('the room ends for want of a host, and everybody reads why', async ({ tabHost, newVisitor }) => {
    const code = await createRoom(tabHost, 'Ada');
    await shareTab(tabHost);
    const [listener, late] = [await newVisitor(), await newVisitor()];
    await listen(listener, code);
    await hear(listener, TAB_TONE_HZ);
    await tabHost.goto('about:blank');
    // Whoever comes while the host is away reads it too.
    await listen(late, code);
    for (const page of [listener, late]) {
      await showsState(page, 'ended');
      await expect(main(page)).toContainText('because the host did not come back');
    }
    await silence(listener);
    await tabHost.goto(`/host/${code}`);
    await expect(main(tabHost)).toContainText('This room has ended');
    await expect(button(tabHost, 'Open it again')).toBeVisible();
  });
});

test('an ended room is opened again by its owner under the same code, with its chat', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await hear(listener, TAB_TONE_HZ);
  await write(listener, 'thank you');
  await expect(messages(tabHost)).toHaveCount(1);
  await stop(tabHost);
  await showsState(listener, 'ended');
  await button(tabHost, 'Open it again').click();
  await showsState(tabHost, 'idle');
  await expect(messages(tabHost)).toContainText('thank you');
  await shareTab(tabHost);
  await listener.goto(`/listen/${code}`);
  await hear(listener, TAB_TONE_HZ);

  await stop(tabHost);
  await showsState(tabHost, 'ended');
  await tabHost.goto(`/host/${code}`);
  await button(tabHost, 'Open it again').click();
  await showsState(tabHost, 'idle');
});

test('a listener cannot open an ended room', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await button(host, 'Stop').click();
  await button(host, 'Stop for everyone').click();
  await showsState(listener, 'ended');
  await listener.goto(`/host/${code}`);
  await showsRefusal(listener, 'room_not_found');
  await expect(button(listener, 'Open it again')).toBeHidden();
});
