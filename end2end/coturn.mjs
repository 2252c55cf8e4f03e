// A real TURN server for a test: coturn on a free port of the loopback interface, with a shared secret.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = '127.0.0.1';
const READY = /Relay ports initialization done|listener opened on/;
const START_MS = 10_000;

/** A port that is free for TCP and UDP alike. */
export async function freePort() {
  for (;;) {
    const tcp = createServer().listen(0, HOST);
    await once(tcp, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (tcp.address());
    const udp = createSocket('udp4');
    const bound = await new Promise((resolve) => {
      udp.once('error', () => resolve(false));
      udp.bind(port, HOST, () => resolve(true));
    });
    if (bound) udp.close();
    tcp.close();
    await once(tcp, 'close');
    if (bound) return port;
  }
}

export class Coturn {
  /** What it wrote. */
  log = '';
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;

  /** @param {number} port @param {string} dir */
  constructor(port, dir) {
    this.port = port;
    this.dir = dir;
  }

  /** Starts one that takes passwords made from `secret`. @param {string} secret */
  static async start(secret) {
    const server = new Coturn(await freePort(), await mkdtemp(join(tmpdir(), 'coturn-')));
    await server.#start(secret);
    return server;
  }

  /** @param {'udp' | 'tcp'} transport */
  url(transport) {
    return `turn:${HOST}:${this.port}?transport=${transport}`;
  }

  /** @param {string} secret */
  async #start(secret) {
    const options = [
      '-n', '--no-cli', '--no-tls', '--no-dtls', '--fingerprint', '--allow-loopback-peers', '--simple-log',
      '--log-file=stdout', '--realm=heartogether.test', '--use-auth-secret', `--static-auth-secret=${secret}`,
      `--listening-ip=${HOST}`, `--relay-ip=${HOST}`, `--listening-port=${this.port}`,
      `--pidfile=${join(this.dir, 'pid')}`, `--db=${join(this.dir, 'db')}`,
    ];
    const child = spawn('turnserver', options, { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    await new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ what) => reject(new Error(`coturn ${what}\n${this.log}`));
      const late = setTimeout(() => fail(`was not ready after ${START_MS} ms`), START_MS);
      const read = (/** @type {Buffer} */ text) => {
        this.log += text;
        if (READY.test(this.log)) {
          clearTimeout(late);
          resolve(undefined);
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    });
  }

  async close() {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(this.dir, { recursive: true, force: true });
  }
}
