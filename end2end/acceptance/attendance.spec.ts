// The number of listeners, as every listener sees it.
import { expect, test, type Page } from '../fixtures';
import { createRoom, hasLink, listen, main, showsState } from '../page_actions';
import { Line } from '../tcp_proxy.mjs';

const sees = (page: Page, text: string) => expect(page.getByTestId('attendance')).toHaveText(text);

test('listeners see how many listen, as they come and go', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const [listener, other] = [await newVisitor(), await newVisitor()];
  await listen(listener, code);
  await sees(listener, '1 listening');
  await listen(other, code);
  await sees(listener, '2 listening');
  await sees(other, '2 listening');
  await expect(main(listener).getByRole('status').filter({ hasText: '2 listening' }), 'no screen reader says it').toHaveCount(0);
  await other.getByRole('link', { name: 'Leave' }).click();
  await sees(listener, '1 listening');
});

test('a listener who reconnects sees the new number of listeners', async ({ tabHost, newVisitor, server }) => {
  const code = await createRoom(tabHost, 'Ada');
  const line = await Line.to(server.url);
  const [listener, other] = [await newVisitor({ baseURL: line.url }), await newVisitor()];
  await listen(listener, code);
  await listen(other, code);
  await sees(listener, '2 listening');
  line.cut();
  await hasLink(listener, 'reconnecting');
  await other.getByRole('link', { name: 'Leave' }).click();
  await expect(main(tabHost)).toContainText('1 of 30 listening');
  await sees(listener, '2 listening');
  line.mend();
  await hasLink(listener, 'attached');
  await sees(listener, '1 listening');
  line.close();
});

test('a removed listener sees no number', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const listener = await newVisitor();
  await listen(listener, code);
  await sees(listener, '1 listening');
  await tabHost.getByRole('button', { name: 'Remove' }).first().click();
  await showsState(listener, 'refused');
  await sees(listener, '');
});
