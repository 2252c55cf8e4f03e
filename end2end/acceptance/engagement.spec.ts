// Reactions, messages, the audience and its removals; the session's time and its end.
import { expect, test, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear, silence } from '../hearing';
import { button, createRoom, isHydrated, listen, main, shareTab, showsRefusal, showsState, signIn, stop } from '../visiting';

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
  await expect(rows(tabHost)).toHaveCount(1);
  await listener.goto(`/listen/${code}`);
  await showsRefusal(listener, 'removed');
  await expect(button(listener, 'Try again')).toBeHidden();
  await hear(other, TAB_TONE_HZ);
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

test('an audience of 3,000 is counted right, searched and scrolled, and draws what fits', async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      socket.send(frame);
      if (!String(frame).includes('"room_joined"')) return;
      const { seq } = JSON.parse(String(frame));
      for (let i = 0; i < 3000; i++) {
        const listener = {
          member: i.toString(16).padStart(32, '0'),
          name: `Guest ${i}`,
          attached: true,
          joined_at: 1_790_000_000_000 + i,
          active_at: 1_790_000_000_000 + i,
          last_reaction: null,
          last_message: null,
        };
        socket.send(JSON.stringify({ type: 'room_event', seq, event: { kind: 'listener_joined', listener } }));
      }
    });
  });
  await createRoom(host, 'Ada');
  await expect(main(host)).toContainText('3000 of 30 listening');
  expect(await rows(host).count()).toBeLessThan(40);
  await expect(rows(host).first()).toContainText('Guest 2999');
  await host.getByRole('list', { name: 'Listeners' }).evaluate((list) => (list.scrollTop = list.scrollHeight));
  await expect(rows(host).last()).toContainText('Guest 0');
  await host.getByLabel('Search listeners').fill('guest 1234');
  await expect(rows(host)).toHaveCount(1);
  await expect(rows(host)).toContainText('Guest 1234');
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
