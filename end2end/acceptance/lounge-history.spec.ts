// Messages far back: ways that lead there, and what is around them. The history is one that the test imagines.
import { expect, test, type Page } from '../fixtures';
import { imagined, imagineHistory, imaginedMessage } from '../frames';
import { act, belowPx, comeIn, log, messageOf, messages, openLounge, say } from '../lounge_actions';
import { button } from '../page_actions';

const ALL = 2_000;

/** The number in a message, the first or the last of those that are shown. */
async function numberIn(page: Page, place: 'first' | 'last'): Promise<number> {
  const text = await messages(page)[place]().locator('.words').innerText();
  return Number(/number (\d+)/.exec(text)?.[1]);
}

/** A message with exactly this number. */
const numbered = (page: Page, number: number) =>
  messages(page).filter({ has: page.locator('.words', { hasText: new RegExp(`^number ${number}$`) }) });

test('a quote far back is shown after one request, and the newest messages at once', async ({ newVisitor }) => {
  const page = await newVisitor();
  const history = await imagineHistory(page, ALL, (message, number) => (number === ALL ? { ...message, reply_to: 700 } : message));
  await openLounge(page, 'Ada');
  await expect(numbered(page, ALL)).toBeInViewport();
  const before = history.asked.length;
  await numbered(page, ALL).locator('.quote').click();
  await expect(numbered(page, 700)).toBeInViewport();
  await expect(numbered(page, 700)).toBeFocused();
  expect(history.asked[before]).toBe(726);
  await expect(numbered(page, ALL)).toHaveCount(0);

  // What comes meanwhile counts on the button, as ever, and is not among the old messages.
  history.tell({ message_sent: { message: imaginedMessage(ALL + 1, 1) } });
  const toLatest = button(page, '1 new message');
  await expect(toLatest).toBeVisible();
  await expect(numbered(page, 700)).toBeInViewport();
  await toLatest.click();
  await expect(numbered(page, ALL + 1)).toBeInViewport();
  await expect(toLatest).toBeHidden();
  await expect.poll(() => belowPx(page)).toBeLessThan(2);
  await expect(numbered(page, 700)).toHaveCount(0);
  expect(history.asked.slice(before + 1).filter((before) => before > 800 && before < ALL - 100), 'nothing between is loaded').toEqual([]);
});

test('scrolling up and down from there loads older and later messages, and nothing moves', async ({ newVisitor }) => {
  const page = await newVisitor();
  const history = await imagineHistory(page, ALL, (message, number) => (number === ALL ? { ...message, reply_to: 700 } : message));
  await openLounge(page, 'Ada');
  await numbered(page, ALL).locator('.quote').click();
  await expect(numbered(page, 700)).toBeInViewport();
  await log(page).hover();
  for (let turn = 0; turn < 3; turn++) {
    const first = await numberIn(page, 'first');
    await page.mouse.wheel(0, -20_000);
    await expect.poll(() => numberIn(page, 'first')).toBeLessThan(first);
  }
  for (let turn = 0; turn < 3; turn++) {
    const last = await numberIn(page, 'last');
    await page.mouse.wheel(0, 40_000);
    await expect.poll(() => numberIn(page, 'last')).toBeGreaterThan(last);
  }
  const [first, last] = [await numberIn(page, 'first'), await numberIn(page, 'last')];
  await expect(messages(page)).toHaveCount(last - first + 1);
  const shown = await messages(page).locator('.words').allInnerTexts();
  expect(shown, 'each once, in their order').toEqual(shown.map((_, place) => `number ${first + place}`));
  expect(new Set(history.asked).size, 'no page is asked for twice').toBe(history.asked.length);
});

test('from a message not far back one gets to the newest by scrolling', async ({ newVisitor }) => {
  const page = await newVisitor();
  await imagineHistory(page, 200, (message, number) => (number === 200 ? { ...message, reply_to: 60 } : message));
  await openLounge(page, 'Ada');
  await numbered(page, 200).locator('.quote').click();
  await expect(numbered(page, 60)).toBeInViewport();
  await log(page).hover();
  await expect(async () => {
    await page.mouse.wheel(0, 40_000);
    await expect(numbered(page, 200)).toBeInViewport({ timeout: 500 });
  }).toPass();
  await expect(page.locator('.to-latest')).toBeHidden();
  const shown = await messages(page).locator('.words').allInnerTexts();
  const first = await numberIn(page, 'first');
  expect(shown).toEqual(shown.map((_, place) => `number ${first + place}`));
});

test('a search result far back is shown after one request, by keys alone', async ({ newVisitor }) => {
  const page = await newVisitor();
  const history = await imagineHistory(page, ALL);
  await page.route('**/api/fn/search_messages', (route) =>
    route.fulfill({
      json: { messages: [{ number: 42, author: imagined(0).member, name: 'Guest 0', sent_at: 1_790_000_000_042, excerpt: ['number ', '42'] }] },
    }),
  );
  await openLounge(page, 'Ada');
  const before = history.asked.length;
  await page.getByRole('button', { name: 'Search messages' }).click();
  await page.getByRole('searchbox').fill('42');
  await page.getByTestId('search-result').press('Enter');
  await expect(numbered(page, 42)).toBeFocused();
  await expect(numbered(page, 42)).toBeInViewport();
  expect(history.asked.slice(before, before + 1)).toEqual([68]);
  await button(page, 'Show later messages').press('Enter');
  await expect(numbered(page, 117)).toHaveCount(1);
  await page.getByRole('button', { name: 'To the latest message' }).press('Enter');
  await expect(numbered(page, ALL)).toBeInViewport();
});

