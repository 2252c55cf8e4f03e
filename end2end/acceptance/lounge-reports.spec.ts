// What members report to the owner of a lounge, and what the owner decides.
import { type Page } from '@playwright/test';

import { fitsEveryWidth, passesAxe } from '../accessibility';
import { expect, test } from '../fixtures';
import { act, comeIn, isIn, memberOf, messageOf, openLounge, say } from '../lounge_actions';
import { button, showsRefusal } from '../page_actions';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Question' });
const badge = (page: Page) => page.getByTestId('reports');
const report = (page: Page) => page.getByTestId('report');

async function reportTo(page: Page, text: string, reason = ''): Promise<void> {
  await act(page, text, 'Report to the owner');
  const field = dialog(page).getByLabel('Reason (optional)');
  await expect(field).toBeFocused();
  await field.fill(reason);
  await field.press('Enter');
  await expect(page.getByText('Reported to the owner.').last()).toBeVisible();
  await expect(dialog(page)).toBeHidden();
}

test('a member reports a message, and only the owner sees it', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');
  await say(linus, 'you lot');
  await say(linus, 'well');
  await expect(messageOf(ada, 'well')).toHaveCount(1);
  await reportTo(grace, 'you lot', 'not kind');
  await expect(badge(ada)).toHaveText('1 reported message');
  await expect(badge(grace)).toHaveCount(0);
  await expect(badge(linus)).toHaveCount(0);
  await act(linus, 'you lot', 'Copy text');
  await messageOf(linus, 'you lot').hover();
  await messageOf(linus, 'you lot').getByRole('button', { name: 'Actions' }).click();
  await expect(linus.getByRole('dialog', { name: 'Actions' }).getByRole('button', { name: 'Report to the owner' })).toHaveCount(0);

  // It outlasts a reload, leads to the message, and is dismissed by keyboard.
  await ada.reload();
  await isIn(ada);
  await badge(ada).focus();
  await ada.keyboard.press('Enter');
  await expect(report(ada)).toContainText('Linus');
  await expect(report(ada)).toContainText('you lot');
  await expect(report(ada)).toContainText('Reported by Grace: not kind');
  await report(ada).getByRole('button', { name: 'Go to the message' }).press('Enter');
  await expect(dialog(ada)).toBeHidden();
  await expect(messageOf(ada, 'you lot')).toBeFocused();
  await badge(ada).press('Enter');
  await report(ada).getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(dialog(ada)).toContainText('Nothing is reported.');
  await expect(badge(ada)).toHaveCount(0);
  await button(ada, 'Close').click();
  await expect(messageOf(grace, 'you lot')).toHaveCount(1);
});

test('the owner deletes what was reported, and bans its author', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');
  await say(linus, 'you lot');
  await say(linus, 'all of you');
  await expect(messageOf(grace, 'all of you')).toHaveCount(1);
  await reportTo(grace, 'you lot');
  await reportTo(grace, 'all of you');
  await expect(badge(ada)).toHaveText('2 reported messages');
  await badge(ada).click();
  await expect(report(ada).first()).toContainText('Reported by Grace');
  await report(ada).first().getByRole('button', { name: 'Delete' }).click();
  await dialog(ada).getByRole('button', { name: 'Delete' }).click();
  await expect(grace.getByText('This message was deleted.')).toBeVisible();
  await expect(badge(ada)).toHaveText('1 reported message');
  await badge(ada).click();
  await report(ada).getByRole('button', { name: 'Actions for Linus' }).click();
  await dialog(ada).getByRole('button', { name: 'Ban', exact: true }).click();
  await dialog(ada).getByRole('button', { name: 'Ban', exact: true }).click();
  await showsRefusal(linus, 'removed');
  await expect(memberOf(ada, 'Linus')).toHaveCount(0);
  await expect(badge(ada)).toHaveText('1 reported message');
});

test('what is reported is shown to everybody who can press a key or hear a page', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'x'.repeat(500));
  await say(grace, 'y'.repeat(500));
  await act(grace, 'xxx', 'Report to the owner');
  await passesAxe(grace, [390]);
  await dialog(grace).getByLabel('Reason (optional)').fill('z'.repeat(200));
  await dialog(grace).getByRole('button', { name: 'Report' }).click();
  await expect(badge(ada)).toHaveText('1 reported message');
  await badge(ada).click();
  await expect(report(ada)).toContainText('zzz');
  await passesAxe(ada);
  await fitsEveryWidth(ada);
});

test('the next owner gets what was reported', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');
  await say(linus, 'you lot');
  await expect(messageOf(grace, 'you lot')).toHaveCount(1);
  await reportTo(grace, 'you lot');
  await expect(badge(ada)).toHaveCount(1);
  await memberOf(ada, 'Grace').getByRole('button', { name: 'Actions for Grace' }).click();
  await dialog(ada).getByRole('button', { name: 'Make owner' }).click();
  await dialog(ada).getByRole('button', { name: 'Make owner' }).click();
  await expect(badge(grace)).toHaveText('1 reported message');
  await expect(badge(ada)).toHaveCount(0);
});
