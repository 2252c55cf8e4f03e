// The results of measurements: tables for people, JSON for programs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { target } from './build_target.mjs';

/** The value that `share` of the values do not exceed. @param {number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** @param {string[][]} rows The first one is the head. */
export function printTable(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n'));
}

/** Writes `NAME.json` beside the other measurements. @param {string} name @param {unknown} result */
export function writeResult(name, result) {
  const folder = process.env['HEARTOGETHER_BENCH_DIR'] ?? join(target, 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nwritten to ${path}`);
}
