// Signing in with a real OpenID provider, and all results of it.
import type { Locator } from '@playwright/test';

import { expect, type Page } from '../fixtures';
import { PROVIDER } from '../openid_provider.mjs';

import { comeIn, isIn, memberOf, messageOf, write } from '../lounge_actions';
import { button, createRoom, isHydrated, main, sayName, showsState, signIn } from '../page_actions';
import { bring, picture } from '../pictures_to_add';
import { test, providerLink, menu, allowAs, leavesNoTrace } from '../openid_fixtures';

/** Opens the menu on the visitor's name. */
async function openMenu(page: Page): Promise<void> {
  await menu(page).locator('summary').first().click();
}

async function signInAs(page: Page, account: string): Promise<void> {
  await page.goto('/login');
  await providerLink(page).click();
  await allowAs(page, account);
  await expect(menu(page)).toContainText(account);
}

/** Signs in and opens a room. Returns its code. */
async function createRoomAs(page: Page, account: string): Promise<string> {
  await signInAs(page, account);
  await page.goto('/');
  await button(page, 'Create a room').click();
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  return page.url().slice(-6);
}

test('a link to a room survives the sign-in with a provider', async ({ newVisitor, server }) => {
  const host = await newVisitor();
  const code = await createRoomAs(host, 'Ada');

  const listener = await newVisitor();
  await listener.goto(`/listen/${code}`);
  await expect(listener).toHaveURL(/\/login\?next=/);
  await providerLink(listener).click();
  await allowAs(listener, 'Grace');
  await expect(listener).toHaveURL(`${server.url}/listen/${code}`);
  await showsState(listener, 'connecting');
  await expect(main(listener)).toHaveAttribute('data-link', 'attached');
  await expect(main(host)).toContainText('Grace');
  await leavesNoTrace(listener, server.url);
});

test('a visitor who cancels the sign-in is told so, and can continue as a guest', async ({ newVisitor, server }) => {
  const host = await newVisitor();
  const code = await createRoomAs(host, 'Ada');

  const visitor = await newVisitor();
  await visitor.goto(`/listen/${code}`);
  await providerLink(visitor).click();
  await button(visitor, 'Turn back').click();
  await expect(main(visitor)).toHaveAttribute('data-page', 'login');
  await expect(main(visitor)).toContainText('You turned back before signing in');
  await isHydrated(visitor);
  await expect(visitor).not.toHaveURL(/why=/);
  await leavesNoTrace(visitor, server.url);
  await sayName(visitor, 'Grace');
  await expect(visitor).toHaveURL(`${server.url}/listen/${code}`);
});

test('guests can listen, and are asked to sign in before they host', async ({ newVisitor }) => {
  const guest = await newVisitor();
  await guest.goto('/');
  await button(guest, 'Create a room').click();
  await expect(main(guest)).toContainText('Guests can listen here');
  await expect(guest.getByLabel('Your name')).toHaveCount(0);

  await signIn(guest, 'Grace');
  await guest.goto('/');
  await isHydrated(guest);
  await button(guest, 'Create a room').click();
  await expect(main(guest)).toHaveAttribute('data-page', 'login');
  await expect(main(guest)).toContainText('Guests can listen here');
  await providerLink(guest).click();
  await allowAs(guest, 'Grace');
  await expect(guest).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  await showsState(guest, 'idle');
});

test.describe('where guests may host', () => {
  test.use({ settings: { GUESTS: 'host' } });

  test('a guest who signs in keeps the room', async ({ newVisitor, server }) => {
    const host = await newVisitor();
    const code = await createRoom(host, 'Ada');
    await isHydrated(host);
    await openMenu(host);
    await menu(host).getByRole('link', { name: `Sign in with ${PROVIDER}` }).click();
    await allowAs(host, 'Countess');
    await expect(host).toHaveURL(`${server.url}/host/${code}`);
    await showsState(host, 'idle');
    await expect(menu(host)).toContainText('Countess');

    // Known already, and a guest once more in another browser.
    const elsewhere = await newVisitor();
    const second = await createRoom(elsewhere, 'Somebody');
    await openMenu(elsewhere);
    await menu(elsewhere).getByRole('link', { name: `Sign in with ${PROVIDER}` }).click();
    await allowAs(elsewhere, 'Countess');
    await expect(elsewhere).toHaveURL(`${server.url}/host/${second}`);
    await expect(main(elsewhere)).toHaveAttribute('data-link', 'attached');
    await host.goto(`/host/${second}`);
    await showsState(host, 'refused');
    await expect(main(host)).toHaveAttribute('data-refusal', 'host_elsewhere');
  });
});

test.describe('without guests', () => {
  test.use({ settings: { GUESTS: 'off' } });

  test('listening requires a sign-in, and continues after it', async ({ newVisitor, server }) => {
    const host = await newVisitor();
    const code = await createRoomAs(host, 'Ada');
    const listener = await newVisitor();
    await listener.goto(`/room/${code}`);
    await button(listener, 'Listen').click();
    await expect(main(listener)).toContainText('for people who sign in');
    await expect(listener.getByLabel('Your name')).toHaveCount(0);
    await providerLink(listener).click();
    await allowAs(listener, 'Grace');
    await expect(listener).toHaveURL(`${server.url}/listen/${code}`);
    await expect(main(listener)).toHaveAttribute('data-link', 'attached');
  });
});

