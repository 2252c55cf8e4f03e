// The list of lounges in a lounge's page: what changes in other lounges is told over the connection that the page has.
import type { Page } from '@playwright/test';

import { expect } from '../fixtures';
import { lasts, test } from '../drills/fixtures';
import { actOn, comeIn, isIn, messageOf, openLounge, say } from '../lounge_actions';
import { button, hasLink, isHydrated } from '../page_actions';

/** How long a page may take to learn of a change. */
const SOON = { timeout: 2_000 };
/** After which a page has asked for the list as often as it has to because it, or another one, has come in. */
const REST_MS = 2_500;

const list = (page: Page) => page.getByRole('navigation', { name: 'Your lounges' });
const names = (page: Page) => list(page).locator('.lounges-name');
const countOf = (page: Page, lounge: string) => list(page).getByRole('link', { name: lounge }).locator('.count');

/** Counts how often the page asks for the list from now on. */
function requestsForList(page: Page): () => number {
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/saved_lounges')) asked += 1;
  });
  return () => asked;
}

/** Another page of the same visitor, in a lounge of its own. */
async function openAnother(page: Page, name: string): Promise<Page> {
  const another = await page.context().newPage();
  await another.goto('/');
  await isHydrated(another);
  await another.getByLabel('Name of the lounge').fill(name);
  await button(another, 'Open a lounge').click();
  await isIn(another);
  return another;
}

test('a page is told at once of counts, names and the order of other lounges, and asks for nothing', async ({ newVisitor }) => {
  const [desk, grace] = [await newVisitor(), await newVisitor()];
  await openLounge(desk, 'Ada', 'First');
  const phone = await openAnother(desk, 'Second');
  const code = phone.url().slice(-6);
  await expect(names(desk), 'a lounge that was opened on another page').toHaveText(['Second', 'First'], SOON);
  await comeIn(grace, code, 'Grace');
  await say(desk, 'here');
  await expect(names(desk), 'what is written here counts, too').toHaveText(['First', 'Second'], SOON);
  await expect(names(phone)).toHaveText(['First', 'Second'], SOON);

  await lasts(REST_MS);
  const asked = requestsForList(desk);
  await say(grace, 'one');
  await expect(names(desk)).toHaveText(['Second', 'First'], SOON);
  await expect(messageOf(phone, 'one')).toBeVisible();
  await expect(countOf(desk, 'Second'), 'what is seen on the other page is not new').toHaveCount(0, SOON);
  await phone.close();
  await say(grace, 'two');
  await expect(countOf(desk, 'Second')).toHaveText('1', SOON);
  await say(grace, 'three');
  await expect(countOf(desk, 'Second')).toHaveText('2', SOON);
  expect(asked(), 'all of that was told').toBe(0);
});

test('a page is told of new names, of lounges that it is sent out of, and of those that end', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const [kitchen, garden] = [await openLounge(ada, 'Ada', 'Kitchen'), (await openAnother(ada, 'Garden')).url().slice(-6)];
  await openLounge(grace, 'Grace', 'Cellar');
  for (const code of [kitchen, garden]) {
    const coming = await grace.context().newPage();
    await coming.goto(`/lounge/${code}`);
    await isHydrated(coming);
    await button(coming, 'Come in').click();
    await isIn(coming);
    await coming.close();
  }
  await expect(names(grace)).toHaveText(['Cellar', 'Garden', 'Kitchen'], SOON);
  await lasts(REST_MS);
  const asked = requestsForList(grace);
  await button(ada, 'Rename the lounge').click();
  await ada.getByRole('dialog').getByLabel('Name of the lounge').fill('Pantry');
  await button(ada, 'Save').click();
  await expect(names(grace)).toHaveText(['Cellar', 'Garden', 'Pantry'], SOON);
  await actOn(ada, 'Grace', 'Send out');
  await expect(names(grace)).toHaveText(['Cellar', 'Garden'], SOON);
  await ada.goto(`/lounge/${garden}`);
  await isIn(ada);
  await button(ada, 'Delete the lounge').click();
  await button(ada, 'Delete for everyone').click();
  await expect(names(grace)).toHaveText(['Cellar'], SOON);
  expect(asked(), 'all of that was told').toBe(0);
});

test('after a lost connection the list is asked for once', async ({ newVisitor, line }) => {
  const ada = await newVisitor();
  const code = await openLounge(ada, 'Ada', 'Kitchen');
  const grace = await newVisitor({ baseURL: line.url });
  const cellar = await openLounge(grace, 'Grace', 'Cellar');
  await comeIn(grace, code, 'Grace');
  await grace.goto(`/lounge/${cellar}`);
  await isIn(grace);
  await expect(names(grace)).toHaveText(['Cellar', 'Kitchen'], SOON);
  await say(ada, 'before');
  await expect(countOf(grace, 'Kitchen')).toHaveText('1', SOON);
  await lasts(REST_MS);
  line.cut();
  await hasLink(grace, 'reconnecting');
  const asked = requestsForList(grace);
  await say(ada, 'meanwhile');
  line.mend();
  await isIn(grace);
  await expect(countOf(grace, 'Kitchen')).toHaveText('2', { timeout: 3_000 });
  await expect(names(grace)).toHaveText(['Kitchen', 'Cellar']);
  expect(asked()).toBe(1);
});
