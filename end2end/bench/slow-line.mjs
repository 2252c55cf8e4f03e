// A slow line and a slow device: from a link and from a click to the first sound, the first paint, and until the landing
// page's code has taken over.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ, reachable } from '../chromium.mjs';
import { Bench, ms, printTable, summary } from '../report.mjs';
import { createRoom } from '../room_setup.mjs';
import { Server } from '../server.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Chromium's own throttling, in bytes a second. It slows WebSockets and peer connections, too. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 1_600_000 / 8 };
const SLOWER_CPU = 4;
const RUNS = Number(process.env['RUNS'] ?? 5);
const TIMEOUT_MS = 60_000;
const bench = new Bench('slow-line');

const server = await Server.start({ MAX_LISTENERS: '200' });
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** A page on a slow line, of a browser that has never been here. */
async function slowPage() {
  const context = await listeners.newContext({ ...reachable, baseURL: server.url });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', LINE);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_CPU });
  await watchFromStart(page, MICROPHONE_TONE_HZ);
  return page;
}

/** @param {Page} page */
async function firstPaintMs(page) {
  const painted = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime, undefined, { polling: 20 });
  return Number(await painted.jsonValue());
}

/** The link of a room is opened, and Listen is clicked as soon as it can be. @param {string} code */
async function listen(code) {
  const page = await slowPage();
  await page.goto(`/room/${code}`, { waitUntil: 'commit' });
  const openedAt = await page.evaluate(() => performance.timeOrigin);
  const button = page.getByRole('button', { name: 'Listen' });
  await button.waitFor();
  const paintMs = await firstPaintMs(page);
  const clickedAt = Date.now();
  await button.click();
  await page.waitForFunction(() => 'toneWatch' in window && /** @type {any} */ (window).toneWatch.firstHeardAt, undefined, { polling: 20, timeout: TIMEOUT_MS });
  const { firstHeardAt = NaN } = await readWatch(page);
  await page.context().close();
  return { paintMs, linkMs: firstHeardAt - openedAt, clickMs: firstHeardAt - clickedAt };
}

/** The landing page: its first paint, and until its code has taken over. */
async function land() {
  const page = await slowPage();
  await page.goto('/', { waitUntil: 'commit' });
  const paintMs = await firstPaintMs(page);
  await page.locator('main[data-hydrated]').waitFor({ timeout: TIMEOUT_MS });
  const takenOverMs = await page.evaluate(() => performance.now());
  await page.context().close();
  return { paintMs, takenOverMs };
}

try {
  const { page: host, code } = await createRoom(hosts, server.url);
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: 'Use a microphone' }).click();
  await host.locator('main[data-state=live]').waitFor();

  const runs = await bench.repeat(RUNS, async () => ({ heard: await listen(code), landed: await land() }));
  /** @type {[string, number | undefined, number[]][]} */
  const measured = [
    ['link opened, Listen clicked at once → first sound', 2500, runs.map(({ heard }) => heard.linkMs)],
    ['that click → first sound', 1800, runs.map(({ heard }) => heard.clickMs)],
    ['preview: first paint', 600, runs.map(({ heard }) => heard.paintMs)],
    ['landing page: first paint', 600, runs.map(({ landed }) => landed.paintMs)],
    ['landing page: its code has taken over', undefined, runs.map(({ landed }) => landed.takenOverMs)],
  ];
  const results = measured.map(([what, targetMs, values]) => ({ what, targetMs, ...summary(values) }));
  printTable([
    ['what', 'median', 'worst', 'target'],
    ...results.map(({ what, targetMs, median, worst }) => [what, ...[median, worst, targetMs].map(ms)]),
  ]);
  bench.publish({ runs: RUNS, line: LINE, slowerCpu: SLOWER_CPU, results });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await server.close();
}
