// A slow line and a slow device: from a link and from a click to the first sound, the first paint, and until the landing
// page's code has taken over.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ, reachable } from '../chromium.mjs';
import { fixedLoopMs } from '../machine_speed.mjs';
import { percentile, printTable, writeResult } from '../report.mjs';
import { createRoom } from '../room_setup.mjs';
import { Server } from '../server.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Chromium's own throttling, in bytes a second. WebSockets and peer connections are not throttled by it. */
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 1_600_000 / 8 };
const SLOWER_CPU = 4;
const RUNS = Number(process.env['RUNS'] ?? 5);
const TIMEOUT_MS = 60_000;

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

  const speedMs = [];
  const heard = [];
  const landed = [];
  for (let run = 0; run < RUNS; run++) {
    speedMs.push(fixedLoopMs());
    heard.push(await listen(code));
    landed.push(await land());
  }
  const results = [
    { what: 'link opened, Listen clicked at once → first sound', targetMs: 2500, runsMs: heard.map(({ linkMs }) => linkMs) },
    { what: 'that click → first sound', targetMs: 1800, runsMs: heard.map(({ clickMs }) => clickMs) },
    { what: 'preview: first paint', targetMs: 600, runsMs: heard.map(({ paintMs }) => paintMs) },
    { what: 'landing page: first paint', targetMs: 600, runsMs: landed.map(({ paintMs }) => paintMs) },
    { what: 'landing page: its code has taken over', targetMs: undefined, runsMs: landed.map(({ takenOverMs }) => takenOverMs) },
  ];
  const ms = (/** @type {number | undefined} */ value) => (value === undefined ? '' : `${Math.round(value)} ms`);
  printTable([
    ['what', 'median', 'worst', 'target'],
    ...results.map(({ what, targetMs, runsMs }) => [what, ms(percentile(runsMs, 0.5)), ms(Math.max(...runsMs)), ms(targetMs)]),
  ]);
  console.log(`\na fixed loop took ${ms(percentile(speedMs, 0.5))} in the median, ${ms(Math.max(...speedMs))} at worst`);
  writeResult('slow-line', { runs: RUNS, line: LINE, slowerCpu: SLOWER_CPU, fixedLoopMs: speedMs, results });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await server.close();
}
