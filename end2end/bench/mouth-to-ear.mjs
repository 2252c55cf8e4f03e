// From the host's mouth to the listener's ear: a burst each second goes into the microphone, or sounds in the tab that is
// shared, and is timed again where the listener's player takes it. Beside it, in the same run, the floor: the same capture
// sent by a page that does nothing else.
import { chromium } from '@playwright/test';

import { barePage, connectBare, keepCaptures, readCapture } from '../baseline.mjs';
import { burstingMicrophone, clockOffset, noteBursts, openBursts, readBursts } from '../click_track.mjs';
import { capturing, listening, reachable } from '../chromium.mjs';
import { Bench, percentile, printTable, summary } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Captures of each source: one differs from the next. */
const RUNS = Number(process.env['RUNS'] ?? 5);
/** Bursts of each. */
const BURSTS = Number(process.env['BURSTS'] ?? 20);
/** What is heard before the jitter buffer has found its length does not count. */
const SETTLE_MS = 10_000;
const bench = new Bench('mouth-to-ear');

const sources = [
  { name: 'microphone', button: 'Use a microphone', options: burstingMicrophone(), targets: { p50: 45, p95: 65 } },
  { name: 'tab', button: 'Share a tab or system audio', options: capturing, targets: { p50: 100, p95: 120 } },
];

const server = await Server.start();
const listeners = await chromium.launch(listening);

/**
 * How long the bursts took from the page at whose side they are `said` to the listener's page.
 * @param {Page} mouth
 * @param {Page} ear
 */
async function measure(mouth, ear) {
  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await wait(SETTLE_MS);
  const beganAt = Date.now();
  await wait((BURSTS + 1) * 1000);
  const [said, heard] = [await readBursts(mouth), await readBursts(ear)];
  const [here, there] = [await clockOffset(mouth), await clockOffset(ear)];
  const tookMs = heard
    .map((at) => at - there.offsetMs)
    .filter((at) => at >= beganAt)
    .map((at) => at - Math.max(...said.map((saidAt) => saidAt - here.offsetMs).filter((saidAt) => saidAt <= at)))
    .slice(0, BURSTS);
  const clockErrorMs = here.errorMs + there.errorMs;
  const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => round(percentile(tookMs, share)));
  return { p50, p95, p99, ...summary(tookMs.map(round)), bursts: tookMs.length, clockErrorMs: round(clockErrorMs) };
}

/** A burst each second, through the room. @param {typeof sources[number]} source */
async function throughRoom({ name, button, options }) {
  const hosts = await chromium.launch(options);
  try {
    const { page: host, code } = await createRoom(hosts, server.url);
    const tab = name === 'tab' ? await openBursts(host.context()) : undefined;
    await host.addInitScript(noteBursts);
    await host.addInitScript(keepCaptures);
    await host.reload();
    await host.bringToFront();
    await host.locator('main[data-hydrated]').waitFor();
    await host.getByRole('button', { name: button }).click();
    await host.locator('main[data-state=live]').waitFor();
    const storageState = await guestSession(listeners, server.url);
    const context = await listeners.newContext({ ...reachable, baseURL: server.url, storageState });
    const listener = await context.newPage();
    await listener.addInitScript(noteBursts);
    await listener.goto(`/listen/${code}`);
    await listener.locator('main[data-state=listening]').waitFor();
    const result = await measure(tab ?? host, listener);
    const asked = await readCapture(host);
    await context.close();
    return { result, asked };
  } finally {
    await hosts.close();
  }
}

/**
 * The same without a room.
 * @param {typeof sources[number]} source
 * @param {Awaited<ReturnType<typeof readCapture>>} asked
 */
async function bare({ name, options }, { capture, constraints }) {
  const hosts = await chromium.launch(options);
  try {
    const [host, listener] = [await barePage(hosts, server.url), await barePage(listeners, server.url)];
    for (const page of [host, listener]) {
      await page.addInitScript(noteBursts);
      await page.reload();
    }
    const tab = name === 'tab' ? await openBursts(host.context()) : undefined;
    await host.bringToFront();
    await connectBare(host, listener, capture, constraints);
    const result = await measure(tab ?? host, listener);
    await listener.context().close();
    return result;
  } finally {
    await hosts.close();
  }
}

/** What the runs of one kind came to. @param {string} what @param {Awaited<ReturnType<typeof measure>>[]} runs */
function result(what, runs) {
  const of = (/** @type {'p50' | 'p95' | 'worst' | 'clockErrorMs'} */ figure) => summary(runs.map((run) => run[figure] ?? NaN));
  return { what, p50: of('p50'), p95: of('p95'), worst: of('worst').worst, bursts: runs.map(({ bursts }) => bursts), clockErrorMs: of('clockErrorMs').worst };
}

try {
  const measured = await bench.inTurns(RUNS, sources, async (source) => {
    const { result, asked } = await throughRoom(source);
    return { room: result, bare: await bare(source, asked) };
  });
  const results = sources.flatMap(({ name, targets }, index) => [
    { ...result(name, (measured[index] ?? []).map(({ room }) => room)), targets },
    { ...result(`${name}, a bare peer connection`, (measured[index] ?? []).map(({ bare }) => bare)), targets: undefined },
  ]);
  const ms = (/** @type {number | undefined} */ value) => (value === undefined ? '' : `${value} ms`);
  printTable([
    ['what', 'p50, median', 'p50, worst run', 'p95, median', 'p95, worst run', 'worst burst', 'bursts', 'clocks within', 'target p50', 'target p95'],
    ...results.map(({ what, p50, p95, worst, bursts, clockErrorMs, targets }) =>
      [what, ms(p50.median), ms(p50.worst), ms(p95.median), ms(p95.worst), ms(worst), bursts.join('+'), ms(clockErrorMs), ms(targets?.p50), ms(targets?.p95)]),
  ]);
  bench.publish({ runs: RUNS, bursts: BURSTS, results });
} finally {
  await listeners.close();
  await server.close();
}
