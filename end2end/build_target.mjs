// The folders for cargo's build and for results.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Cargo's target folder. */
export const target = resolve(root, process.env['CARGO_TARGET_DIR'] ?? 'target');

/** The server under test. */
export const serverBinary = resolve(root, process.env['HEARTOGETHER_SERVER'] ?? `${target}/release/heartogether-server`);

/** The builds that a benchmark compares: the server under test, and the one that BEFORE names, if it does. */
export const builds = [
  { name: 'now', server: serverBinary },
  ...(process.env['BEFORE'] ? [{ name: 'before', server: resolve(root, process.env['BEFORE']) }] : []),
];
