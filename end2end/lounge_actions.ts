// The actions of people in a lounge, by the names that they see.
import { expect, type Locator, type Page } from '@playwright/test';

import { button, isHydrated, main, sayName, showsState } from './page_actions';

/** Opens a lounge as a new guest. Returns its code. */
export async function openLounge(page: Page, owner: string, name = ''): Promise<string> {
  await page.goto('/login');
  await sayName(page, owner);
  await page.goto('/');
  await isHydrated(page);
  await page.getByLabel('Name of the lounge').fill(name);
  await button(page, 'Open a lounge').click();
  await expect(page).toHaveURL(/\/lounge\/[A-Z2-9]{6}$/);
  await isIn(page);
  return page.url().slice(-6);
}

/** The page shows the conversation, and is connected. */
export async function isIn(page: Page): Promise<void> {
  await isHydrated(page);
  await showsState(page, 'open');
  await expect(main(page)).toHaveAttribute('data-link', 'attached');
}

/** Comes in by the link, under a name. */
export async function comeIn(page: Page, code: string, name: string, origin = ''): Promise<void> {
  await page.goto(`${origin}/lounge/${code}`);
  await isHydrated(page);
  await page.getByLabel('Your name in this lounge').fill(name);
  await button(page, 'Come in').click();
  await isIn(page);
}

export const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' });
export const log = (page: Page): Locator => page.getByRole('log', { name: 'Conversation' });

/** The rows with messages, or the one that holds this text. */
export const messages = (page: Page): Locator => page.getByTestId('message');
export const messageOf = (page: Page, text: string): Locator => messages(page).filter({ has: page.locator('.words', { hasText: text }) });

/** Writes a message. */
export async function write(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press('Enter');
  await expect(field(page)).toHaveValue('');
}

/** Writes a message, and waits until the room keeps it. */
export async function say(page: Page, text: string): Promise<void> {
  await write(page, text);
  await expect(messageOf(page, text).last()).toHaveAttribute('data-state', 'kept');
}

/** Presses one of the actions of a message. */
export async function act(page: Page, text: string, action: string): Promise<void> {
  const message = messageOf(page, text).last();
  await message.hover();
  await message.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('dialog', { name: 'Actions' }).getByRole('button', { name: action, exact: true }).click();
}

/** The list of members, and one of them. */
export const members = (page: Page): Locator => page.getByTestId('member');
export const memberOf = (page: Page, name: string): Locator => members(page).filter({ hasText: name });

/** Presses one of the owner's actions for a member, and confirms it. */
export async function actOn(page: Page, name: string, action: string): Promise<void> {
  await memberOf(page, name).getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
}

/** What is below the part of the log that is seen, in pixels. */
export const belowPx = (page: Page): Promise<number> => log(page).evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);

/** Shows or hides the page, as a change of tabs does. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
}
