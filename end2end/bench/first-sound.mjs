// Measures the time from a click on Listen, or from opening a link, to the first 10 ms with the host's tone. Where BEFORE names
// another server, both are measured in turns.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ, reachable } from '../chromium.mjs';
import { compareBuilds, openRooms, startServers } from '../compared_builds.mjs';
import { Bench, ms, percentile, printTable, summary } from '../report.mjs';
import { guestSession } from '../room_setup.mjs';
import { noteSteps, readSteps, STEPS } from '../join_steps.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../compared_builds.mjs').Room} Room */

const RUNS = Number(process.env['RUNS'] ?? 20);
const bench = new Bench('first-sound');
const servers = await startServers();
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** Waits until the tone was heard. @param {Page} page @returns {Promise<number>} when, in milliseconds since 1970 */
async function firstSound(page) {
  await page.waitForFunction(() => 'toneWatch' in window && /** @type {any} */ (window).toneWatch.firstHeardAt);
  return (await readWatch(page)).firstHeardAt ?? NaN;
}

/** A page of a browser that has never been here. @param {Parameters<typeof listeners.newContext>[0]} options */
async function freshPage(options) {
  const context = await listeners.newContext({ ...reachable, ...options });
  const page = await context.newPage();
  await watchFromStart(page, MICROPHONE_TONE_HZ);
  await page.addInitScript(noteSteps);
  return page;
}

/** How long after `since` each step and the sound were there. @param {Page} page @param {number} since @param {number} heardAt */
async function measured(page, since, heardAt) {
  const steps = await readSteps(page);
  await page.context().close();
  return { stepsMs: STEPS.map(([step]) => Math.round((steps[step] ?? NaN) - since)), soundMs: Math.round(heardAt - since) };
}

/** Listen clicked, on a preview that is loaded. @param {Room} room */
async function fromClick({ url, code }) {
  const page = await freshPage({ baseURL: url });
  await page.goto(`/room/${code}`, { waitUntil: 'networkidle' });
  await page.locator('main[data-hydrated]').waitFor();
  await page.getByRole('button', { name: 'Listen' }).click();
  const heardAt = await firstSound(page);
  const clickedAt = (await readWatch(page)).clickedAt ?? NaN;
  return measured(page, clickedAt, heardAt);
}

/** The player's link opened by a guest, nothing cached. @param {Room} room */
async function fromLink({ url, code }) {
  const page = await freshPage({ baseURL: url, storageState: await guestSession(listeners, url) });
  await page.goto(`/listen/${code}`);
  const heardAt = await firstSound(page);
  const openedAt = await page.evaluate(() => performance.timeOrigin);
  return measured(page, openedAt, heardAt);
}

/** What one build's runs came to. @param {{ stepsMs: number[], soundMs: number }[]} runs */
function result(runs) {
  const sounds = runs.map(({ soundMs }) => soundMs);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sounds, share));
  const steps = STEPS.map(([, step], i) => ({ step, ...summary(runs.map(({ stepsMs }) => stepsMs[i] ?? NaN)) }));
  return { p50, p95, p99, ...summary(sounds), steps };
}

try {
  const rooms = await openRooms(hosts, servers);
  const ways = [
    { what: 'Listen clicked → first sound', measure: fromClick, targets: { p50: 150, p95: 300 } },
    { what: 'link opened, nothing cached → first sound', measure: fromLink, targets: { p50: 600 } },
  ];
  const series = [];
  for (const { what, measure, targets } of ways) series.push({ what, targets, runs: await bench.inTurns(RUNS, rooms, measure) });
  const results = series.flatMap(({ what, targets, runs }) =>
    rooms.map(({ build }, i) => ({ what, build, targets, ...result(runs[i] ?? []) })),
  );
  printTable([
    ['what', 'build', 'p50', 'p95', 'p99', 'worst', 'target p50', 'target p95'],
    ...results.map(({ what, build, p50, p95, p99, worst, targets }) => [what, build, ...[p50, p95, p99, worst, targets.p50, targets.p95].map(ms)]),
  ]);
  const ratios = compareBuilds(results);
  console.log();
  printTable([
    ['step, median', ...results.map(({ what, build }) => `${what}, ${build}`)],
    ...STEPS.map(([, step], i) => [step, ...results.map(({ steps }) => ms(steps[i]?.median) || 'not needed')]),
  ]);
  bench.publish({ runs: RUNS, results, ratios });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await Promise.all(servers.map((server) => server.close()));
}
