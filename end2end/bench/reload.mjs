// Measures where the silence over a reload goes, step by step, beside what two pages of a few lines take in the same browsers.
// Where BEFORE names another server, it is measured in turns with the one under test.
import { chromium } from '@playwright/test';

import { BareRoom } from '../bare_room.mjs';
import { builds } from '../build_target.mjs';
import { capturing, humming, listening, MICROPHONE_TONE_HZ, openTone, reachable, TAB_TONE_HZ } from '../chromium.mjs';
import { forgetSteps, noteReloadSteps, readSteps, RELOADED_STEPS } from '../reload_steps.mjs';
import { Bench, ms, percentile, printTable, ratioOfMedians, ratioText, summary } from '../report.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';
import { Server } from '../server.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{ name: string, host: Page, listener: Page, share: string, works: string, close: () => Promise<void> }} Room */
/** @typedef {{ silenceMs: number, steps: Record<string, number> }} Run Steps are in milliseconds since the last sound before. */

const RUNS = Number(process.env['RUNS'] ?? 10);
/** A jitter buffer that has just begun, or a listener that has just come, is not what is measured. */
const SETTLE_MS = 1500;
const bench = new Bench('reload');

const MICROPHONE = { name: 'microphone', toneHz: MICROPHONE_TONE_HZ, button: 'Use a microphone', options: humming() };
const TAB = { name: 'tab', toneHz: TAB_TONE_HZ, button: 'Share a tab or system audio', options: capturing };
const sources = [MICROPHONE, TAB];
const sleep = (/** @type {number} */ forMs) => new Promise((resolve) => setTimeout(resolve, forMs));

/** @param {Page} page @param {number} toneHz */
async function observe(page, toneHz) {
  await watchFromStart(page, toneHz);
  await page.addInitScript(noteReloadSteps);
}

/** @param {Page} listener */
const hears = (listener) => listener.waitForFunction(() => /** @type {any} */ (window).toneWatch?.firstHeardAt);

/**
 * A room of a build, live, with one listener.
 * @param {typeof builds[number]} build @param {Browser} hosts @param {Browser} listeners @param {typeof sources[number]} source
 * @returns {Promise<Room>}
 */
async function openRoom({ name, server: binary }, hosts, listeners, { toneHz, button }) {
  const server = await Server.start({}, binary);
  const { page: host, code } = await createRoom(hosts, server.url);
  await openTone(host.context());
  await observe(host, toneHz);
  await host.reload();
  await host.locator('main[data-hydrated]').waitFor();
  await host.getByRole('button', { name: button }).click();
  await host.locator('main[data-state=live]').waitFor();
  // A steady tone is a noise that the quality for voice takes out after a while.
  await host.getByRole('radio', { name: 'Music' }).check();
  const context = await listeners.newContext({ ...reachable, baseURL: server.url, storageState: await guestSession(listeners, server.url) });
  const listener = await context.newPage();
  await observe(listener, toneHz);
  await listener.goto(`/listen/${code}`);
  await hears(listener);
  const close = async () => {
    await Promise.all([host.context().close({ reason: 'done' }), context.close()]);
    await server.close();
  };
  // Earlier versions drew buttons that could be pressed and did nothing until the page was drawn.
  return { name, host, listener, share: button, works: 'main[data-hydrated], [data-share]:enabled', close };
}

/**
 * The bare room, with a host who asks for what the host of another room has asked for.
 * @param {Room} room @param {Browser} hosts @param {Browser} listeners @param {typeof sources[number]} source
 * @returns {Promise<Room>}
 */
async function openBareRoom(room, hosts, listeners, { name, toneHz }) {
  const bare = await BareRoom.open(await room.host.evaluate(() => /** @type {any} */ (window).lastCapture));
  const [hostContext, context] = [await hosts.newContext(reachable), await listeners.newContext(reachable)];
  await openTone(hostContext);
  const [host, listener] = [await hostContext.newPage(), await context.newPage()];
  for (const page of [host, listener]) await observe(page, toneHz);
  await host.goto(`${bare.url}/host`);
  if (name === 'tab') await host.getByRole('button').click();
  await listener.goto(`${bare.url}/listener`);
  await hears(listener);
  const close = async () => {
    await Promise.all([hostContext.close(), context.close()]);
    bare.close();
  };
  return { name: 'bare', host, listener, share: 'Share', works: 'button', close };
}

