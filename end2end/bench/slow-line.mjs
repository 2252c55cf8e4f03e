// A slow line and a slow device: from a link and from a click to the first sound, the first paint, until each page reacts, and until
// the landing page's code has taken over. Where BEFORE names another server, both are measured in turns.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ, reachable } from '../chromium.mjs';
import { compareBuilds, openRooms, startServers } from '../compared_builds.mjs';
import { keepPlayers } from '../players.mjs';
import { Bench, ms, printTable, summary } from '../report.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';
import { LINE, slowDown, SLOWER_CPU } from '../slow_line.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../compared_builds.mjs').Room} Room */
/** @typedef {Record<string, number>} Run Milliseconds, by what was measured. */

const RUNS = Number(process.env['RUNS'] ?? 5);
const TIMEOUT_MS = 60_000;
/** How often a page is looked at, in milliseconds. */
const LOOK = { polling: 20, timeout: TIMEOUT_MS };
const bench = new Bench('slow-line');

const servers = await startServers();
const [hosts, listeners] = await Promise.all([chromium.launch(humming()), chromium.launch(listening)]);

/** A page on a slow line, of a browser that has never been here. @param {Parameters<typeof listeners.newContext>[0]} options */
async function slowPage(options, browser = listeners) {
  const context = await browser.newContext({ ...reachable, ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  await slowDown(page);
  return page;
}

/** The first paint, and the steps before it: when the first and the last byte of the HTML have come. @param {Page} page */
async function firstPaint(page) {
  const painted = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime, undefined, LOOK);
  const [{ responseStart, responseEnd }] = await page.evaluate(
    () => /** @type {[PerformanceNavigationTiming]} */ (performance.getEntriesByType('navigation').map((entry) => entry.toJSON())),
  );
  return { firstByte: responseStart, html: responseEnd, paint: Number(await painted.jsonValue()) };
}

/**
 * Clicks as soon as it can be. Gives when the page goes away or asks the server to act, in milliseconds since 1970.
 * @param {Page} page
 * @param {import('@playwright/test').Locator} control
 */
async function click(page, control) {
  const asked = page.waitForRequest((request) => request.isNavigationRequest() || request.url().includes('/api/fn/'));
  const [at] = await Promise.all([asked.then(() => Date.now()), control.click()]);
  return at;
}

/** The link of a room is opened, and Listen is clicked as soon as it can be. @param {Room} room @returns {Promise<Run>} */
async function listen({ url, code }) {
  const page = await slowPage({ baseURL: url });
  await watchFromStart(page, MICROPHONE_TONE_HZ);
  await page.goto(`/room/${code}`, { waitUntil: 'commit' });
  const openedAt = await page.evaluate(() => performance.timeOrigin);
  const button = page.getByRole('button', { name: 'Listen' });
  await button.waitFor();
  const painted = await firstPaint(page);
  const clickedAt = Date.now();
  const reactedAt = await click(page, button);
  await page.waitForFunction(() => 'toneWatch' in window && /** @type {any} */ (window).toneWatch.firstHeardAt, undefined, LOOK);
  const { firstHeardAt = NaN } = await readWatch(page);
  await page.context().close();
  return { ...painted, link: firstHeardAt - openedAt, click: firstHeardAt - clickedAt, reacts: reactedAt - openedAt };
}

/** The landing page: its first paint, and until its code has taken over. @param {Room} room @returns {Promise<Run>} */
async function land({ url }) {
  const page = await slowPage({ baseURL: url });
  await page.goto('/', { waitUntil: 'commit' });
  const painted = await firstPaint(page);
  await page.locator('main[data-hydrated]').waitFor();
  const takenOver = await page.evaluate(() => performance.now());
  await page.context().close();
  return { ...painted, takenOver };
}

/**
 * The controls of pages, and how each is used as soon as it can be, until it has had its effect. What a script does is tried again and
 * again; it must not depend on when it is tried first.
 * @type {{ what: string, path: (code: string) => string, isGuest?: true, use: (page: Page, code: string) => Promise<number> }[]}
 */
const CONTROLS = [
  {
    what: 'landing page: the code leads to the room',
    path: () => '/',
    use: async (page, code) => {
      await page.getByLabel('Room code').fill(code);
      return click(page, page.getByRole('button', { name: 'Join' }));
    },
  },
  {
    what: 'landing page: the theme changes',
    path: () => '/',
    use: async (page) => {
      await page.waitForFunction(() => {
        const select = /** @type {HTMLSelectElement | null} */ (document.querySelector('#theme'));
        if (select) select.value = 'dark';
        select?.dispatchEvent(new Event('change', { bubbles: true }));
        return document.documentElement.dataset['theme'] === 'dark';
      }, undefined, LOOK);
      return Date.now();
    },
  },
  {
    what: 'landing page: the language changes',
    path: () => '/',
    use: (page) => click(page, page.getByRole('button', { name: 'Deutsch' })),
  },
  {
    what: 'landing page of a guest: the account menu opens',
    path: () => '/',
    isGuest: true,
    use: async (page) => {
      await page.locator('header summary').first().click();
      await page.waitForFunction(() => document.querySelector('header details')?.hasAttribute('open'), undefined, LOOK);
      return Date.now();
    },
  },
  {
    what: "listener's page: the volume changes",
    path: (code) => `/listen/${code}`,
    isGuest: true,
    use: async (page) => {
      await page.waitForFunction(() => {
        const slider = /** @type {HTMLInputElement | null} */ (document.querySelector('#volume'));
        if (slider) slider.value = '40';
        slider?.dispatchEvent(new Event('input', { bubbles: true }));
        const players = [.../** @type {any} */ (window).players, ...document.querySelectorAll('audio')];
        return players.some(({ volume, srcObject }) => srcObject && Math.round(volume * 100) === 40);
      }, undefined, LOOK);
      return Date.now();
    },
  },
  {
    what: "listener's page: Leave leads away",
    path: (code) => `/listen/${code}`,
    isGuest: true,
    use: async (page) => {
      const left = page.waitForURL((url) => url.pathname === '/', { waitUntil: 'commit' }).then(() => Date.now());
      return Promise.race([click(page, page.getByRole('link', { name: 'Leave' })), left]);
    },
  },
];

/** The page of a host who has just created a room: until the browser is asked for a microphone. @param {Room} room @returns {Promise<Run>} */
async function share({ url }) {
  const { page: creating, code } = await createRoom(hosts, url);
  const storageState = await creating.context().storageState();
  await creating.context().close();
  const page = await slowPage({ baseURL: url, storageState }, hosts);
  await page.addInitScript(() => {
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = function (/** @type {MediaStreamConstraints | undefined} */ constraints) {
      Object.assign(window, { isAsked: true });
      return getUserMedia.call(this, constraints);
    };
  });
  await page.goto(`/host/${code}`, { waitUntil: 'commit' });
  const openedAt = await page.evaluate(() => performance.timeOrigin);
  await page.waitForFunction(() => {
    const buttons = [...document.querySelectorAll('button')];
    buttons.find(({ textContent }) => textContent?.trim() === 'Use a microphone')?.click();
    return /** @type {any} */ (window).isAsked;
  }, undefined, LOOK);
  const shared = Date.now() - openedAt;
  await page.context().close();
  return { shared };
}

/** How long after the link is opened each control works. @param {Room} room @returns {Promise<Run>} */
async function react({ url, code }) {
  /** @type {Run} */
  const reactedMs = {};
  for (const { what, path, isGuest, use } of CONTROLS) {
    const page = await slowPage({ baseURL: url, ...(isGuest && { storageState: await guestSession(listeners, url) }) });
    await page.addInitScript(keepPlayers);
    await page.goto(path(code), { waitUntil: 'commit' });
    const openedAt = await page.evaluate(() => performance.timeOrigin);
    reactedMs[what] = (await use(page, code)) - openedAt;
    await page.context().close();
  }
  return reactedMs;
}

/** What one build's runs came to. @param {string} build @param {{ heard: Run, landed: Run, reacted: Run, hosted: Run }[]} runs */
function resultsOf(build, runs) {
  /** @type {[string, number | undefined, (number | undefined)[]][]} */
  const measured = [
    ['link opened, Listen clicked at once → first sound', 2500, runs.map(({ heard }) => heard['link'])],
    ['that click → first sound', 1800, runs.map(({ heard }) => heard['click'])],
    ['preview: first byte', undefined, runs.map(({ heard }) => heard['firstByte'])],
    ['preview: the HTML is there', undefined, runs.map(({ heard }) => heard['html'])],
    ['preview: first paint', 600, runs.map(({ heard }) => heard['paint'])],
    ['preview: Listen works', undefined, runs.map(({ heard }) => heard['reacts'])],
    ['landing page: first byte', undefined, runs.map(({ landed }) => landed['firstByte'])],
    ['landing page: the HTML is there', undefined, runs.map(({ landed }) => landed['html'])],
    ['landing page: first paint', 600, runs.map(({ landed }) => landed['paint'])],
    ['landing page: its code has taken over', undefined, runs.map(({ landed }) => landed['takenOver'])],
    ["host's page: a source can be shared", undefined, runs.map(({ hosted }) => hosted['shared'])],
    ...CONTROLS.map(({ what }) => /** @type {[string, undefined, (number | undefined)[]]} */ ([what, undefined, runs.map(({ reacted }) => reacted[what])])),
  ];
  return measured.map(([what, targetMs, values]) => ({ what, build, targetMs, ...summary(values.map((value) => value ?? NaN)) }));
}

try {
  const rooms = await openRooms(hosts, servers);
  const runs = await bench.inTurns(RUNS, rooms, async (room) => ({ heard: await listen(room), landed: await land(room), reacted: await react(room), hosted: await share(room) }));
  const results = rooms.flatMap(({ build }, i) => resultsOf(build, runs[i] ?? []));
  printTable([
    ['what', 'build', 'median', 'worst', 'target'],
    ...results.map(({ what, build, targetMs, median, worst }) => [what, build, ...[median, worst, targetMs].map(ms)]),
  ]);
  const ratios = compareBuilds(results);
  bench.publish({ runs: RUNS, line: LINE, slowerCpu: SLOWER_CPU, results, ratios });
} finally {
  await Promise.all([hosts.close(), listeners.close()]);
  await Promise.all(servers.map((server) => server.close()));
}
