// Measures a lounge as its members see it: a message from Enter until another page has drawn it, and a lounge with 100,000 messages
// beside an empty one: how long it takes to open, and how long frames take while its history is scrolled.
import { chromium } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { serverBinary } from '../build_target.mjs';
import { listening, reachable } from '../chromium.mjs';
import { Bench, ms, percentile, printTable, ratioOfMedians, ratioText, summary } from '../report.mjs';
import { guestSession } from '../room_setup.mjs';
import { Server } from '../server.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */

const RUNS = Number(process.env['RUNS'] ?? 5);
const MESSAGES = Number(process.env['MESSAGES'] ?? 50);
const HISTORY = 100_000;
/** The code of the lounge that `benches/long_room.rs` makes. */
const CODE = 'ABC234';
/** A member may write one a second. */
const BETWEEN_MS = 1_100;
const SCROLLED_MS = 10_000;
const generous = { RATE_LIMIT_MESSAGES: '6000', RATE_LIMIT_MESSAGES_PER_ADDRESS: '6000', RATE_LIMIT_ADDRESS_REQUESTS: '1000000', LOG: 'error' };

const bench = new Bench('lounge-pages');
const sleep = (/** @type {number} */ forMs) => new Promise((resolve) => setTimeout(resolve, forMs));

/** A server with a lounge of so many messages. @param {number} messages */
async function serverWithLounge(messages) {
  const folder = await mkdtemp(join(tmpdir(), 'heartogether-'));
  const make = ['bench', '--quiet', '-p', 'heartogether-server', '--bench', 'long_room', '--', 'lounge', folder, String(messages)];
  execFileSync('cargo', make, { stdio: ['ignore', 'inherit', 'inherit'] });
  const server = new Server(generous, folder, serverBinary);
  await server.start();
  return server;
}

/** A new member of the lounge: its session. @param {Browser} browser @param {Server} server @param {string} name */
async function comeIn(browser, server, name) {
  const context = await browser.newContext({ ...reachable, baseURL: server.url, storageState: await guestSession(browser, server.url, name) });
  const page = await context.newPage();
  await page.goto(`/lounge/${CODE}`);
  await page.locator('main[data-hydrated]').waitFor();
  await page.getByLabel('Your name in this lounge').fill(name);
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.locator('main[data-link=attached]').waitFor();
  const session = await context.storageState();
  await context.close();
  return session;
}

/**
 * A page of a member, which is connected.
 * @param {Browser} browser @param {Server} server @param {Awaited<ReturnType<typeof comeIn>>} session
 */