/** Reloads a page of a room, and waits until its listener hears again. @param {Room} room @param {'host' | 'listener'} who @param {boolean} clicks */
async function reload({ host, listener, share, works }, who, clicks) {
  const reloaded = who === 'host' ? host : listener;
  await reloaded.bringToFront();
  await sleep(SETTLE_MS);
  await forgetSteps(listener);
  await reloaded.reload({ waitUntil: 'commit' });
  if (clicks) {
    await reloaded.locator(works).first().waitFor();
    // At once: a page whose code is arriving draws no frames in which Playwright could see that the button does not move.
    await reloaded.getByRole('button', { name: share }).click({ force: true });
  }
  await listener.waitForFunction(() => /** @type {any} */ (window).toneWatch?.silentFrom);
  await sleep(SETTLE_MS);
  const [{ longestSilenceMs, silentFrom = NaN }, steps, heard] = await Promise.all([readWatch(listener), readSteps(reloaded), readSteps(listener)]);
  const since = Object.entries({ ...steps, packet: heard.packet }).map(([step, at]) => [step, Math.round((at ?? NaN) - silentFrom)]);
  return { silenceMs: Math.round(longestSilenceMs), steps: Object.fromEntries(since) };
}

const ways = [
  { what: "a listener's reload", source: MICROPHONE, who: /** @type {const} */ ('listener') },
  { what: "the host's reload with the microphone", source: MICROPHONE, who: /** @type {const} */ ('host') },
  { what: "the host's reload with a tab, clicked by the bench", source: TAB, who: /** @type {const} */ ('host') },
].filter(({ what }) => what.includes(process.argv[2] ?? ''));

/** The rows of one table. @param {{ name: string, runs: Run[] }[]} subjects */
function table(subjects) {
  const median = (/** @type {Run[]} */ runs, /** @type {string} */ step) => percentile(runs.map(({ steps }) => steps[step] ?? NaN).filter(Number.isFinite), 0.5);
  const steps = [...RELOADED_STEPS.slice(0, 6), ['clicked', 'the button is pressed'], ...RELOADED_STEPS.slice(6), ['packet', 'the listener’s page has the first packet']];
  const lines = steps.map(([step = '', says = '']) => [says, ...subjects.map(({ runs }) => ms(median(runs, step)))]);
  const silences = subjects.map(({ runs }) => summary(runs.map(({ silenceMs }) => silenceMs)));
  return [
    ['step, median, since the last sound', ...subjects.map(({ name }) => name)],
    ...lines.filter(([, ...cells]) => cells.some((cell) => cell !== '')),
    ['heard again: the silence', ...silences.map(({ median }) => ms(median))],
    ['worst', ...silences.map(({ worst }) => ms(worst))],
  ];
}

const results = [];
for (const { what, source, who } of ways) {
  const [hosts, listeners] = await Promise.all([chromium.launch(source.options), chromium.launch(listening)]);
  /** @type {Room[]} */
  const rooms = [];
  try {
    for (const build of builds) rooms.push(await openRoom(build, hosts, listeners, source));
    const [first] = rooms;
    if (first) rooms.push(await openBareRoom(first, hosts, listeners, source));
    const runs = await bench.inTurns(RUNS, rooms, (room) => reload(room, who, source === TAB && who === 'host'));
    const subjects = rooms.map(({ name }, i) => ({ name, runs: runs[i] ?? [] }));
    const silences = (/** @type {string} */ name) => subjects.find((subject) => subject.name === name)?.runs.map(({ silenceMs }) => silenceMs) ?? [];
    const ratios = ['before', 'bare'].filter((name) => silences(name).length > 0).map((name) => ({ name, ratio: ratioOfMedians(silences(name), silences('now')) }));
    console.log(`\n${what}\n`);
    printTable(table(subjects));
    for (const { name, ratio } of ratios) console.log(`\nratio of the medians to ${name}, 95 % interval: ${ratioText(ratio)}`);
    results.push({ what, subjects, ratios });
  } finally {
    await Promise.all([hosts.close(), listeners.close()]);
    await Promise.all(rooms.map((room) => room.close().catch(() => {})));
  }
}
bench.publish({ runs: RUNS, results });
