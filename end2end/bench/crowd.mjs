// The host's page with thirty direct listeners, who first only listen, and then react and write at their limits. Beside it, in
// the same run, the floor: thirty peer connections that a page without anything else sends the same sound through.
import { chromium } from '@playwright/test';

import { barePage, connectBare, keepCaptures, readCapture } from '../baseline.mjs';
import { humming, listening } from '../chromium.mjs';
import { cpuSecondsAMinute } from '../cpu.mjs';
import { gather } from '../crowd.mjs';
import { Bench, ms, percentile, printTable, ratioOfMedians, ratioText, summary } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom } from '../room_setup.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */

const LISTENERS = Number(process.env['LISTENERS'] ?? 30);
const RUNS = Number(process.env['RUNS'] ?? 5);
const MEASURED_S = Number(process.env['MEASURED_S'] ?? 15);
const SETTLE_MS = 10_000;
/** The limits of one listener, a second. */
const LIMITS = { reactions: 5, messages: 1 };
/** What our page asks its encoder for (client/src/profile.rs). */
const VOICE = 'minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=64000';
/** How long frames are timed after the CPU: asking for each of them costs CPU itself. */
const FRAMES_S = 4;
/** How long it takes until what was said last is shown, and what is said now is. */
const CHANGE_MS = 2000;
const bench = new Bench('crowd');

/** Runs inside the host's page before anything else: watches its main thread, times frames on request, and can do without statistics. */
function watchThread() {
  /** @type {{ tasksMs: number[], framesMs: number[], withoutStatistics: boolean }} */
  const thread = { tasksMs: [], framesMs: [], withoutStatistics: false };
  Object.assign(window, { thread });
  new PerformanceObserver((list) => thread.tasksMs.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  const timeFrames = async (/** @type {number} */ seconds) => {
    const nextFrame = () => /** @type {Promise<number>} */ (new Promise(requestAnimationFrame));
    let last = await nextFrame();
    for (const end = last + seconds * 1000; last < end; ) {
      const now = await nextFrame();
      thread.framesMs.push(now - last);
      last = now;
    }
  };
  Object.assign(thread, { timeFrames });
  const getStats = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = function () {
    return thread.withoutStatistics ? Promise.resolve(/** @type {any} */ (new Map())) : getStats.call(this);
  };
}

// All members of all runs come from one address.
const limits = { MAX_LISTENERS_PER_ADDRESS: `${LISTENERS}`, RATE_LIMIT_SIGN_IN_REQUESTS: `${RUNS * (LISTENERS + 1) + 100}` };
const server = await Server.start({ MAX_LISTENERS: `${LISTENERS}`, ...limits });
const listeners = await chromium.launch(listening);

/** @param {Browser} hosts @param {Page} host @param {boolean} withoutStatistics */
async function measure(hosts, host, withoutStatistics) {
  await host.evaluate((withoutStatistics) => {
    Object.assign(/** @type {any} */ (window).thread, { withoutStatistics, tasksMs: [], framesMs: [] });
  }, withoutStatistics);
  const cpu = await cpuSecondsAMinute(hosts, MEASURED_S);
  await host.evaluate((seconds) => /** @type {any} */ (window).thread.timeFrames(seconds), FRAMES_S);
  const { tasksMs, framesMs } = await host.evaluate(() => {
    const { tasksMs, framesMs } = /** @type {any} */ (window).thread;
    return { tasksMs, framesMs };
  });
  return { cpu, tasksMs: /** @type {number[]} */ (tasksMs), framesMs: /** @type {number[]} */ (framesMs) };
}

/** What the runs of one kind came to. @param {string} what @param {Awaited<ReturnType<typeof measure>>[]} runs */
function result(what, runs) {
  const framesMs = runs.flatMap((run) => run.framesMs);
  return {
    what,
    cpu: summary(runs.map(({ cpu }) => cpu)),
    longTasks: summary(runs.map(({ tasksMs }) => tasksMs.length)),
    longestTaskMs: Math.max(0, ...runs.flatMap(({ tasksMs }) => tasksMs)),
    frameP50Ms: percentile(framesMs, 0.5),
    frameP99Ms: percentile(framesMs, 0.99),
  };
}

const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The page of a room's host, while its listeners listen, and while they react and write, with statistics and without. */
async function ofRoom() {
  const hosts = await chromium.launch(humming());
  const { page: host, code } = await createRoom(hosts, server.url);
  await host.addInitScript(watchThread);
  await host.addInitScript(keepCaptures);
  await host.reload();
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: 'Use a microphone' }).click();
  await host.locator('main[data-state=live]').waitFor();
  const crowd = await gather(listeners, server.url, code, LISTENERS);
  await wait(SETTLE_MS);
  const quiet = await measure(hosts, host, false);
  await crowd.chatter(LIMITS);
  await wait(CHANGE_MS);
  const measured = { quiet, busy: await measure(hosts, host, false), withoutStatistics: await measure(hosts, host, true) };
  const [refusals, asked] = [await crowd.refusals(), await readCapture(host)];
  await crowd.close();
  await hosts.close();
  return { ...measured, refusals, asked };
}

