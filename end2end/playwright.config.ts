// Real Chromium, audible sound, a server for each test.
import { defineConfig } from '@playwright/test';

import { listening } from './chromium.mjs';
import { target } from './build_target.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: `${target}/end2end/results`,
  reporter: [['list'], ['./promises.mjs']],
  // Every test has two or three browsers that encode and decode sound in real time; side by side they would starve.
  workers: 1,
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
