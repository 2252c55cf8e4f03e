// The actions of people on the pages, by the names that they see.
import { expect, type Locator, type Page } from '@playwright/test';

/** An unknown but well-formed code. */
export const UNKNOWN_CODE = 'ZZZZZZ';

export const main = (page: Page): Locator => page.locator('main');
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Waits until the page shows this state. */
export async function showsState(page: Page, state: string): Promise<void> {
  await expect(main(page)).toHaveAttribute('data-state', state);
}

/** Waits until the page's connection to the server is so. */
export async function hasLink(page: Page, link: 'attached' | 'reconnecting' | 'unreachable'): Promise<void> {
  await expect(main(page)).toHaveAttribute('data-link', link);
}

/** Waits until the page shows this refusal. */
export async function showsRefusal(page: Page, refusal: string): Promise<void> {
  await expect(main(page)).toHaveAttribute('data-refusal', refusal);
  await showsState(page, 'refused');
}

/** Waits until the wasm runs. */
export async function isHydrated(page: Page): Promise<void> {
  await expect(main(page)).toHaveAttribute('data-hydrated');
}

/** Waits until the site's service worker is there, which is a while after the first page. */
export async function hasWorker(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

/** Says a name on the sign-in page and goes on. */
export async function sayName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await button(page, 'Continue as guest').click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Becomes a guest. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/login');
  await sayName(page, name);
}

/** Opens a room as a new guest, who ends up on its host page. Returns its code. `origin` is for pages without a base URL. */
export async function createRoom(page: Page, name: string, origin = ''): Promise<string> {
  await page.goto(`${origin}/`);
  await button(page, 'Create a room').click();
  await sayName(page, name);
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  return page.url().slice(-6);
}

/** Shares the tab that sounds. */
export async function shareTab(page: Page): Promise<void> {
  await isHydrated(page);
  await button(page, 'Share a tab or system audio').click();
  await showsState(page, 'live');
}

/** Speaks into the microphone that hums. */
export async function useMicrophone(page: Page): Promise<void> {
  await isHydrated(page);
  await button(page, 'Use a microphone').click();
  await showsState(page, 'live');
}

/** Comes by the code and listens, as a guest whose name the server chooses. `origin` is for pages without a base URL. */
export async function listen(page: Page, code: string, origin = ''): Promise<void> {
  await page.goto(`${origin}/room/${code}`);
  await button(page, 'Listen').click();
  await expect(page).toHaveURL(new RegExp(`/listen/${code}$`));
}

/** What was copied last. It is pasted: our pages may not read the clipboard, nor may a test in their place. */
export async function pasted(page: Page): Promise<string> {
  const field = await page.evaluateHandle(() => document.body.appendChild(document.createElement('textarea')));
  await field.focus();
  await page.keyboard.press('Control+V');
  const text = await field.inputValue();
  await field.evaluate((element) => element.remove());
  return text;
}

/** Ends the room for everyone. */
export async function stop(page: Page): Promise<void> {
  await button(page, 'Stop').click();
  await button(page, 'Stop for everyone').click();
}

/** The landing page's list of rooms in which the visitor was. */
export const recentRooms = (page: Page): Locator => page.getByRole('region', { name: 'Your recent rooms' });

/** The host's list of listeners, and the row of one of them. */
export const rows = (host: Page): Locator => host.getByTestId('listener');
export const rowOf = (host: Page, name: string): Locator => rows(host).filter({ hasText: name });

/** What the host has been written. */
export const messages = (host: Page): Locator => host.getByTestId('message');

/** Signs in under a name, and listens. */
export async function listenAs(page: Page, name: string, code: string): Promise<void> {
  await signIn(page, name);
  await listen(page, code);
  await expect(page.getByLabel('Message to the host')).toBeVisible();
}

/** Writes to the host. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message to the host').fill(text);
  await page.keyboard.press('Enter');
}
