// Blocking somebody in a lounge.
import { type Page } from '@playwright/test';

import { expect, test } from '../fixtures';
import { act, comeIn, field, isIn, memberOf, messageOf, openLounge, say, setHidden } from '../lounge_actions';
import { button } from '../page_actions';

const FOLDED = 'A message of somebody you have blocked.';
const folded = (page: Page) => messageOf(page, FOLDED);

async function block(page: Page, name: string): Promise<void> {
  await memberOf(page, name).getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
}

test('what a blocked member writes is folded, in all lounges, and shown by one press', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const first = await openLounge(ada, 'Ada', 'First');
  await comeIn(grace, first, 'Grace');
  await comeIn(linus, first, 'Linus');
  await say(linus, 'you lot');
  await expect(messageOf(grace, 'you lot')).toHaveCount(1);
  await block(grace, 'Linus');
  await expect(memberOf(grace, 'Linus')).toContainText('blocked');
  await expect(folded(grace)).toHaveCount(1);
  await expect(messageOf(grace, 'you lot')).toHaveCount(0);
  await say(linus, 'more');
  await expect(folded(grace)).toHaveCount(2);
  await folded(grace).last().getByRole('button', { name: 'Show' }).press('Enter');
  await expect(messageOf(grace, 'more')).toHaveCount(1);
  await expect(folded(grace)).toHaveCount(1);
  // An answer to it does not show it.
  await act(ada, 'you lot', 'Reply');
  await say(ada, 'please');
  await expect(messageOf(grace, 'please')).toContainText(FOLDED);
  await expect(messageOf(grace, 'please')).not.toContainText('you lot');
  await act(ada, 'you lot', 'Pin');
  await expect(grace.getByTestId('pins')).toContainText(FOLDED);
  await grace.getByTestId('pins').click();
  await expect(grace.getByTestId('pinned').getByRole('listitem')).toContainText(FOLDED);
  await grace.keyboard.press('Escape');
  // Neither does typing, nor the title of a hidden page.
  await expect(async () => {
    // A page says at most every 3 s that somebody writes.
    await field(linus).pressSequentially('h');
    await expect(ada.getByTestId('typing')).toHaveText('Linus is writing…', { timeout: 500 });
  }).toPass();
  await expect(grace.getByTestId('typing')).toHaveText('');
  await setHidden(grace, true);
  await say(linus, '@Grace!');
  await expect(folded(grace)).toHaveCount(2);
  await expect(grace).toHaveTitle('First · HearTogether');
  await setHidden(grace, false);

  // Also after a reload, and elsewhere. They do not learn of it.
  await grace.reload();
  await isIn(grace);
  await expect(folded(grace)).toHaveCount(3);
  await expect(memberOf(linus, 'Grace')).not.toContainText('blocked');
  await ada.goto('/');
  await ada.getByLabel('Name of the lounge').fill('Second');
  await button(ada, 'Open a lounge').click();
  await isIn(ada);
  const second = ada.url().slice(-6);
  await comeIn(linus, second, 'Linus');
  await say(linus, 'here too');
  await comeIn(grace, second, 'Grace');
  await expect(folded(grace)).toHaveCount(1);

  await memberOf(grace, 'Linus').getByRole('button', { name: 'Actions for Linus' }).click();
  await grace.getByRole('dialog').getByRole('button', { name: 'Unblock' }).click();
  await expect(messageOf(grace, 'here too')).toHaveCount(1);
  await expect(folded(grace)).toHaveCount(0);
});

test('blocking needs a member, and can be thought over', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await expect(memberOf(grace, 'Grace').getByRole('button')).toHaveCount(0);
  await memberOf(grace, 'Ada').getByRole('button', { name: 'Actions for Ada' }).click();
  const dialog = grace.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Ban', exact: true })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(memberOf(grace, 'Ada')).not.toContainText('blocked');
});