/** The floor. @param {Awaited<ReturnType<typeof readCapture>>} asked what our page asks for */
async function ofBarePage({ capture, constraints }) {
  const hosts = await chromium.launch(humming());
  const [host, listener] = [await barePage(hosts, server.url), await barePage(listeners, server.url)];
  await host.addInitScript(watchThread);
  await host.reload();
  await connectBare(host, listener, capture, constraints, { size: LISTENERS, plays: false, opus: VOICE });
  await wait(SETTLE_MS);
  const measured = await measure(hosts, host, false);
  await listener.context().close();
  await hosts.close();
  return measured;
}

try {
  // All in each run, so that what else the machine does falls on all of them.
  const runs = await bench.repeat(RUNS, async () => {
    const room = await ofRoom();
    return { ...room, bare: await ofBarePage(room.asked) };
  });
  /** @type {Record<string, number>} */
  const refusals = {};
  for (const [refusal, times] of runs.flatMap((run) => Object.entries(run.refusals))) refusals[refusal] = (refusals[refusal] ?? 0) + times;

  const results = [
    result(`${LISTENERS} listeners`, runs.map(({ quiet }) => quiet)),
    result('all react and write at their limits', runs.map(({ busy }) => busy)),
    result('the same, without statistics', runs.map(({ withoutStatistics }) => withoutStatistics)),
    result(`${LISTENERS} bare peer connections`, runs.map(({ bare }) => bare)),
  ];
  const toBare = ratioOfMedians(runs.map(({ bare }) => bare.cpu), runs.map(({ quiet }) => quiet.cpu));
  const statisticsPercent = summary(runs.map(({ busy, withoutStatistics }) => ((busy.cpu - withoutStatistics.cpu) / 60) * 100));
  const seconds = (/** @type {number} */ value) => `${value.toFixed(1)} s`;
  printTable([
    ['host', 'CPU a minute, median', 'worst', 'tasks over 50 ms, median', 'worst', 'longest', 'frame p50', 'frame p99'],
    ...results.map(({ what, cpu, longTasks, longestTaskMs, frameP50Ms, frameP99Ms }) => [
      what,
      ...[cpu.median, cpu.worst].map(seconds),
      ...[longTasks.median, longTasks.worst].map(String),
      ...[longestTaskMs || undefined, frameP50Ms, frameP99Ms].map(ms),
    ]),
  ]);
  console.log(`statistics: ${statisticsPercent.median.toFixed(1)} % of a core, ${statisticsPercent.worst.toFixed(1)} % at worst (target: under 2 %)`);
  console.log(`our page to a bare one: ${ratioText(toBare)} (target: under 20 s a minute)`);
  console.log('refused:', Object.keys(refusals).length === 0 ? 'nothing' : refusals);
  bench.publish({ listeners: LISTENERS, runs: RUNS, measuredS: MEASURED_S, limits: LIMITS, results, statisticsPercent, toBare, refusals });
} finally {
  await listeners.close();
  await server.close();
}
