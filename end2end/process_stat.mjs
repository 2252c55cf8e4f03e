// What the system tells of a process (proc(5)): the time it has had, and its memory.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = existsSync('/proc/self/stat') ? Number(execFileSync('getconf', ['CLK_TCK'])) : NaN;

/** Whether this system tells. */
export const isTold = Number.isFinite(TICKS_A_SECOND);

/** Seconds of CPU that a process has had so far, in its own code and in the system's. @param {number} pid */
export function cpuSeconds(pid) {
  // The name of the program is in brackets, and may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_A_SECOND;
}

/** Bytes of memory that a process has in use (`VmRSS`). @param {number} pid */
export function residentBytes(pid) {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
