// Real Chromium, audible sound, a server for each test.
import { defineConfig } from '@playwright/test';

import { listening } from './chromium.mjs';
import { target } from './build_target.mjs';

/** Drills in which every gap in the sound counts. */
const ALONE = '**/drills/@(loss|nodes|packet_length|path|slow_line|socket|throttle).spec.ts';

export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'alone', testMatch: ALONE, outputDir: `${target}/end2end/alone`, workers: 1 },
    // Each has two or three browsers that encode and decode sound in real time, and waits for most of its time.
    { name: 'together', testMatch: '**/*.spec.ts', testIgnore: ALONE, outputDir: `${target}/end2end/together`, workers: 2 },
  ],
  reporter: [['list'], ['./promises.mjs']],
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
