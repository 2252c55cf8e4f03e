// Networks that let no WebSockets through: rooms work all the same, and go back to WebSockets when they can. And WebSockets that look
// alive and are not.
import { expect, TAB_TONE_HZ, test as base, type Page } from '../fixtures';
import { comeIn, field, isIn, messageOf, messages, openLounge, say, setHidden, write } from '../lounge_actions';
import { button, createRoom, hasLink, listen, shareTab, showsState } from '../page_actions';
import { Proxy } from '../reverse_proxy.mjs';
import { hear } from '../tone_detection';

const test = base.extend<{ front: Proxy }>({
  /** What is between visitors and the server. */
  front: async ({ server }, use) => {
    const front = await Proxy.start('', false);
    front.leadTo(server.url);
    await use(front);
    await front.close();
  },
});

/** A browser reports that it is on another network. */
const changeNetwork = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('online')));

/** How often an event stream was opened. */
const streams = (front: Proxy) => front.passed.filter((path) => path === '/api/stream').length;

test('a broadcast is hosted and heard, and goes back to WebSockets', async ({ tabHost, newVisitor, front }) => {
  front.blockUpgrades();
  const code = await createRoom(tabHost, 'Ada', front.origin);
  await shareTab(tabHost);
  await hasLink(tabHost, 'attached');
  const listener = await newVisitor({ baseURL: front.origin });
  await listen(listener, code);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await button(tabHost, 'Pause').click();
  await showsState(listener, 'paused');
  await button(tabHost, 'Resume').click();
  await hear(listener, TAB_TONE_HZ);
  expect(front.upgraded).toBe(0);
  expect(streams(front)).toBeGreaterThanOrEqual(2);

  // While no WebSocket opens, the event streams go on.
  const before = streams(front);
  for (const page of [tabHost, listener]) await changeNetwork(page);
  await button(tabHost, 'Pause').click();
  await showsState(listener, 'paused');
  expect([front.upgraded, streams(front)]).toEqual([0, before]);

  front.letsUpgrade = true;
  for (const page of [tabHost, listener]) await changeNetwork(page);
  await expect.poll(() => front.upgraded).toBe(2);
  for (const page of [tabHost, listener]) await hasLink(page, 'attached');
  await button(tabHost, 'Resume').click();
  await hear(listener, TAB_TONE_HZ);
  expect(streams(front)).toBe(before);
});

test('a lounge is written in, and a page that is reloaded has all of it', async ({ newVisitor, front }) => {
  front.blockUpgrades();
  const [ada, grace] = [await newVisitor({ baseURL: front.origin }), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  // Grace's network lets WebSockets through.
  await comeIn(grace, code, 'Grace');
  for (const [page, other, text] of [[ada, grace, 'by post'], [grace, ada, 'by socket']] as const) {
    await say(page, text);
    await expect(messageOf(other, text)).toHaveCount(1);
  }
  // Several at once stay in order.
  const texts = ['one', 'two', 'three', 'four'];
  for (const text of texts) await write(ada, text);
  await expect(messages(grace).locator('.words')).toHaveText(['by post', 'by socket', ...texts]);
  await ada.reload();
  await isIn(ada);
  await expect(messages(ada).locator('.words')).toHaveText(['by post', 'by socket', ...texts]);
  expect(front.upgraded).toBe(0);
});

test('what is written while the socket is dead goes by post, once', async ({ newVisitor, front }) => {
  const [ada, grace] = [await newVisitor({ baseURL: front.origin }), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'before');
  expect(streams(front)).toBe(0);
  front.blockUpgrades();
  await hasLink(ada, 'reconnecting');
  await write(ada, 'meanwhile');
  await write(grace, 'from the other side');
  // Several WebSockets fail first: the server could be away for a moment.
  await expect(messageOf(grace, 'meanwhile')).toHaveCount(1, { timeout: 60_000 });
  await expect(messageOf(ada, 'from the other side')).toHaveCount(1);
  expect(streams(front)).toBeGreaterThan(0);
  const upgraded = front.upgraded;
  front.letsUpgrade = true;
  await expect.poll(() => front.upgraded, { timeout: 30_000 }).toBe(upgraded + 1);
  await say(ada, 'after');
  await expect(messages(grace).locator('.words')).toHaveText(['before', 'from the other side', 'meanwhile', 'after']);
  await expect(messages(ada).locator('.words')).toHaveText(['before', 'from the other side', 'meanwhile', 'after']);
});

test('a socket that looks alive and is dead is found within two seconds of waking', async ({ newVisitor, front }) => {
  const ada = await newVisitor({ baseURL: front.origin });
  await openLounge(ada, 'Ada');
  await say(ada, 'before');
  for (const wake of ['shown', 'slept'] as const) {
    const upgraded = front.upgraded;
    front.freeze();
    if (wake === 'shown') {
      await setHidden(ada, true);
      await setHidden(ada, false);
    } else {
      // The device's clock has moved on while the page's timers stood still.
      await ada.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 3_600_000;
      });
    }
    await expect.poll(() => front.upgraded, { timeout: 6_000 }).toBe(upgraded + 1);
    await hasLink(ada, 'attached');
    await say(ada, `after: ${wake}`);
    await expect(field(ada)).toHaveValue('');
  }
});
