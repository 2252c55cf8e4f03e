// Measures the size of a first visit to the landing page and the listener's page, raw and compressed: until the page does what
// it is for, and altogether. Where BEFORE names another server, both are measured in turns.
import { chromium } from '@playwright/test';

import { humming, listening, MICROPHONE_TONE_HZ } from '../chromium.mjs';
import { openRooms, startServers } from '../compared_builds.mjs';
import { Bench, printTable, summary } from '../report.mjs';
import { guestSession } from '../room_setup.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';

/** @typedef {import('../compared_builds.mjs').Room} Room */

/** What the pages may weigh, in bytes: at the moment that counts, and altogether. */
const TARGETS = {
  'landing page': { until: 'it reacts', early: 40_000, all: 250_000 },
  'listener page': { until: 'the first sound', early: 180_000, all: 420_000 },
};

const RUNS = Number(process.env['RUNS'] ?? 5);
const bench = new Bench('weight');
const servers = await startServers();
const [browser, hosts] = await Promise.all([chromium.launch(listening), chromium.launch(humming())]);

/**
 * @typedef {object} File
 * @property {string} url
 * @property {string} kind
 * @property {number} rawBytes
 * @property {number} wireBytes
 * @property {number} finishedAt When it was there, in milliseconds since 1970.
 */

/**
 * Opens the page with nothing cached and weighs every file it loads.
 * @param {string} path
 * @param {(page: import('@playwright/test').Page) => Promise<number>} moment when the page does what it is for, in milliseconds since 1970
 * @param {Parameters<typeof browser.newContext>[0]} options
 */
async function weigh(path, moment, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  /** @type {Map<string, File>} */
  const files = new Map();
  let clockMs = 0;
  network.on('Network.requestWillBeSent', ({ timestamp, wallTime }) => (clockMs = (wallTime - timestamp) * 1000));
  network.on('Network.responseReceived', ({ requestId, type, response }) => {
    const kind = response.mimeType === 'application/wasm' ? 'wasm' : type.toLowerCase();
    files.set(requestId, { url: new URL(response.url).pathname, kind, rawBytes: 0, wireBytes: 0, finishedAt: NaN });
  });
  network.on('Network.dataReceived', ({ requestId, dataLength }) => {
    const file = files.get(requestId);
    if (file) file.rawBytes += dataLength;
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength, timestamp }) => {
    const file = files.get(requestId);
    if (file) Object.assign(file, { wireBytes: encodedDataLength, finishedAt: timestamp * 1000 + clockMs });
  });
  await network.send('Network.enable');
  await watchFromStart(page, MICROPHONE_TONE_HZ);
  await page.goto(path, { waitUntil: 'networkidle' });
  await page.locator('main[data-hydrated]').waitFor();
  await page.waitForLoadState('networkidle');
  const momentAt = await moment(page);
  await context.close();
  return { all: [...files.values()], early: [...files.values()].filter(({ finishedAt }) => finishedAt <= momentAt) };
}

/** When the page was loaded: from then on it reacts, and only then it loads code. @param {import('@playwright/test').Page} page */
const loadedAt = (page) => page.evaluate(() => performance.timeOrigin + performance.timing.loadEventStart - performance.timing.navigationStart);

/** When the tone was heard first. @param {import('@playwright/test').Page} page */
async function heardAt(page) {
  await page.waitForFunction(() => /** @type {any} */ (window).toneWatch?.firstHeardAt);
  return (await readWatch(page)).firstHeardAt ?? NaN;
}

/** @param {File[]} files */
const total = (files) => ({
  files: files.length,
  rawBytes: files.reduce((total, { rawBytes }) => total + rawBytes, 0),
  wireBytes: files.reduce((total, { wireBytes }) => total + wireBytes, 0),
});

/** What the same files of each run weigh. @param {string} what @param {File[][]} runs @param {number} [target] */
const weights = (what, runs, target) => {
  const totals = runs.map(total);
  const [files, rawBytes, wireBytes] = /** @type {const} */ (['files', 'rawBytes', 'wireBytes']).map((key) => summary(totals.map((total) => total[key])));
  return { what, target, files, rawBytes, wireBytes };
};

/** The landing page and the listener's page of a room. @param {Room} room */
async function visit({ url, code }) {
  const storageState = await guestSession(browser, url);
  return {
    'landing page': await weigh('/', loadedAt, { baseURL: url }),
    'listener page': await weigh(`/listen/${code}`, heardAt, { baseURL: url, storageState }),
  };
}

/** What the visits to a build weigh. @param {string} build @param {Awaited<ReturnType<typeof visit>>[]} runs */
function weightsOf(build, runs) {
  return /** @type {const} */ (['landing page', 'listener page']).flatMap((page) => {
    const visits = runs.map((run) => run[page]);
    const kinds = [...new Set(visits.flatMap(({ all }) => all.map(({ kind }) => kind)))];
    const byKind = kinds.map((kind) => weights(kind, visits.map(({ all }) => all.filter((file) => file.kind === kind))));
    const targets = TARGETS[page];
    const until = weights(`until ${targets.until}`, visits.map(({ early }) => early), targets.early);
    const everything = weights('everything', visits.map(({ all }) => all), targets.all);
    return [...byKind, until, everything].map((weights) => ({ page, build, ...weights }));
  });
}

try {
  const rooms = await openRooms(hosts, servers);
  const runs = await bench.inTurns(RUNS, rooms, visit);
  const results = rooms.flatMap(({ build }, i) => weightsOf(build, runs[i] ?? []));
  const kB = (/** @type {number | undefined} */ bytes) => (bytes === undefined ? '' : `${(bytes / 1000).toFixed(1)} kB`);
  printTable([
    ['page', 'what', 'build', 'files', 'raw', 'on the wire, median', 'worst', 'target'],
    ...results.map(({ page, what, build, target, files, rawBytes, wireBytes }) => [
      page, what, build, `${files?.median}`, kB(rawBytes?.median), kB(wireBytes?.median), kB(wireBytes?.worst), kB(target),
    ]),
  ]);
  bench.publish({ runs: RUNS, results, files: rooms.map(({ build }, i) => ({ build, ...runs[i]?.at(-1) })) });
} finally {
  await Promise.all([browser.close(), hosts.close()]);
  await Promise.all(servers.map((server) => server.close()));
}
