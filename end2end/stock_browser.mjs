// A browser as people run it. Playwright keeps every page visible and in focus, so that a tab is never hidden; here nothing
// is emulated, and a tab behind another is hidden, with all that the browser does to hidden tabs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { listening } from './chromium.mjs';

const START_MS = 20_000;

/**
 * Starts one. Its pages are in `context`, which has the permissions of pages that are reachable.
 * @param {import('@playwright/test').LaunchOptions} [options]
 * @returns {Promise<{ context: import('@playwright/test').BrowserContext, close: () => Promise<void> }>}
 */
export async function startOrdinary({ executablePath, args = [] } = listening) {
  const profile = await mkdtemp(join(tmpdir(), 'heartogether-browser-'));
  const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(executablePath ?? 'chromium', [...args, ...own], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = once(child, 'exit');
  const close = async () => {
    child.kill();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const browser = await chromium.connectOverCDP(await address(child.stderr), { noDefaults: true });
    const [context] = browser.contexts();
    if (!context) throw new Error('a browser has a context');
    await context.grantPermissions(['microphone']);
    return {
      context,
      close: async () => {
        await browser.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where it can be controlled, which it says itself. @param {NodeJS.ReadableStream} output @returns {Promise<string>} */
function address(output) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`the browser was not ready after ${START_MS} ms\n${said}`)), START_MS);
    output.on('data', (text) => {
      said += text;
      const ready = /DevTools listening on (ws:\S+)/.exec(said);
      if (ready?.[1]) {
        clearTimeout(late);
        resolve(ready[1]);
      }
    });
  });
}
