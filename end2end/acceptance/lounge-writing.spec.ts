// Where a lounge's members write: keys, drafts, lengths, emoji, who is writing.
import { expect, test, type Page } from '../fixtures';
import { act, comeIn, field, isIn, messageOf, messages, openLounge, say } from '../lounge_actions';
import { button } from '../page_actions';

test('Enter sends, Shift and Enter break the line, and an input method’s Enter does neither', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await field(page).pressSequentially('one');
  await field(page).press('Shift+Enter');
  await field(page).pressSequentially('two');
  await expect(field(page)).toHaveValue('one\ntwo');
  for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
    await field(page).evaluate((field, composing) => {
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...composing }));
    }, composing);
  }
  await expect(messages(page)).toHaveCount(0);
  await field(page).press('Enter');
  await expect(messages(page)).toHaveCount(1);
  await expect(field(page)).toHaveValue('');
  await field(page).press('Enter');
  await expect(messages(page)).toHaveCount(1);
});

test('the field grows to eight lines, and a message has up to 4,000 characters', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  const height = async () => (await field(page).boundingBox())?.height ?? 0;
  const one = await height();
  await field(page).fill('1\n2\n3');
  expect(await height()).toBeGreaterThan(one);
  await field(page).fill('line\n'.repeat(30));
  const most = await height();
  expect(most).toBeLessThan(9.5 * 24);
  await field(page).fill('x'.repeat(4001));
  await expect(page.getByTestId('message-length')).toHaveText('4,001 of 4,000');
  await field(page).press('Enter');
  await expect(page.getByText('This message is too long.')).toBeVisible();
  await expect(messages(page)).toHaveCount(0);
  await field(page).fill('x'.repeat(4000));
  await field(page).press('Enter');
  await expect(messages(page)).toHaveCount(1);
  expect(await height()).toBe(one);
});

test('a draft outlasts a reload, each lounge has its own, and sending forgets it', async ({ newVisitor }) => {
  const page = await newVisitor();
  const first = await openLounge(page, 'Ada', 'First');
  await field(page).fill('not finished');
  await page.goto('/');
  await page.getByLabel('Name of the lounge').fill('Second');
  await button(page, 'Open a lounge').click();
  await isIn(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Second');
  await expect(field(page)).toHaveValue('');
  await page.getByRole('navigation', { name: 'Your lounges' }).getByRole('link', { name: 'First' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('First');
  await isIn(page);
  await expect(field(page)).toHaveValue('not finished');
  await page.goto(`/lounge/${first}`);
  await isIn(page);
  await expect(field(page)).toHaveValue('not finished');
  await field(page).press('Enter');
  await expect(messages(page)).toHaveCount(1);
  await page.reload();
  await isIn(page);
  await expect(field(page)).toHaveValue('');
});

test('the arrow key edits the last own message, and Escape brings back what was there', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await say(page, 'mistaek');
  await field(page).press('ArrowUp');
  await expect(page.getByText('Editing your message')).toBeVisible();
  await expect(field(page)).toHaveValue('mistaek');
  await field(page).press('Escape');
  await expect(field(page)).toHaveValue('');
  await field(page).press('ArrowUp');
  await field(page).fill('mistake');
  await field(page).press('Enter');
  await expect(messageOf(page, 'mistake')).toContainText('edited');
  await expect(field(page)).toHaveValue('');
  await field(page).fill('a draft');
  await act(page, 'mistake', 'Edit');
  await expect(field(page)).toHaveValue('mistake');
  await button(page, 'Cancel').click();
  await expect(field(page)).toHaveValue('a draft');
});

const picker = (page: Page) => page.getByRole('dialog', { name: 'Emoji' });

test('emoji are found, come in at the cursor, and are remembered with their skin tone', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await field(page).fill('ab');
  await field(page).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(1, 1));
  await button(page, 'Emoji').click();
  const search = picker(page).getByRole('searchbox', { name: 'Search emoji' });
  await expect(search).toBeFocused();
  await expect(picker(page).locator('[data-emoji]').first()).toBeVisible();
  await search.fill('waving hand');
  await button(page, 'Dark').click();
  await search.press('Enter');
  await expect(field(page)).toHaveValue('a👋🏿b');
  await search.fill('rocket');
  await search.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('a👋🏿🚀b');
  await page.keyboard.press('Escape');
  await expect(picker(page)).toBeHidden();
  await expect(field(page)).toBeFocused();
  await button(page, 'Emoji').click();
  await expect(picker(page).locator('[data-emoji]').first()).toHaveText('🚀');
  await expect(picker(page).locator('[data-emoji]')).toHaveCount(2);
});

test('emoji stand in groups, and any of them goes on a message', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await say(page, 'lunch?');
  await act(page, 'lunch?', 'More emoji');
  await picker(page).getByRole('button', { name: 'Food and drink' }).click();
  await expect(picker(page).locator('[data-emoji="😀"]')).toHaveCount(0);
  await picker(page).locator('[data-emoji="🍎"]').click();
  await expect(picker(page)).toBeHidden();
  await expect(messageOf(page, 'lunch?').locator('.chip')).toHaveText('🍎1');
  await expect(field(page)).toHaveValue('');
});

test('emoji are found by German and Chinese words', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  for (const [language, word, name] of [['de', 'katze', 'Emoji suchen'], ['zh-Hans', '猫', '搜索表情']] as const) {
    await page.context().addCookies([{ name: 'heartogether.language', value: language, url: page.url() }]);
    await page.reload();
    await isIn(page);
    await page.locator('.composer-form .icon-button').first().click();
    await page.getByRole('searchbox', { name }).fill(word);
    await expect(page.locator('[data-emoji="🐱"]')).toBeVisible();
  }
});

test('everybody sees who is writing, for as long as they do', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');
  await field(grace).pressSequentially('hel');
  await expect(ada.getByTestId('typing')).toHaveText('Grace is writing…');
  await field(linus).pressSequentially('hel');
  await expect(ada.getByTestId('typing')).toHaveText('Grace and Linus are writing…');
  await expect(grace.getByTestId('typing')).toHaveText('Linus is writing…');
  await field(grace).press('Enter');
  await expect(ada.getByTestId('typing')).toHaveText('Linus is writing…');
  await expect(ada.getByTestId('typing')).toHaveText('');
});
