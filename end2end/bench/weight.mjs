// Measures the size of a first visit to the landing page and the listener's page, raw and compressed.
import { chromium } from '@playwright/test';

import { listening } from '../chromium.mjs';
import { printTable, writeResult } from '../report.mjs';
import { Server } from '../server.mjs';
import { createRoom, guestSession } from '../room_setup.mjs';

const TARGET_BYTES = 250_000;
const STRETCH_BYTES = 150_000;

const server = await Server.start();
const browser = await chromium.launch(listening);

/**
 * Opens the page with nothing cached and weighs every file it loads.
 * @param {string} path
 * @param {Parameters<typeof browser.newContext>[0]} [options]
 */
async function weigh(path, options) {
  const context = await browser.newContext({ baseURL: server.url, ...options });
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  /** @type {Map<string, { url: string, kind: string, rawBytes: number, wireBytes: number }>} */
  const files = new Map();
  network.on('Network.responseReceived', ({ requestId, type, response }) => {
    const kind = response.mimeType === 'application/wasm' ? 'wasm' : type.toLowerCase();
    files.set(requestId, { url: new URL(response.url).pathname, kind, rawBytes: 0, wireBytes: 0 });
  });
  network.on('Network.dataReceived', ({ requestId, dataLength }) => {
    const file = files.get(requestId);
    if (file) file.rawBytes += dataLength;
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.wireBytes = encodedDataLength;
  });
  await network.send('Network.enable');
  await page.goto(path, { waitUntil: 'networkidle' });
  await page.locator('main[data-hydrated]').waitFor();
  await context.close();
  return [...files.values()];
}

try {
  const { page: host, code } = await createRoom(browser, server.url);
  const session = await guestSession(browser, server.url);
  const visits = [
    { page: 'landing page', files: await weigh('/') },
    { page: 'listener page', files: await weigh(`/listen/${code}`, { storageState: session }) },
  ];
  await host.close();

  const results = visits.map(({ page, files }) => {
    const kinds = [...new Set(files.map(({ kind }) => kind))];
    const sum = (/** @type {typeof files} */ of) => ({
      files: of.length,
      rawBytes: of.reduce((total, { rawBytes }) => total + rawBytes, 0),
      wireBytes: of.reduce((total, { wireBytes }) => total + wireBytes, 0),
    });
    return { page, total: sum(files), kinds: kinds.map((kind) => ({ kind, ...sum(files.filter((file) => file.kind === kind)) })), files };
  });
  const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  printTable([
    ['page', 'kind', 'files', 'raw', 'on the wire', 'target', 'stretch'],
    ...results.flatMap(({ page, total, kinds }) => [
      ...kinds.map(({ kind, files, rawBytes, wireBytes }) => [page, kind, `${files}`, kB(rawBytes), kB(wireBytes), '', '']),
      [page, 'all', `${total.files}`, kB(total.rawBytes), kB(total.wireBytes), kB(TARGET_BYTES), kB(STRETCH_BYTES)],
    ]),
  ]);
  writeResult('weight', { targetBytes: TARGET_BYTES, stretchBytes: STRETCH_BYTES, results });
} finally {
  await browser.close();
  await server.close();
}
