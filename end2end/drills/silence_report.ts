// Reports the silence that a listener heard in a drill: on the output, and for the bench, which runs the drills several times.
import { appendFileSync } from 'node:fs';

import type { Page } from '../fixtures';
import { readWatch } from '../sound_watch.mjs';

/** The file to which the results are added, a JSON object a line. `end2end/bench/drills.mjs` names it. */
const file = process.env['HEARTOGETHER_DRILLS'];

/** Reports the longest silence that a watched page heard so far, and what else was measured. Gives it, in milliseconds. */
export async function report(drill: string, listener: Page, measured: Record<string, number> = {}): Promise<number> {
  const { longestSilenceMs, totalSilenceMs } = await readWatch(listener);
  const result = { silenceMs: Math.round(longestSilenceMs), totalSilenceMs: Math.round(totalSilenceMs), ...measured };
  const more = Object.entries(result).slice(1);
  console.log([`drill: ${drill}: silence ${result.silenceMs} ms`, ...more.map(([name, value]) => `${name} ${value}`)].join(', '));
  if (file) appendFileSync(file, `${JSON.stringify({ drill, result })}\n`);
  return longestSilenceMs;
}
