// Several nodes for a test, on one Redis and one PostgreSQL, behind nginx with the configuration of deploy/: all real, on free ports.
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from './coturn.mjs';
import { Server } from './server.mjs';
import { HOST, Program, SharedStores, untilItAnswers } from './shared_stores.mjs';

/** @typedef {import('./server.mjs').Settings} Settings */

const NGINX = new URL('../deploy/compose/nginx.conf', import.meta.url);
const NGINX_NODES = new URL('../deploy/nginx-nodes.conf', import.meta.url);
const NGINX_SERVER = new URL('../deploy/nginx-nodes-server.conf', import.meta.url);

/** nginx's list of nodes from deploy/, with these. @param {Server[]} nodes */
function upstream(nodes) {
  const [listed] = /^upstream nodes \{.*?^\}/ms.exec(readFileSync(NGINX_NODES, 'utf8')) ?? [''];
  return nodes.reduce((text, { url }, index) => text.replace(`10.0.0.${index + 1}:3000`, `${HOST}:${new URL(url).port}`), listed);
}

/** nginx's configuration from deploy/ for these nodes, which have no name together, and this port. @param {string} dir @param {number} port @param {Server[]} nodes */
function configuration(dir, port, nodes) {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(dir, name)};`);
  return readFileSync(NGINX, 'utf8')
    .replace('listen 8080;', `listen ${HOST}:${port};`)
    .replace('set $nodes node:3000;', 'set $nodes nodes;')
    .replace('http {', () => ['http {', ...folders, upstream(nodes)].join('\n'));
}

export class SeveralNodes {
  /** Where nginx answers, without a slash at the end. */
  url = '';
  /** @type {Server[]} */
  nodes = [];
  /** @type {Program | undefined} */
  #nginx;
  #stores;

  /** @param {SharedStores} stores */
  constructor(stores) {
    this.#stores = stores;
  }

  /** What all of them wrote. */
  get log() {
    return [...this.nodes, this.#stores, ...(this.#nginx ? [this.#nginx] : [])].map(({ log }) => log).join('\n');
  }

  /** Starts three nodes and what they need. @param {Settings} [settings] */
  static async start(settings = {}) {
    const all = new SeveralNodes(await SharedStores.start());
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
    const [port, shared] = [await freePort(), { ...this.#stores.settings, TRUSTED_PROXIES: HOST, ...settings }];
    for (let number = 1; number <= 3; number++) this.nodes.push(await Server.start(shared));
    const nginxDir = await mkdtemp(join(this.#stores.dir, 'nginx-'));
    const file = join(nginxDir, 'nginx.conf');
    await writeFile(file, configuration(nginxDir, port, this.nodes));
    await copyFile(NGINX_SERVER, join(nginxDir, 'nginx-nodes-server.conf'));
    const inFront = `daemon off; pid ${join(nginxDir, 'pid')}; error_log stderr;${process.getuid?.() === 0 ? ' user root;' : ''}`;
    const nginx = new Program(existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx', ['-p', nginxDir, '-c', file, '-e', 'stderr', '-g', inFront]);
    this.#nginx = nginx;
    await untilItAnswers(port, () => nginx.log);
    this.url = `http://localhost:${port}`;
  }

  async close() {
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.#nginx?.end('SIGTERM');
    await this.#stores.close();
  }
}
