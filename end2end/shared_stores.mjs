// Redis and PostgreSQL for several nodes: real ones, on free ports, with what nodes need to share them.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './coturn.mjs';

/** @typedef {import('./server.mjs').Settings} Settings */

export const HOST = '127.0.0.1';
const START_MS = 20_000;
const POSTGRES = new URL('../server/tests/support/postgres.sh', import.meta.url);

/** Waits until something answers at this port. @param {number} port @param {() => string} says */
export async function untilItAnswers(port, says) {
  const late = Date.now() + START_MS;
  for (;;) {
    const socket = connect(port, HOST);
    const isThere = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    if (Date.now() > late) throw new Error(`nothing answers at port ${port}\n${says()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A program that runs until the test ends. */
export class Program {
  /** What it wrote. */
  log = '';
  #process;

  /** @param {string} program @param {string[]} options @param {import('node:child_process').SpawnOptions} [more] */
  constructor(program, options, more = {}) {
    this.#process = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'], ...more });
    this.#process.stdout?.on('data', (text) => (this.log += text));
    this.#process.stderr?.on('data', (text) => (this.log += text));
    this.#process.on('error', (error) => (this.log += error.message));
  }

  /** Ends it: by a signal, or where none is named by the end of its input. @param {NodeJS.Signals} [signal] */
  async end(signal) {
    const child = this.#process;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    if (signal) child.kill(signal);
    else child.stdin?.end();
    await gone;
  }
}

/** The folder of PostgreSQL's programs: Debian's, or none, if they are on the PATH. */
function postgresPrograms() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return `/usr/lib/postgresql/${newest}/bin`;
  return join(execFileSync('sh', ['-c', 'command -v initdb'], { encoding: 'utf8' }).trim(), '..');
}

/** Starts PostgreSQL in a folder. It refuses to run as root. @param {string} dir @param {number} port */
function runPostgres(dir, port) {
  const identity = (/** @type {string} */ option) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  const user = process.getuid?.() === 0 ? { uid: identity('-u'), gid: identity('-g') } : {};
  if (user.uid !== undefined) chownSync(dir, user.uid, user.gid);
  return new Program('sh', ['-c', readFileSync(POSTGRES, 'utf8'), 'postgres.sh', dir, postgresPrograms(), String(port), '-'], { ...user, cwd: dir });
}

export class SharedStores {
  /** What nodes are told to share them. @type {Settings} */
  settings = {};
  /** A folder for what runs beside them. */
  dir;
  /** @type {Program[]} */
  #programs = [];

  /** @param {string} dir */
  constructor(dir) {
    this.dir = dir;
  }

  /** What they wrote. */
  get log() {
    return this.#programs.map(({ log }) => log).join('\n');
  }

  static async start() {
    const stores = new SharedStores(await mkdtemp(join(tmpdir(), 'heartogether-nodes-')));
    try {
      await stores.#start();
    } catch (error) {
      await stores.close();
      throw error;
    }
    return stores;
  }

  async #start() {
    chmodSync(this.dir, 0o755);
    const [redisPort, postgresPort] = [await freePort(), await freePort()];
    const postgres = runPostgres(await mkdtemp(join(this.dir, 'postgres-')), postgresPort);
    const redis = new Program('redis-server', [
      '--port', String(redisPort), '--bind', HOST, '--dir', await mkdtemp(join(this.dir, 'redis-')), '--save', '', '--appendonly', 'yes', '--appendfsync', 'always',
    ]);
    this.#programs.push(postgres, redis);
    await untilItAnswers(redisPort, () => redis.log);
    await untilItAnswers(postgresPort, () => postgres.log);
    this.settings = {
      DATABASE_URL: `postgres://postgres@${HOST}:${postgresPort}/postgres`,
      REDIS_URL: `redis://${HOST}:${redisPort}`,
      JWT_SECRET: 'a secret that all nodes of a test share',
    };
  }

  /** Ends them, and deletes what they stored. */
  async close() {
    const [postgres, ...others] = this.#programs;
    await Promise.all([postgres?.end(), ...others.map((program) => program.end('SIGTERM'))]);
    await rm(this.dir, { recursive: true, force: true });
  }
}