test('what becomes of old messages is seen, and one who writes is at the newest messages', async ({ newVisitor }) => {
  const page = await newVisitor();
  const history = await imagineHistory(page, ALL, (message, number) => (number === ALL ? { ...message, reply_to: 700 } : message));
  await openLounge(page, 'Ada');
  await numbered(page, ALL).locator('.quote').click();
  await expect(numbered(page, 700)).toBeInViewport();
  history.tell({ message_edited: { number: 701, author: imagined(2).member, version: 1, text: 'changed' } });
  await expect(messageOf(page, 'changed')).toContainText('edited');
  history.tell({ message_deleted: { number: 702 } });
  await expect(messages(page).filter({ hasText: 'This message was deleted.' })).toHaveCount(1);
  await page.getByRole('textbox', { name: 'Message' }).fill('here I am');
  await page.keyboard.press('Enter');
  await expect(messageOf(page, 'here I am')).toBeInViewport();
  await expect(numbered(page, 700)).toHaveCount(0);
});

test('a message whose author has deleted the account is said to be gone', async ({ newVisitor }) => {
  const page = await newVisitor();
  await imagineHistory(page, ALL, (message, number) =>
    number === ALL ? { ...message, reply_to: 700 } : number === 700 ? { ...message, number: 699 } : message,
  );
  await openLounge(page, 'Ada');
  await numbered(page, ALL).locator('.quote').click();
  await expect(page.getByText('This message is not there any more.')).toBeVisible();
  await expect(numbered(page, ALL)).toBeInViewport();
});

test('all pinned messages are listed, however far back, and each leads to its message', async ({ newVisitor }) => {
  const page = await newVisitor();
  const history = await imagineHistory(page, ALL, (message) => message, { pins: [42, 700, ALL] });
  const listed = (number: number, text: string) => ({
    number,
    author: imagined(0).member,
    name: 'Guest 0',
    sent_at: 1_790_000_000_000 + number,
    excerpt: text ? [text] : [''],
    pictures: text ? 0 : 2,
  });
  const asked: string[] = [];
  await page.route('**/api/fn/messages_at', (route) => {
    const numbers = new URLSearchParams(route.request().postData() ?? '').get('numbers') ?? '';
    asked.push(numbers);
    const all = [listed(ALL, `number ${ALL}`), listed(700, ''), listed(42, 'number 42')];
    return route.fulfill({ json: { messages: all.filter((message) => numbers.split(',').includes(String(message.number))) } });
  });
  await openLounge(page, 'Ada');
  const bar = page.getByTestId('pins');
  await expect(bar).toContainText('3 pinned messages');
  await expect(bar, 'the latest is here').toContainText(`number ${ALL}`);
  const requests = history.asked.length;
  await bar.click();
  const list = page.getByTestId('pinned').getByRole('listitem');
  await expect(list).toHaveCount(3);
  await expect(list.nth(0)).toContainText(`number ${ALL}`);
  await expect(list.nth(1)).toContainText('2 pictures');
  await expect(list.nth(2)).toContainText('Guest 0');
  await expect(list.nth(2).locator('time')).toHaveText(/\d/);
  history.tell({ message_pinned: { number: 700, pinned: false } });
  await expect(list).toHaveCount(2);
  history.tell({ message_deleted: { number: ALL } });
  await expect(list).toHaveCount(1);
  expect(asked).toEqual([`42,700,${ALL}`, `42,${ALL}`, '42']);
  await list.getByRole('button').press('Enter');
  await expect(numbered(page, 42)).toBeFocused();
  await expect(numbered(page, 42)).toBeInViewport();
  expect(history.asked[requests]).toBe(68);
  await expect(bar).toContainText('1 pinned message');
  history.tell({ message_pinned: { number: 42, pinned: false } });
  await expect(bar).toBeHidden();
});

test('what is pinned is read from the archive, and said again after a failure', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(grace, 'the rules\nof this lounge');
  await act(ada, 'the rules', 'Pin');
  await expect(grace.getByTestId('pins')).toContainText('the rules');
  await grace.route('**/api/fn/messages_at', (route) => route.abort());
  await grace.getByTestId('pins').click();
  const pinned = grace.getByTestId('pinned');
  await expect(button(grace, 'Try again')).toBeVisible();
  await grace.unroute('**/api/fn/messages_at');
  await button(grace, 'Try again').click();
  await expect(pinned.getByRole('listitem')).toHaveCount(1);
  await expect(pinned.getByRole('listitem')).toContainText('the rules of this lounge');
  await act(ada, 'the rules', 'Unpin');
  await expect(pinned.getByText('Nothing is pinned.')).toBeVisible();
});
