// The README's pictures, drawn from pages as they are: a host and a listener in one room, and two members of a lounge, on a desk and on a
// phone.
import { chromium } from '@playwright/test';
import { fileURLToPath } from 'node:url';

import { humming, listening, reachable } from './chromium.mjs';
import { createRoom, guestSession } from './room_setup.mjs';
import { Server } from './server.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const DESK = { width: 1280, height: 918 };
const PHONE = { width: 390, height: 844 };
/** How wide they are in the picture. */
const SHOWN = { desk: 920, phone: 305 };
const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const server = await Server.start();
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** @param {Page} page @param {{ width: number, height: number }} size @returns {Promise<string>} an address with the picture in it */
async function pictureOf(page, size) {
  await page.setViewportSize(size);
  await page.evaluate(() => scrollTo(0, 0));
  // What fades in or grows has its final look by then.
  await page.waitForTimeout(1000);
  return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`;
}

/** A desk's page beside a phone's. @param {string} file @param {Page} desk @param {Page} phone */
async function draw(file, desk, phone) {
  const [left, right] = [await pictureOf(desk, DESK), await pictureOf(phone, PHONE)];
  const page = await listeners.newPage({ viewport: { width: 1400, height: 760 } });
  await page.setContent(`
    <style>
      body { margin: 50px 72px; display: flex; gap: 32px; background: #dbe4e2; }
      img { box-shadow: 0 20px 50px #0003; }
    </style>
    <img src="${left}" width="${SHOWN.desk}" style="border-radius: 16px">
    <img src="${right}" width="${SHOWN.phone}" style="border-radius: 36px">`);
  await page.screenshot({ path: folder + file });
  await page.close();
}

/** Opens a page of a visitor under a name. @param {string} name @param {'light' | 'dark'} colorScheme */
async function visitor(name, colorScheme) {
  const session = await guestSession(listeners, server.url, name);
  const context = await listeners.newContext({ ...reachable, baseURL: server.url, storageState: session, colorScheme, reducedMotion: 'reduce' });
  return context.newPage();
}

/** Writes a message and waits until the room keeps it. @param {Page} page @param {string} text */
async function say(page, text) {
  const messages = page.getByTestId('message');
  const before = await messages.count();
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
  await messages.nth(before).and(page.locator('[data-state=kept]')).waitFor();
}

async function drawLounge() {
  const [ada, grace] = [await visitor('Ada Lovelace', 'light'), await visitor('Grace Hopper', 'dark')];
  await Promise.all([ada.setViewportSize(DESK), grace.setViewportSize(PHONE)]);
  await ada.goto('/');
  await ada.locator('main[data-hydrated]').waitFor();
  await ada.getByLabel('Name of the lounge').fill('Engine room');
  await ada.getByRole('button', { name: 'Open a lounge' }).click();
  await ada.waitForURL(/\/lounge\/[A-Z2-9]{6}$/);
  await ada.locator('main[data-state=open]').waitFor();
  await grace.goto(ada.url());
  await grace.locator('main[data-hydrated]').waitFor();
  await grace.getByRole('button', { name: 'Come in' }).click();
  await grace.locator('main[data-state=open]').waitFor();
  await say(grace, 'Good morning! Does anybody have the numbers of the *first* run?');
  await say(ada, 'They are the Bernoulli numbers, as in\n\n$$\\frac{x}{e^x-1}=\\sum_{n=0}^{\\infty} \\frac{B_n x^n}{n!}$$');
  await say(grace, '```rust\nfn greatest(of: &[u64]) -> Option<u64> {\n    of.iter().copied().max()\n}\n```');
  await say(ada, '太好了！ @Grace Hopper, listen to the machine: I share its sound here.');
  const message = grace.getByTestId('message').last();
  await message.hover();
  await message.getByRole('button', { name: 'Actions' }).click();
  await grace.getByRole('dialog', { name: 'Actions' }).getByRole('button', { name: 'React with ❤️' }).click();
  await say(grace, '🎉');
  await draw('lounge.png', ada, grace);
}

try {
  const { page: host, code } = await createRoom(hosts, server.url, 'Ada Lovelace');
  await host.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: 'Use a microphone' }).click();
  await host.locator('main[data-state=live]').waitFor();
  const listener = await visitor('Grace Hopper', 'dark');
  await listener.goto(`/listen/${code}`);
  await listener.locator('main[data-state=listening]').waitFor();
  await draw('host-and-listener.png', host, listener);
  await draw('listener-and-host.png', listener, host);
  await drawLounge();
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await server.close();
}
