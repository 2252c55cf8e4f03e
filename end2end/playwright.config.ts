// Real Chromium, audible sound, a server for each test.
import { defineConfig } from '@playwright/test';

import { listening } from './chromium.mjs';
import { target } from './build_target.mjs';

/** Tests in which nobody listens closely: what they need from the processor is short. */
const QUIET = [
  'routes/*.spec.ts',
  'acceptance/lounge!(-sound).spec.ts',
  'bugs/codes.spec.ts',
  ...['base-path', 'cookies', 'install', 'invitation', 'languages', 'programs', 'recent', 'sign-in', 'text', 'without_code', 'worker'].map(
    (name) => `acceptance/${name}.spec.ts`,
  ),
].map((file) => `**/${file}`);

// `./dev test e2e` runs one project after the other: side by side, the quiet tests would disturb the sound of the others.
export default defineConfig({
  testDir: '.',
  projects: [
    // Every test has two or three browsers that encode and decode sound in real time; side by side they would starve.
    { name: 'sound', testMatch: '**/*.spec.ts', testIgnore: QUIET, outputDir: `${target}/end2end/sound`, workers: 1 },
    { name: 'quiet', testMatch: QUIET, outputDir: `${target}/end2end/quiet`, workers: 2 },
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
