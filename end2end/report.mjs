// Measurements in several runs, and their results: tables for people, JSON for programs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { target } from './build_target.mjs';
import { fixedLoopMs } from './machine_speed.mjs';

/** How often pairs are drawn for an interval. */
const DRAWS = 10_000;

/** @typedef {{ median: number, worst: number, runs: number[] }} Summary The values of some runs. */
/** @typedef {{ ratio: number, low: number, high: number }} Ratio A ratio, and the interval that holds 95 % of its estimates. */

/** The value that `share` of the values do not exceed. @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Runs in which nothing was measured do not count. @param {number[]} values @param {'highest' | 'lowest'} [worst] which value is the worst */
export function summary(values, worst = 'highest') {
  const runs = values.filter(Number.isFinite);
  return { median: percentile(runs, 0.5), worst: runs.length === 0 ? NaN : (worst === 'highest' ? Math.max : Math.min)(...runs), runs };
}

/**
 * The median of the values now, divided by the median before. The interval comes from a bootstrap of the pairs (Efron and
 * Tibshirani, An Introduction to the Bootstrap, chapter 13): a run without a value in one of the two builds does not count.
 * @param {number[]} before
 * @param {number[]} now The value of the same run, for each of the values before.
 * @returns {Ratio}
 */
export function ratioOfMedians(before, now) {
  /** @type {{ before: number, now: number }[]} */
  const pairs = before
    .map((value, run) => ({ before: value, now: now[run] ?? NaN }))
    .filter((pair) => Number.isFinite(pair.before + pair.now));
  /** @param {typeof pairs} drawn */
  const ratioOf = (drawn) => {
    const median = (/** @type {'before' | 'now'} */ build) => percentile(drawn.map((pair) => pair[build]), 0.5);
    return median('now') / median('before');
  };
  const draw = () => ratioOf(pairs.flatMap(() => pairs[Math.floor(Math.random() * pairs.length)] ?? []));
  const ratios = Array.from({ length: DRAWS }, draw);
  return { ratio: ratioOf(pairs), low: percentile(ratios, 0.025), high: percentile(ratios, 0.975) };
}

/** @param {Ratio} ratio */
export const ratioText = ({ ratio, low, high }) => (Number.isFinite(ratio) ? `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})` : '');

/** A whole number of milliseconds, or nothing. @param {number | undefined} value */
export const ms = (value) => (Number.isFinite(value) ? `${Math.round(value ?? NaN)} ms` : '');

/** @param {string[][]} rows The first one is the head. */
export function printTable(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n'));
}

/** A benchmark: measures in several runs, and times a fixed loop before each, so that the machine's speed is known. */
export class Bench {
  #name;
  /** @type {number[]} */
  #loopMs = [];

  /** @param {string} name the name of its file of results */
  constructor(name) {
    this.#name = name;
  }

  /**
   * Measures so many times.
   * @template T
   * @param {number} runs
   * @param {(run: number) => Promise<T>} measure
   */
  async repeat(runs, measure) {
    const results = [];
    for (let run = 0; run < runs; run++) {
      this.#loopMs.push(fixedLoopMs());
      results.push(await measure(run));
    }
    return results;
  }

  /**
   * Measures each of some subjects so many times, in turns: what else the machine does falls on all of them. The order changes
   * with each run. Gives the results of each subject, in the order of runs.
   * @template T, R
   * @param {number} runs
   * @param {readonly T[]} subjects
   * @param {(subject: T, run: number) => Promise<R>} measure
   */
  async inTurns(runs, subjects, measure) {
    const measured = subjects.map((subject) => ({ subject, results: /** @type {R[]} */ ([]) }));
    await this.repeat(runs, async (run) => {
      for (const { subject, results } of run % 2 === 0 ? measured : measured.toReversed()) results.push(await measure(subject, run));
    });
    return measured.map(({ results }) => results);
  }

  /** Prints the machine's speed, and writes it with the result. @param {object} result */
  publish(result) {
    const loop = summary(this.#loopMs.map(Math.round));
    console.log(`\na fixed loop took ${ms(loop.median)} in the median, ${ms(loop.worst)} at worst`);
    writeResult(this.#name, { fixedLoopMs: loop, ...result });
  }
}

/** Writes `NAME.json` beside the other measurements. @param {string} name @param {unknown} result */
function writeResult(name, result) {
  const folder = process.env['HEARTOGETHER_BENCH_DIR'] ?? join(target, 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nwritten to ${path}`);
}
