// The set-up of measurements: a room, and a guest's session.
import { reachable } from './chromium.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */

/** Says a name on the sign-in page and goes on. @param {Page} page @param {string} name */
async function sayName(page, name) {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Continue as guest' }).click();
  await page.waitForURL((url) => url.pathname !== '/login', { waitUntil: 'commit' });
}

/** Opens a room and answers with its page. @param {Browser} browser @param {string} url @param {string} [name] the host's */
export async function createRoom(browser, url, name = 'Ada') {
  const context = await browser.newContext({ ...reachable, baseURL: url });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Create a room' }).click();
  await sayName(page, name);
  await page.waitForURL(/\/host\//, { waitUntil: 'commit' });
  return { page, code: page.url().slice(-6) };
}

/** The cookies of a new guest. @param {Browser} browser @param {string} url @param {string} [name] the guest's */
export async function guestSession(browser, url, name = 'Grace') {
  const context = await browser.newContext({ ...reachable, baseURL: url });
  const page = await context.newPage();
  await page.goto('/login');
  await sayName(page, name);
  const session = await context.storageState();
  await context.close();
  return session;
}
