// Reports the silence that a listener heard in a drill, on the output and for docs/benchmarks.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '../fixtures';
import { target } from '../build_target.mjs';
import { readWatch } from '../sound_watch.mjs';

const path = join(target, 'end2end', 'drills.json');

/** Reports the longest silence that a watched page heard so far, and what else was measured. Gives it, in milliseconds. */
export async function report(drill: string, listener: Page, measured: Record<string, number> = {}): Promise<number> {
  const { longestSilenceMs, totalSilenceMs } = await readWatch(listener);
  const result = { silenceMs: Math.round(longestSilenceMs), totalSilenceMs: Math.round(totalSilenceMs), ...measured };
  const more = Object.entries(result).slice(1);
  console.log([`drill: ${drill}: silence ${result.silenceMs} ms`, ...more.map(([name, value]) => `${name} ${value}`)].join(', '));
  mkdirSync(join(target, 'end2end'), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...earlier(), [drill]: { ...result, at: new Date().toISOString() } }, null, 2)}\n`);
  return longestSilenceMs;
}

function earlier(): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
