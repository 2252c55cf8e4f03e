// The list of listeners on the host's page.
import { expect, test } from '../fixtures';
import { FIRST_ACTIVE_MS, imagine, imagined } from '../frames';
import { Line } from '../tcp_proxy.mjs';
import { button, createRoom, listenAs, main, rowOf, rows, shareTab } from '../page_actions';
import { Path } from '../network_emulation.mjs';

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

test('a search is kept when few listeners are left', async ({ newVisitor }) => {
  const host = await newVisitor();
  const tell = await imagine(host, 9);
  await createRoom(host, 'Ada');
  const field = host.getByLabel('Search listeners');
  await field.fill('guest 3');
  await expect(rows(host)).toHaveCount(1);
  tell({ member_left: { member: imagined(8).member } });
  await expect(main(host)).toContainText('8 of 30 listening');
  await expect(field).toHaveValue('guest 3');
  await expect(field).toBeFocused();
  await field.fill('');
  await expect(rows(host)).toHaveCount(8);
});

test('rows of the audience keep their places while the host is about to press something', async ({ newVisitor }) => {
  const host = await newVisitor();
  const tell = await imagine(host, 3);
  const reacts = (number: number, afterMs: number) => {
    const { member } = imagined(number);
    tell({ reacted: { member, reaction: '🔥', at: FIRST_ACTIVE_MS + afterMs } });
  };
  const names = () => rows(host).locator('.font-semibold').allTextContents();
  await createRoom(host, 'Ada');
  await expect.poll(names).toEqual(['Guest 2', 'Guest 1', 'Guest 0']);

  await button(host, 'Remove Guest 1').hover();
  reacts(0, 1000);
  tell({ member_joined: { member: imagined(3) } });
  tell({ member_left: { member: imagined(2).member } });
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
