// The fixtures of all browser tests: a server for each test, and pages in browsers with sound.
import { test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';

import { capturing, cautious, humming, mixing, openTone, reachable } from './chromium.mjs';
import { Server, type Settings } from './server.mjs';

export { expect, type Page } from '@playwright/test';
export { MICROPHONE_TONE_HZ, TAB_TONE_HZ } from './chromium.mjs';

interface TestFixtures {
  /** The server's settings; `test.use({ settings: { MAX_LISTENERS: '2' } })` changes them. */
  settings: Settings;
  /** A server with a fresh data folder. What it wrote is attached when the test fails. */
  server: Server;
  /** Opens a blank page for another person: a context of its own, signed out. */
  newVisitor: (options?: BrowserContextOptions) => Promise<Page>;
  /** A page whose microphone hums at {@link MICROPHONE_TONE_HZ}. */
  microphoneHost: Page;
  /** A page that, asked for a tab, shares one that sounds at {@link TAB_TONE_HZ}. */
  tabHost: Page;
  /** A page that has both; the shared page is there too. */
  mixHost: Page;
  /** A page of somebody whose browser plays nothing before a tap. */
  cautiousListener: Page;
}

interface WorkerFixtures {
  microphoneBrowser: Browser;
  tabBrowser: Browser;
  mixBrowser: Browser;
  cautiousBrowser: Browser;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  settings: [{}, { option: true }],

  server: async ({ settings }, use, testInfo) => {
    const server = await Server.start(settings);
    await use(server);
    await server.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: server.log, contentType: 'text/plain' });
    }
  },

  baseURL: async ({ server }, use) => use(server.url),

  newVisitor: async ({ browser, baseURL }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ ...reachable, baseURL, ...options });
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  microphoneHost: async ({ microphoneBrowser, baseURL }, use) => {
    const context = await microphoneBrowser.newContext({ ...reachable, baseURL });
    await use(await context.newPage());
    await context.close();
  },

  tabHost: async ({ tabBrowser, baseURL }, use) => {
    const context = await tabBrowser.newContext({ ...reachable, baseURL });
    await openTone(context);
    await use(await context.newPage());
    await context.close();
  },

  mixHost: async ({ mixBrowser, baseURL }, use) => {
    const context = await mixBrowser.newContext({ ...reachable, baseURL });
    await openTone(context);
    await use(await context.newPage());
    await context.close();
  },

  cautiousListener: async ({ cautiousBrowser, baseURL }, use) => {
    const context = await cautiousBrowser.newContext({ ...reachable, baseURL });
    await use(await context.newPage());
    await context.close();
  },

  microphoneBrowser: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch(humming());
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  tabBrowser: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch(capturing);
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  mixBrowser: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch(mixing());
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  cautiousBrowser: [
    async ({ playwright }, use) => {
      const browser = await playwright.chromium.launch(cautious);
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});
