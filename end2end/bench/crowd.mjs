// The host's page with thirty direct listeners, who first only listen, and then react and write at their limits.
import { chromium } from '@playwright/test';

import { humming, listening } from '../chromium.mjs';
import { cpuSecondsAMinute } from '../cpu.mjs';
import { gather } from '../crowd.mjs';
import { percentile, printTable, writeResult } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom } from '../room_setup.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const LISTENERS = Number(process.env['LISTENERS'] ?? 30);
const MEASURED_S = Number(process.env['MEASURED_S'] ?? 15);
/** Measured with and without statistics in turns, so that what else the machine does falls on both. */
const TURNS = 3;
const SETTLE_MS = 10_000;
/** The limits of one listener, a second. */
const LIMITS = { reactions: 5, messages: 1 };

/** Runs inside the host's page before anything else: watches its main thread, and can do without statistics. */
function watchThread() {
  /** @type {{ tasksMs: number[], framesMs: number[], withoutStatistics: boolean }} */
  const thread = { tasksMs: [], framesMs: [], withoutStatistics: false };
  Object.assign(window, { thread });
  new PerformanceObserver((list) => thread.tasksMs.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  let last = performance.now();
  const frame = (/** @type {number} */ now) => {
    thread.framesMs.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const getStats = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = function () {
    return thread.withoutStatistics ? Promise.resolve(/** @type {any} */ (new Map())) : getStats.call(this);
  };
}

const server = await Server.start({ MAX_LISTENERS: `${LISTENERS}` });
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** @param {Page} host @param {boolean} withoutStatistics */
async function measure(host, withoutStatistics) {
  await host.evaluate((withoutStatistics) => {
    Object.assign(/** @type {any} */ (window).thread, { withoutStatistics, tasksMs: [], framesMs: [] });
  }, withoutStatistics);
  const cpu = await cpuSecondsAMinute(hosts, MEASURED_S);
  const { tasksMs, framesMs } = await host.evaluate(() => /** @type {any} */ (window).thread);
  return { cpu, tasksMs: /** @type {number[]} */ (tasksMs), framesMs: /** @type {number[]} */ (framesMs) };
}

/** @param {string} what @param {Awaited<ReturnType<typeof measure>>[]} turns */
function sum(what, turns) {
  const tasksMs = turns.flatMap((turn) => turn.tasksMs).map(Math.round);
  const framesMs = turns.flatMap((turn) => turn.framesMs);
  return {
    what,
    cpu: turns.reduce((total, { cpu }) => total + cpu, 0) / turns.length,
    longTasks: tasksMs.length,
    longestTaskMs: tasksMs.length === 0 ? undefined : Math.max(...tasksMs),
    frameP50Ms: Math.round(percentile(framesMs, 0.5)),
    frameP99Ms: Math.round(percentile(framesMs, 0.99)),
  };
}

try {
  const { page: host, code } = await createRoom(hosts, server.url);
  await host.addInitScript(watchThread);
  await host.reload();
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: 'Use a microphone' }).click();
  await host.locator('main[data-state=live]').waitFor();
  const crowd = await gather(listeners, server.url, code, LISTENERS);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

  const quiet = await measure(host, false);
  await crowd.chatter(LIMITS);
  /** @type {Record<'with' | 'without', Awaited<ReturnType<typeof measure>>[]>} */
  const turns = { with: [], without: [] };
  for (let i = 0; i < TURNS; i++) {
    turns.with.push(await measure(host, false));
    turns.without.push(await measure(host, true));
  }
  const refusals = await crowd.refusals();
  await crowd.close();

  const results = [
    sum(`${LISTENERS} listeners`, [quiet]),
    sum('all react and write at their limits', turns.with),
    sum('the same, without statistics', turns.without),
  ];
  const [, withStatistics, without] = results;
  const statisticsPercent = (((withStatistics?.cpu ?? NaN) - (without?.cpu ?? NaN)) / 60) * 100;
  printTable([
    ['host', 'CPU a minute', 'tasks over 50 ms', 'longest', 'frame p50', 'frame p99'],
    ...results.map(({ what, cpu, longTasks, longestTaskMs, frameP50Ms, frameP99Ms }) => [
      what,
      `${cpu.toFixed(1)} s`,
      `${longTasks}`,
      longestTaskMs === undefined ? '' : `${longestTaskMs} ms`,
      `${frameP50Ms} ms`,
      `${frameP99Ms} ms`,
    ]),
  ]);
  console.log(`statistics: ${statisticsPercent.toFixed(1)} % of a core (target: under 2 %)`);
  console.log('refused:', Object.keys(refusals).length === 0 ? 'nothing' : refusals);
  writeResult('crowd', { listeners: LISTENERS, measuredS: MEASURED_S, limits: LIMITS, results, statisticsPercent, refusals });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await server.close();
}