async function openPage(browser, server, session) {
  const context = await browser.newContext({ ...reachable, baseURL: server.url, storageState: session, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`/lounge/${CODE}`);
  await page.locator('main[data-link=attached]').waitFor();
  return page;
}

/** Notes when a page has drawn each message `bench N`, in milliseconds since 1970. */
function noteDrawn() {
  const drawn = new Map();
  Object.assign(window, { drawn });
  const look = () => {
    for (const row of document.querySelectorAll('[data-testid=message]')) {
      // The time of day comes right after the words.
      const number = /bench (\d+)/.exec(row.querySelector('.words')?.textContent ?? '')?.[1];
      if (number && !drawn.has(number)) {
        drawn.set(number, NaN);
        requestAnimationFrame(() => drawn.set(number, performance.timeOrigin + performance.now()));
      }
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
}

/** Messages from Enter until another page has drawn them, in milliseconds. @param {Server} server @returns {Promise<number[]>} */
async function deliver(server) {
  const [writing, reading] = [await chromium.launch(listening), await chromium.launch(listening)];
  try {
    const writer = await openPage(writing, server, await comeIn(writing, server, 'Grace'));
    const reader = await openPage(reading, server, await comeIn(reading, server, 'Linus'));
    await reader.evaluate(noteDrawn);
    await writer.evaluate(() => {
      Object.assign(window, { entered: [] });
      const note = (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Enter') /** @type {any} */ (window).entered.push(performance.timeOrigin + performance.now());
      };
      document.addEventListener('keydown', note, { capture: true });
    });
    const field = writer.getByRole('textbox', { name: 'Message' });
    for (let number = 1; number <= MESSAGES; number++) {
      await field.fill(`bench ${number}`);
      await field.press('Enter');
      await sleep(BETWEEN_MS);
    }
    const entered = await writer.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (window).entered));
    const drawn = await reader.evaluate(() => /** @type {[string, number][]} */ ([.../** @type {any} */ (window).drawn]));
    if (drawn.length !== MESSAGES) throw new Error(`${drawn.length} of ${MESSAGES} messages were drawn`);
    return drawn.map(([number, at]) => at - (entered[Number(number) - 1] ?? NaN));
  } finally {
    await Promise.all([writing.close(), reading.close()]);
  }
}

/**
 * How long a member's new page takes until it is connected and shows the latest message, in milliseconds since the navigation.
 * @param {Browser} browser @param {{ server: Server, session: Awaited<ReturnType<typeof comeIn>>, messages: number }} lounge
 */
async function open(browser, { server, session, messages }) {
  const context = await browser.newContext({ ...reachable, baseURL: server.url, storageState: session });
  const page = await context.newPage();
  await page.goto(`/lounge/${CODE}`, { waitUntil: 'commit' });
  const opened = await page.waitForFunction((isLong) => {
    const isThere = document.querySelector('main[data-link=attached]') && (!isLong || document.querySelector('[data-testid=message]'));
    return isThere ? performance.now() : undefined;
  }, messages > 0);
  const took = await opened.jsonValue();
  await context.close();
  return took ?? NaN;
}

/** Scrolls through the history. Answers with the milliseconds between frames, and how many messages were shown. @param {Page} page */
async function scroll(page) {
  await page.getByRole('log', { name: 'Conversation' }).hover();
  await page.evaluate(() => {
    /** @type {number[]} */
    const gaps = [];
    const seen = new Set();
    Object.assign(window, { gaps, seen });
    let before = performance.now();
    const frame = (/** @type {number} */ now) => {
      gaps.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const end = Date.now() + SCROLLED_MS;
  while (Date.now() < end) {
    await page.mouse.wheel(0, -800);
    await sleep(50);
  }
  const gaps = await page.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (window).gaps).slice(1));
  return { gaps, first: await page.locator('[data-testid=message] .words').first().innerText() };
}

const [empty, long] = [await serverWithLounge(0), await serverWithLounge(HISTORY)];
const browser = await chromium.launch(listening);
try {
  const lounges = [
    { server: empty, session: await comeIn(browser, empty, 'Ada'), messages: 0 },
    { server: long, session: await comeIn(browser, long, 'Ada'), messages: HISTORY },
  ];
  const [openedEmpty = [], openedLong = []] = await bench.inTurns(2 * RUNS, lounges, (lounge) => open(browser, lounge));
  const [, crowded] = lounges;
  const scrolled = [];
  for (let run = 0; run < RUNS && crowded; run++) {
    const page = await openPage(browser, long, crowded.session);
    scrolled.push(await scroll(page));
    await page.context().close();
  }
  const delivered = await deliver(empty);
  const ratio = ratioOfMedians(openedEmpty, openedLong);
  const worstFrames = summary(scrolled.map(({ gaps }) => Math.max(...gaps)));
  const longFrames = scrolled.map(({ gaps }) => gaps.filter((gap) => gap > 50).length);
  printTable([
    ['what', 'median', 'worst', 'target'],
    ['Enter → drawn on another page, p50', ms(percentile(delivered, 0.5)), '', '40 ms'],
    ['Enter → drawn on another page, p95', ms(percentile(delivered, 0.95)), ms(Math.max(...delivered)), '100 ms'],
    ['an empty lounge opens', ms(summary(openedEmpty).median), ms(summary(openedEmpty).worst), ''],
    [`a lounge of ${HISTORY} messages opens`, ms(summary(openedLong).median), ms(summary(openedLong).worst), ''],
    ['ratio of the medians', ratioText(ratio), '', '0.80 to 1.20'],
    [`the longest frame of ${SCROLLED_MS / 1000} s of scrolling`, ms(worstFrames.median), ms(worstFrames.worst), '50 ms'],
  ]);
  console.log(`\nframes over 50 ms: ${longFrames.join(', ')}; scrolled to ${scrolled.map(({ first }) => `"${first}"`).join(', ')}`);
  bench.publish({ runs: RUNS, delivered, openedEmpty, openedLong, ratio, worstFrames, longFrames });
} finally {
  await browser.close();
  await Promise.all([empty.close(), long.close()]);
}