test('the menu shows the account, and another account can be chosen', async ({ newVisitor, server }) => {
  const page = await newVisitor();
  const foreign: string[] = [];
  await signInAs(page, 'Ada');
  await page.goto('/about');
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreign.push(request.url());
  });
  await isHydrated(page);
  await openMenu(page);
  await expect(menu(page)).toContainText('ada@example.org');
  await expect(menu(page)).toContainText(`Signed in with ${PROVIDER}`);
  await expect(async () => {
    await page.reload();
    expect(await menu(page).locator('img').first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);
  }).toPass();
  expect(foreign).toEqual([]);

  await isHydrated(page);
  await openMenu(page);
  await page.keyboard.press('Escape');
  await expect(button(page, 'Log out')).toBeHidden();
  await openMenu(page);
  await menu(page).getByRole('link', { name: 'Switch account' }).click();
  await expect(page.locator('main')).toHaveAttribute('data-prompt', 'select_account');
  await allowAs(page, 'Grace');
  await expect(page).toHaveURL(`${server.url}/about`);
  await expect(menu(page)).toContainText('Grace');
});

test("logging out everywhere also ends other browsers' sessions and open pages", async ({ newVisitor }) => {
  const [here, there] = [await newVisitor(), await newVisitor()];
  await signInAs(here, 'Ada');
  await signInAs(there, 'Ada');
  await there.goto('/');
  await button(there, 'Create a room').click();
  await expect(there).toHaveURL(/\/host\//);
  await expect(main(there)).toHaveAttribute('data-link', 'attached');

  await openMenu(here);
  await button(here, 'Log out everywhere').click();
  await expect(menu(here).getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(main(there)).toHaveAttribute('data-refusal', 'not_signed_in');
  await there.goto('/');
  await expect(menu(there).getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('logging out and deleting work without a script', async ({ newVisitor }) => {
  const page = await newVisitor({ javaScriptEnabled: false });
  await signInAs(page, 'Ada');
  await openMenu(page);
  await button(page, 'Log out').click();
  await expect(menu(page).getByRole('link', { name: 'Sign in' })).toBeVisible();
  // The provider knows its visitor by now, and asks nothing.
  await page.goto('/login');
  await providerLink(page).click();
  await expect(menu(page)).toContainText('Ada');
  await openMenu(page);
  await menu(page).getByText('Delete my data').click();
  await button(page, 'Delete everything').click();
  await expect(menu(page).getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('hosts see an e-mail address only if its owner agrees, who is asked once', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoomAs(host, 'Ada');
  await isHydrated(host);
  const row = host.getByTestId('listener');

  const listener = await newVisitor();
  await signInAs(listener, 'Grace');
  await listener.goto(`/listen/${code}`);
  const question = listener.getByTestId('email-question');
  await expect(question).toContainText('grace@example.org');
  await expect(row).toContainText('Grace');
  await expect(row).not.toContainText('@');
  const show = question.getByRole('button', { name: 'Show it to hosts' });
  await listener.route(/show_email/, (route) => route.abort());
  await show.click();
  await expect(question.getByRole('alert')).toBeVisible();
  await expect(row).not.toContainText('@');
  await listener.unrouteAll();
  await show.press('Enter');
  await expect(question).toHaveCount(0);
  await expect(listener.locator('main')).toBeFocused();
  await listener.reload();
  await expect(row).toContainText('grace@example.org');
  await expect(question).toHaveCount(0);

  // And taken back in the account menu, without a script too.
  await openMenu(listener);
  await button(listener, 'Hide it from hosts').click();
  await expect(menu(listener)).toContainText('Hosts do not see it.');
  await listener.reload();
  await showsState(listener, 'connecting');
  await expect(row).toContainText('Grace');
  await expect(row).not.toContainText('@');
  await expect(question).toHaveCount(0);
});

/** The picture is there, and has come. */
async function isDrawn(picture: Locator): Promise<void> {
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBeGreaterThan(0);
}

test('in a lounge, members see the picture that the sign-in service has of a person', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  await signInAs(ada, 'Ada');
  await ada.goto('/');
  await button(ada, 'Open a lounge').click();
  await isIn(ada);
  const code = ada.url().slice(-6);
  await comeIn(grace, code, 'Grace');
  await write(ada, 'Hello');
  // Her picture stands in the list and beside the message, and loads. A guest has letters alone.
  for (const place of [memberOf(grace, 'Ada'), messageOf(grace, 'Hello')]) {
    await isDrawn(place.locator('.avatar img'));
  }
  await expect(memberOf(ada, 'Grace').locator('.avatar')).toHaveText('G');
  await expect(memberOf(ada, 'Grace').locator('.avatar img')).toHaveCount(0);

  // A guest, who may only listen elsewhere, sees the pictures of messages, too.
  await bring(ada, '#message', 'paste', [await picture(ada, 'one.png')]);
  await expect(ada.getByTestId('adding').and(ada.locator('[data-state="ready"]'))).toHaveCount(1);
  await write(ada, 'look');
  await isDrawn(grace.getByTestId('picture').locator('img'));

  // Nobody else gets it.
  const address = await memberOf(grace, 'Ada').locator('.avatar img').evaluate((shown: HTMLImageElement) => shown.src);
  const answerTo = (page: Page) => page.evaluate(async (asked) => (await fetch(asked, { cache: 'no-store' })).status, address);
  expect(await answerTo(grace)).toBe(200);
  const stranger = await newVisitor();
  await stranger.goto('/');
  expect(await answerTo(stranger)).toBe(401);
  await signInAs(stranger, 'Mallory');
  expect(await answerTo(stranger)).toBe(403);
});
