// A server for a test: on a free port, with an empty data folder, killed without warning at the end.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { serverBinary } from './build_target.mjs';

/** @typedef {Record<string, string>} Settings The server's settings, as environment variables. */

const READY = /HearTogether is ready at (http:\/\/\S+?:(\d+))/;
const START_MS = 20_000;

export class Server {
  /** Where it answers, without a slash at the end. */
  url = '';
  /** Everything it wrote, over all its lives. */
  log = '';
  /** What is started. */
  binary;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #port = '0';
  #settings;
  #dataDir;
  #core;

  /** @param {Settings} settings @param {string} dataDir @param {string} binary @param {number} [core] */
  constructor(settings, dataDir, binary, core) {
    this.#settings = settings;
    this.#dataDir = dataDir;
    this.#core = core;
    this.binary = binary;
  }

  /** Starts one with its own data, on one core if it is named. @param {Settings} [settings] @param {string} [binary] @param {number} [core] */
  static async start(settings = {}, binary = serverBinary, core) {
    const server = new Server(settings, await mkdtemp(join(tmpdir(), 'heartogether-')), binary, core);
    await server.start();
    return server;
  }

  /** Its id in the system, while it runs. */
  get pid() {
    return this.#process?.pid ?? NaN;
  }

  /** Changes its settings from the next start on. @param {Settings} settings */
  set(settings) {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Starts it, on the port and with the data it had before. Answers when it is ready. */
  async start() {
    const own = { PORT: this.#port, DATA_DIR: this.#dataDir, STUN_URLS: 'none' };
    // taskset(1) becomes the server.
    const command = this.#core === undefined ? [this.binary] : ['taskset', '-c', String(this.#core), this.binary];
    const child = spawn(command[0] ?? '', command.slice(1), {
      env: { ...process.env, ...own, ...this.#settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stderr.on('data', (text) => (this.log += text));
    await new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ what) => reject(new Error(`${this.binary} ${what}\n${this.log}`));
      const late = setTimeout(() => fail(`was not ready after ${START_MS} ms`), START_MS);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal} before it was ready`));
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.log += `${line}\n`;
        const ready = READY.exec(line);
        if (ready?.[1] && ready[2]) {
          clearTimeout(late);
          [this.url, this.#port] = [ready[1], ready[2]];
          resolve(undefined);
        }
      });
    });
  }

  /** Orders something on the command line, beside the running server. Answers with what is printed. @param {string[]} words */
  async order(...words) {
    const env = { ...process.env, DATA_DIR: this.#dataDir, ...this.#settings };
    return (await promisify(execFile)(this.binary, words, { env })).stdout;
  }

  /** `kill -9`: it can say goodbye to nobody. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Stops it as an operator does, and waits until it has gone. */
  async stop() {
    await this.#end('SIGTERM');
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#process;
    this.#process = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
  }

  /** Ends it and deletes its data. */
  async close() {
    await this.kill();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
