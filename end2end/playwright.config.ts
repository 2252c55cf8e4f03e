// Real Chromium, audible sound, a server for each test.
import { defineConfig } from '@playwright/test';

import { listening } from './chromium.mjs';
import { target } from './build_target.mjs';

export default defineConfig({
  testDir: '.',
  outputDir: `${target}/end2end`,
  reporter: [['list'], ['./promises.mjs']],
  // Two at a time: each has two or three browsers that encode and decode sound in real time, and waits for most of its time.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 90_000,
  // A page gives up an attempt to connect after 8 s and makes another; that is a success too.
  expect: { timeout: 20_000 },
  use: {
    launchOptions: listening,
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
  },
});
