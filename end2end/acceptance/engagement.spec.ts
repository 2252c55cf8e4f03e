// Reactions, messages, the audience and its removals; the session's time and its end.
import { expect, test, TAB_TONE_HZ } from '../fixtures';
import { imagine, imaginedMessage } from '../frames';
import { hear, silence } from '../tone_detection';

import {
  button,
  createRoom,
  isHydrated,
  listenAs,
  main,
  messages,
  rowOf,
  rows,
  shareTab,
  showsRefusal,
  showsState,
  stop,
  write,
  hasLink,
} from '../page_actions';

const QUICK = ['❤️', '👍', '👎', '😭', '😍'];
const MORE = ['👏', '🔥', '🎉', '😮', '🙏', '😂', '🤯', '💯'];

test("there are exactly 13 reactions, they rise on the host's page, and the last one is shown as chosen", async ({ newVisitor }) => {
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

test('many reactions are combined, and too many are refused kindly', async ({ newVisitor }) => {
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

test('a message has up to 50 characters and a live counter, and only the host reads it', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listenAs(listener, 'Grace', code);
  await listenAs(other, 'Edsger', code);

  const field = listener.getByLabel('Message to the host');
  await field.fill('x'.repeat(51));
  await expect(listener.getByTestId('message-length')).toHaveText('51 of 50');
  await field.press('Enter');
  await expect(listener.getByText('This message is too long.')).toBeVisible();
  await expect(listener.getByTestId('own-message')).toHaveCount(0);

  await write(listener, 'louder, <b>please</b> ❤️');
  await expect(listener.getByTestId('message-length')).toHaveText('0 of 50');
  await expect(listener.getByTestId('own-message')).toHaveAttribute('data-state', 'delivered');
  await expect(messages(host)).toContainText('louder, <b>please</b> ❤️');
  await expect(messages(host)).toContainText('Grace');
  await expect(rowOf(host, 'Grace')).toContainText('louder');
  await expect(other.getByText('louder')).toHaveCount(0);
});

test('messages over the limit are sent a moment later, with a kind text', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  for (let i = 1; i <= 7; i++) await write(listener, `number ${i}`);
  await expect(listener.getByText('Your message goes out in a moment.')).toBeVisible();
  await expect(messages(host)).toHaveCount(7);
  await expect(listener.getByText('Your message goes out in a moment.')).toBeHidden();
});

test('messages survive reloads of host and listener, newest at the bottom', async ({ newVisitor }) => {
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

test('messages to a disconnected host are sent, and delivered when the host is back', async ({ newVisitor }) => {
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

test('older messages are loaded on demand', async ({ newVisitor }) => {
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
  for (let i = 0; i < 30; i++) tell({ message_sent: { message: imaginedMessage(i) } });
  await expect(messages(host)).toHaveCount(30);
  await expect.poll(belowPx).toBeLessThan(2);

  await log.evaluate((log) => (log.scrollTop = 0));
  await expect.poll(belowPx).toBeGreaterThan(100);
  tell({ message_sent: { message: imaginedMessage(30) } });
  await expect(messages(host)).toHaveCount(31);
  expect(await log.evaluate((log) => log.scrollTop)).toBe(0);
});

test('a removed listener hears nothing and cannot come back, and undo keeps a listener', async ({ tabHost, newVisitor }) => {
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

test('if the host chooses, everybody at the address of a removed listener is removed too', async ({ newVisitor }) => {
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

test('the undo of a removal disappears with the room and with the page', async ({ newVisitor }) => {
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
  await hasLink(other, 'attached');
  await isHydrated(other);
  await button(host, 'Remove Edsger').click();
  await expect(host.getByText('Edsger is being removed.')).toBeVisible();
  await host.getByRole('banner').getByRole('link', { name: 'HearTogether' }).click();
  await expect(main(host)).toHaveAttribute('data-page', 'home');
  await expect(host.getByText('Edsger is being removed.')).toBeHidden();
  await showsRefusal(other, 'removed');
  expect(offences).toEqual([]);
});
