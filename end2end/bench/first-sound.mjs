// Measures the time from a click on Listen, or from opening a link, to the first 10 ms with the host's tone.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ, reachable } from '../chromium.mjs';
import { percentile, printTable, writeResult } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';
import { noteSteps, readSteps, STEPS } from '../join_steps.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const RUNS = Number(process.env['RUNS'] ?? 20);
// Listeners that are gone keep their places for a while; they must not fill the room.
const server = await Server.start({ MAX_LISTENERS: '200' });
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** Waits until the tone was heard. @param {Page} page @returns {Promise<number>} when, in milliseconds since 1970 */
async function firstSound(page) {
  await page.waitForFunction(() => 'toneWatch' in window && /** @type {any} */ (window).toneWatch.firstHeardAt);
  return (await readWatch(page)).firstHeardAt ?? NaN;
}

/** A page of a browser that has never been here. @param {Parameters<typeof listeners.newContext>[0]} [options] */
async function freshPage(options) {
  const context = await listeners.newContext({ ...reachable, baseURL: server.url, ...options });
  const page = await context.newPage();
  await watchFromStart(page, MICROPHONE_TONE_HZ);
  await page.addInitScript(noteSteps);
  return page;
}

/** How long after `since` each step and the sound were there. @param {Page} page @param {number} since @param {number} heardAt */
async function measured(page, since, heardAt) {
  const steps = await readSteps(page);
  await page.context().close();
  return [...STEPS.map(([step]) => Math.round((steps[step] ?? NaN) - since)), Math.round(heardAt - since)];
}

/** Listen clicked, on a preview that is loaded. @param {string} code */
async function fromClick(code) {
  const page = await freshPage();
  await page.goto(`/room/${code}`, { waitUntil: 'networkidle' });
  await page.locator('main[data-hydrated]').waitFor();
  await page.getByRole('button', { name: 'Listen' }).click();
  const heardAt = await firstSound(page);
  const clickedAt = (await readWatch(page)).clickedAt ?? NaN;
  return measured(page, clickedAt, heardAt);
}

/** The player's link opened by a guest, nothing cached. @param {string} code */
async function fromLink(code) {
  const page = await freshPage({ storageState: await guestSession(listeners, server.url) });
  await page.goto(`/listen/${code}`);
  const heardAt = await firstSound(page);
  const openedAt = await page.evaluate(() => performance.timeOrigin);
  return measured(page, openedAt, heardAt);
}

try {
  const { page: host, code } = await createRoom(hosts, server.url);
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: 'Use a microphone' }).click();
  await host.locator('main[data-state=live]').waitFor();

  const ways = [
    { what: 'Listen clicked → first sound', run: fromClick, targets: { p50: 150, p95: 300 } },
    { what: 'link opened, nothing cached → first sound', run: fromLink, targets: { p50: 600 } },
  ];
  /** @type {{ what: string, p50?: number, p95?: number, p99?: number, targets: { p50: number, p95?: number }, runsMs: number[], steps: { step: string, p50: number }[] }[]} */
  const results = [];
  for (const { what, run, targets } of ways) {
    /** @type {number[][]} */
    const runs = [];
    for (let i = 0; i < RUNS; i++) runs.push(await run(code));
    const runsMs = runs.map((steps) => steps.at(-1) ?? NaN);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(runsMs, share));
    const steps = STEPS.map(([, step], i) => ({ step, p50: percentile(runs.map((run) => run[i] ?? NaN).filter(Number.isFinite), 0.5) }));
    results.push({ what, p50, p95, p99, targets, runsMs, steps });
  }
  const ms = (/** @type {number | undefined} */ value) => (value === undefined ? '' : `${value} ms`);
  printTable([
    ['what', 'p50', 'p95', 'p99', 'target p50', 'target p95'],
    ...results.map(({ what, p50, p95, p99, targets }) => [what, ...[p50, p95, p99, targets.p50, targets.p95].map(ms)]),
  ]);
  console.log();
  printTable([
    ['step', ...results.map(({ what }) => `${what}, p50`)],
    ...STEPS.map(([, step], i) => [step, ...results.map(({ steps }) => (Number.isFinite(steps[i]?.p50) ? ms(steps[i]?.p50) : 'not needed'))]),
  ]);
  writeResult('first-sound', { runs: RUNS, results });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await server.close();
}
