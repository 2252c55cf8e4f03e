// Runs the drills several times, each run with a server and browsers of its own, and gathers the silences. Arguments choose
// among the files, as those of Playwright do. Where BEFORE names another server, both are measured in turns.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { builds, target } from '../build_target.mjs';
import { Bench, ms, printTable, ratioOfMedians, ratioText, summary } from '../report.mjs';

/** @typedef {typeof builds[number]} Build */
/** @typedef {Record<string, Record<string, number>>} Run What each drill of a run reported. */

const RUNS = Number(process.env['RUNS'] ?? 5);
const chosen = process.argv.length > 2 ? process.argv.slice(2) : ['drills/'];
const config = fileURLToPath(new URL('../playwright.config.ts', import.meta.url));
const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js');

mkdirSync(target, { recursive: true });
const folder = mkdtempSync(join(target, 'drills-'));
const bench = new Bench('drills');
let failures = 0;

/** Runs the drills once. @param {Build} build @param {number} run @returns {Promise<Run>} */
async function drill({ name, server }, run) {
  const file = join(folder, `${name}-${run}.jsonl`);
  const env = { ...process.env, HEARTOGETHER_SERVER: server, HEARTOGETHER_DRILLS: file };
  // A trace of each test costs time of the machine that measures.
  const child = spawn(process.execPath, [playwright, 'test', '--config', config, '--trace', 'off', ...chosen], { env, stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  if (status !== 0) failures += 1;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return Object.fromEntries(lines.map((line) => JSON.parse(line)).map(({ drill, result }) => [drill, result]));
}

/** The values of one measurement in each run; NaN where the drill did not come to it. @param {Run[]} runs @param {string} drill @param {string} what */
const values = (runs, drill, what) => runs.map((run) => run[drill]?.[what] ?? NaN);

/** What the runs of a drill came to. @param {string} drill @param {Run[]} now @param {Run[]} [before] */
function result(drill, now, before) {
  const others = Object.keys(now.find((run) => run[drill])?.[drill] ?? {}).filter((what) => what !== 'silenceMs');
  const silences = values(now, drill, 'silenceMs');
  const silencesBefore = before && values(before, drill, 'silenceMs');
  return {
    drill,
    silenceMs: summary(silences),
    others: Object.fromEntries(others.map((what) => [what, summary(values(now, drill, what))])),
    before: silencesBefore && { silenceMs: summary(silencesBefore), ratio: ratioOfMedians(silencesBefore, silences) },
  };
}

/** @param {Record<string, import('../report.mjs').Summary>} others */
const othersText = (others) => Object.entries(others).map(([what, { median, runs }]) => `${what} ${median} (${Math.min(...runs)} to ${Math.max(...runs)})`).join(', ');

try {
  const [now = [], before] = await bench.inTurns(RUNS, builds, drill);
  const drills = [...new Set(now.flatMap((run) => Object.keys(run)))];
  const results = drills.map((name) => result(name, now, before));
  console.log();
  printTable([
    ['drill', 'silence, median', 'worst', 'others, median', ...(before ? ['before, median', 'worst', 'ratio of the medians, 95 % interval'] : [])],
    ...results.map(({ drill, silenceMs, others, before }) => [
      drill,
      ms(silenceMs.median),
      ms(silenceMs.worst),
      othersText(others),
      ...(before ? [ms(before.silenceMs.median), ms(before.silenceMs.worst), ratioText(before.ratio)] : []),
    ]),
  ]);
  if (failures > 0) {
    console.log(`\n${failures} of the runs had tests that failed; their drills are missing`);
    process.exitCode = 1;
  }
  bench.publish({ runs: RUNS, failures, results });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
