// What pages on screen compute: the landing page, and the host's page idle and live, beyond a page that does nothing but
// capture the same and send it to one peer connection.
import { chromium } from '@playwright/test';

import { barePage, connectBare, keepCaptures, readCapture } from '../baseline.mjs';
import { capturing, humming, listening, openTone, reachable } from '../chromium.mjs';
import { cpuSecondsAMinute } from '../cpu.mjs';
import { Bench, printTable, summary } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').LaunchOptions} LaunchOptions */

const RUNS = Number(process.env['RUNS'] ?? 5);
const MEASURED_S = Number(process.env['MEASURED_S'] ?? 6);
const SETTLE_MS = 4000;
const TARGET = 3;
const bench = new Bench('page-cpu');

const sources = [
  { name: 'microphone', button: 'Use a microphone', options: humming() },
  { name: 'tab', button: 'Share a tab or system audio', options: capturing },
];

const server = await Server.start();
// The other ends run in a browser of their own, whose CPU counts for nothing.
const others = await chromium.launch(listening);

/**
 * What one browser takes with the pages that `open` opens in it.
 * @template T
 * @param {LaunchOptions} options
 * @param {(browser: Browser) => Promise<T>} open
 */
async function measure(options, open) {
  const browser = await chromium.launch(options);
  try {
    const opened = await open(browser);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return { cpu: await cpuSecondsAMinute(browser, MEASURED_S), opened };
  } finally {
    await browser.close();
  }
}

/** The host's page, live, with one listener. @param {Browser} browser @param {typeof sources[number]} source */
async function openLive(browser, { name, button }) {
  const { page: host, code } = await createRoom(browser, server.url);
  if (name === 'tab') await openTone(host.context());
  await host.addInitScript(keepCaptures);
  await host.reload();
  await host.bringToFront();
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: button }).click();
  await host.locator('main[data-state=live]').waitFor();
  const context = await others.newContext({ ...reachable, baseURL: server.url, storageState: await guestSession(others, server.url) });
  const listener = await context.newPage();
  await listener.goto(`/listen/${code}`);
  await listener.locator('main[data-state=listening]').waitFor();
  return readCapture(host);
}

/**
 * The same captured and sent by a page that does nothing else.
 * @param {Browser} browser
 * @param {typeof sources[number]} source
 * @param {Awaited<ReturnType<typeof readCapture>>} asked
 */
async function openBare(browser, { name }, { capture, constraints }) {
  const host = await barePage(browser, server.url);
  if (name === 'tab') await openTone(host.context());
  await host.bringToFront();
  await connectBare(host, await barePage(others, server.url), capture, constraints);
}

/** All pages once. */
async function measureAll() {
  const blank = await measure(listening, (browser) => barePage(browser, server.url));
  const landing = await measure(listening, async (browser) => {
    const page = await browser.newPage({ baseURL: server.url });
    await page.goto('/');
    await page.locator('main[data-hydrated]').waitFor();
  });
  const idle = await measure(listening, async (browser) => {
    const { page } = await createRoom(browser, server.url);
    await page.locator('main[data-hydrated]').waitFor();
  });
  const pages = [
    { page: 'landing page', cpu: landing.cpu, floor: blank.cpu },
    { page: "host's page, idle", cpu: idle.cpu, floor: blank.cpu },
  ];
  for (const source of sources) {
    const live = await measure(source.options, (browser) => openLive(browser, source));
    const bare = await measure(source.options, (browser) => openBare(browser, source, live.opened));
    pages.push({ page: `host's page, live with a ${source.name}`, cpu: live.cpu, floor: bare.cpu });
  }
  return pages;
}

try {
  const runs = await bench.repeat(RUNS, measureAll);
  const results = (runs[0] ?? []).map(({ page }, place) => {
    const measured = runs.map((pages) => pages[place] ?? { cpu: NaN, floor: NaN });
    return {
      page,
      cpu: summary(measured.map(({ cpu }) => cpu)),
      floor: summary(measured.map(({ floor }) => floor)),
      beyond: summary(measured.map(({ cpu, floor }) => cpu - floor)),
    };
  });
  const seconds = (/** @type {number} */ value) => `${value.toFixed(1)} s`;
  console.log('CPU seconds a minute, all processes of the browser');
  printTable([
    ['page', 'with it, median', 'worst', 'a bare page, median', 'beyond it, median', 'worst', 'target'],
    ...results.map(({ page, cpu, floor, beyond }) => [
      page,
      ...[cpu.median, cpu.worst, floor.median, beyond.median, beyond.worst, TARGET].map(seconds),
    ]),
  ]);
  bench.publish({ unit: 'CPU seconds a minute', runs: RUNS, measuredS: MEASURED_S, target: TARGET, results });
} finally {
  await others.close();
  await server.close();
}
