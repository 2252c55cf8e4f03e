// Several nodes for a test, on one Redis and one PostgreSQL, behind nginx with the configuration of deploy/: all real, on free ports.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './coturn.mjs';
import { Server } from './server.mjs';

/** @typedef {import('./server.mjs').Settings} Settings */
/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

const HOST = '127.0.0.1';
const START_MS = 20_000;
const NGINX = new URL('../deploy/compose/nginx.conf', import.meta.url);
const POSTGRES = new URL('../server/tests/support/postgres.sh', import.meta.url);

/** Waits until something answers at this port. @param {number} port @param {() => string} says */
async function untilItAnswers(port, says) {
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
class Program {
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

/** nginx's configuration from deploy/, for these nodes and this port. @param {string} dir @param {number} port @param {Server[]} nodes */
function configuration(dir, port, nodes) {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(dir, name)};`);
  const adapted = nodes.reduce(
    (text, { url }, index) => text.replace(`node-${index + 1}:3000`, `${HOST}:${new URL(url).port}`),
    readFileSync(NGINX, 'utf8'),
  );
  return adapted.replace('listen 8080;', `listen ${HOST}:${port};`).replace('http {', `http {\n${folders.join('\n')}`);
}

export class SeveralNodes {
  /** Where nginx answers, without a slash at the end. */
  url = '';
  /** @type {Server[]} */
  nodes = [];
  /** @type {Program[]} */
  #programs = [];
  #dir;

  /** @param {string} dir */
  constructor(dir) {
    this.#dir = dir;
  }

  /** What all of them wrote. */
  get log() {
    return [...this.nodes, ...this.#programs].map(({ log }) => log).join('\n');
  }

  /** Starts three nodes and what they need. @param {Settings} [settings] */
  static async start(settings = {}) {
    const all = new SeveralNodes(await mkdtemp(join(tmpdir(), 'heartogether-nodes-')));
    try {
      await all.#start(settings);
    } catch (error) {
      await all.close();
      throw error;
    }
    return all;
  }

  /** @param {Settings} settings */
  async #start(settings) {
    chmodSync(this.#dir, 0o755);
    const [redisPort, postgresPort, port] = [await freePort(), await freePort(), await freePort()];
    const postgresDir = await mkdtemp(join(this.#dir, 'postgres-'));
    const redisDir = await mkdtemp(join(this.#dir, 'redis-'));
    const postgres = runPostgres(postgresDir, postgresPort);
    const redis = new Program('redis-server', [
      '--port', String(redisPort), '--bind', HOST, '--dir', redisDir, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always',
    ]);
    this.#programs.push(postgres, redis);
    await untilItAnswers(redisPort, () => redis.log);
    await untilItAnswers(postgresPort, () => postgres.log);
    const shared = {
      DATABASE_URL: `postgres://postgres@${HOST}:${postgresPort}/postgres`,
      REDIS_URL: `redis://${HOST}:${redisPort}`,
      JWT_SECRET: 'a secret that all nodes of a test share',
      TRUSTED_PROXIES: HOST,
      ...settings,
    };
    for (let number = 1; number <= 3; number++) this.nodes.push(await Server.start(shared));
    const nginxDir = await mkdtemp(join(this.#dir, 'nginx-'));
    const file = join(nginxDir, 'nginx.conf');
    await writeFile(file, configuration(nginxDir, port, this.nodes));
    const inFront = `daemon off; pid ${join(nginxDir, 'pid')}; error_log stderr;${process.getuid?.() === 0 ? ' user root;' : ''}`;
    const nginx = new Program(existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx', ['-p', nginxDir, '-c', file, '-e', 'stderr', '-g', inFront]);
    this.#programs.push(nginx);
    await untilItAnswers(port, () => nginx.log);
    this.url = `http://localhost:${port}`;
  }

  async close() {
    await Promise.all(this.nodes.map((node) => node.close()));
    const [postgres, ...others] = this.#programs;
    await Promise.all([postgres?.end(), ...others.map((program) => program.end('SIGTERM'))]);
    await rm(this.#dir, { recursive: true, force: true });
  }
}
