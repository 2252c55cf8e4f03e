// Lighthouse's scores for the landing page and a room's preview, as a phone on a slow line sees them: its own throttling.
// Rooms are not to be found by search engines, so the preview is not scored for them.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from '@playwright/test';

import { listening } from '../chromium.mjs';
import { Bench, printTable, summary } from '../report.mjs';
import { createRoom } from '../room_setup.mjs';
import { Server } from '../server.mjs';

const RUNS = Number(process.env['RUNS'] ?? 5);
const TARGET = 98;
const PORT = 9223;
const bench = new Bench('lighthouse');

/** Lighthouse is not among the packages of the tests: it is large, and only this bench needs it. */
const folder = process.env['LIGHTHOUSE'];
if (!folder) throw new Error('LIGHTHOUSE must name the folder in which it is installed; ./dev bench lighthouse does that');
const { default: lighthouse } = await import(pathToFileURL(join(folder, 'node_modules/lighthouse/core/index.js')).href);

const server = await Server.start();
const browser = await chromium.launch({ ...listening, args: [...(listening.args ?? []), `--remote-debugging-port=${PORT}`] });

/** The scores of one run, from 0 to 100. @param {string} path @param {string[]} onlyCategories */
async function score(path, onlyCategories) {
  const { lhr } = await lighthouse(server.url + path, { port: PORT, logLevel: 'error', onlyCategories });
  const failed = Object.values(lhr.audits).filter((/** @type {any} */ audit) => audit.score === 0);
  return {
    scores: onlyCategories.map((category) => Math.round(lhr.categories[category].score * 100)),
    failed: failed.map((/** @type {any} */ audit) => audit.id),
  };
}

try {
  const { page: host, code } = await createRoom(browser, server.url);
  const forEverybody = ['performance', 'accessibility', 'best-practices'];
  const pages = [
    { page: 'landing page', path: '/', categories: [...forEverybody, 'seo'] },
    { page: 'preview', path: `/room/${code}`, categories: forEverybody },
  ];
  const results = [];
  for (const { page, path, categories } of pages) {
    const runs = await bench.repeat(RUNS, () => score(path, categories));
    for (const [place, category] of categories.entries()) {
      results.push({ page, category, target: TARGET, ...summary(runs.map(({ scores }) => scores[place] ?? NaN), 'lowest') });
    }
    console.log(`${page}: failed audits: ${[...new Set(runs.flatMap(({ failed }) => failed))].join(', ') || 'none'}`);
  }
  await host.close();
  printTable([
    ['page', 'category', 'median', 'worst', 'target'],
    ...results.map(({ page, category, median, worst, target }) => [page, category, `${median}`, `${worst}`, `${target}`]),
  ]);
  bench.publish({ runs: RUNS, results });
} finally {
  await browser.close();
  await server.close();
}
