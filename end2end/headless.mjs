// A load from members without a browser, and what each phase of it costs the servers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { cpuSeconds, residentBytes } from './process_stat.mjs';

/** @typedef {import('./server.mjs').Server} Server */
/** @typedef {{ count: number, p50_us: number, p99_us: number, worst_us: number }} Delivery */
/**
 * @typedef {{ joins: number, resumes: number, frames: number, bytes: number, turns: number, delivery: Delivery, lateness: Delivery,
 *   refusals: Record<string, number>, failures: Record<string, number>, stalled_closed: number }} Report
 */
/** @typedef {{ phase: string, tookMs: number, cpuSeconds: number, residentBytes: number, report: Report }} Phase What a phase cost all servers. */

/** @param {(pid: number) => number} of @param {Server[]} servers */
const total = (of, servers) => servers.reduce((sum, { pid }) => sum + of(pid), 0);

/**
 * Puts a load on servers. The generator pauses before and after each phase, so what is read then belongs to the phase.
 * @param {string} binary the generator
 * @param {Server[]} servers
 * @param {Record<string, number | string>} load its options, by their long names
 * @param {number} core the generator's
 * @returns {Promise<Phase[]>}
 */
export async function putLoad(binary, servers, load, core) {
  const options = Object.entries(load).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = ['-c', String(core), binary, ...options, ...servers.map(({ url }) => url.replace('localhost', '127.0.0.1'))];
  const child = spawn('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  /** @type {Phase[]} */
  const phases = [];
  let before = NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    const { phase, state, took_ms: tookMs, report } = JSON.parse(line);
    const now = total(cpuSeconds, servers);
    if (state === 'begins') before = now;
    else phases.push({ phase, tookMs, cpuSeconds: now - before, residentBytes: total(residentBytes, servers), report });
  }
  const [status] = await ended;
  if (status !== 0) throw new Error(`the load ended with ${status}`);
  return phases;
}

/** What went wrong in a phase. @param {Phase} phase */
export function troubles({ phase, report }) {
  const all = [...Object.entries(report.refusals), ...Object.entries(report.failures)];
  return all.map(([what, times]) => `${phase}: ${what}, ${times} times`);
}
