// Finding what was written in a lounge.
import { expect, test, type Page } from '../fixtures';
import { act, comeIn, field, isIn, messageOf, openLounge, say } from '../lounge_actions';
import { button } from '../page_actions';

const search = (page: Page) => page.getByTestId('search');
const sought = (page: Page) => search(page).getByRole('searchbox', { name: 'Words to look for' });
const results = (page: Page) => page.getByTestId('search-result');

async function open(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Search messages' }).click();
  await expect(sought(page)).toBeFocused();
}

test('words, their beginnings and Chinese of two characters are found, and a result leads to its message', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, '明天在上海图书馆见面');
  await say(ada, 'The meeting is in Zürich');
  await say(grace, 'well\n'.repeat(60) + 'until then');
  await expect(messageOf(ada, 'until then')).toBeVisible();
  await open(ada);
  await sought(ada).fill('zurich meet');
  await expect(results(ada)).toHaveCount(1);
  await expect(results(ada)).toContainText('Ada');
  await expect(results(ada).locator('mark')).toHaveText(['meet', 'Zürich']);
  await sought(ada).fill('图书');
  await expect(results(ada).locator('mark')).toHaveText(['图书']);
  await expect(ada.getByTestId('search-status')).toHaveText('1 message');
  await results(ada).click();
  await expect(search(ada)).toBeHidden();
  await expect(messageOf(ada, '上海图书馆')).toBeInViewport();
  await expect(messageOf(ada, '上海图书馆')).toBeFocused();
});

test('keys alone open the search, walk through the results, and close it', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  for (const text of ['tea, black', 'tea, green', 'coffee']) await say(page, text);
  await field(page).press('Control+Shift+F');
  await expect(sought(page)).toBeFocused();
  await page.keyboard.type('tea');
  await page.keyboard.press('Enter');
  await expect(results(page)).toHaveCount(2);
  await expect(results(page).first()).toContainText('green');
  await page.keyboard.press('ArrowDown');
  await expect(results(page).first()).toBeFocused();
  await page.keyboard.press('End');
  await expect(results(page).last()).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  await expect(sought(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(search(page)).toBeHidden();
  await field(page).press('Control+Shift+F');
  await page.keyboard.type('black');
  await expect(results(page)).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(messageOf(page, 'tea, black')).toBeFocused();
});

test('what is deleted or changed is not found, and nothing found is said', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await say(page, 'porcupine');
  await say(page, 'hedgehog');
  await act(page, 'porcupine', 'Delete');
  await page.getByRole('dialog', { name: 'Question' }).getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('This message was deleted.')).toBeVisible();
  await open(page);
  await sought(page).fill('porcupine');
  await expect(search(page).getByText('No message found')).toBeVisible();
  await sought(page).fill('hedgehog');
  await expect(results(page)).toHaveCount(1);
  await expect(search(page).getByText('No message found')).toBeHidden();
  await sought(page).fill('?!');
  await expect(search(page).getByText('There is nothing to look for in this.')).toBeVisible();
});

test('results come in pages, and a failed search can be repeated', async ({ newVisitor }) => {
  test.slow();
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  for (let number = 1; number <= 24; number++) {
    await field(page).fill(`tea ${number}`);
    await field(page).press('Enter');
  }
  await expect(messageOf(page, 'tea 24')).toHaveAttribute('data-state', 'kept', { timeout: 60_000 });
  await page.route('**/api/fn/search_messages', (route) => route.abort());
  await open(page);
  await sought(page).fill('tea');
  await expect(search(page).getByRole('alert').or(search(page).locator('.notice'))).toBeVisible();
  await page.unroute('**/api/fn/search_messages');
  await button(page, 'Try again').click();
  await expect(results(page)).toHaveCount(20);
  await button(page, 'Show older results').click();
  await expect(results(page)).toHaveCount(24);
  await expect(button(page, 'Show older results')).toBeHidden();
  await page.reload();
  await isIn(page);
});
