// A reverse proxy as operators use it: it passes on requests and WebSockets, and itself answers requests outside its path.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Proxy {
  /** Where it answers, without a path. */
  origin = '';
  /** Paths that were asked for beside its own. @type {string[]} */
  strayed = [];
  /** Paths that were passed on, in their order. @type {string[]} */
  passed = [];
  /** Whether it lets WebSockets through. */
  letsUpgrade = true;
  /** How many WebSockets it has let through. */
  upgraded = 0;
  #path;
  #takesOff;
  #port = 0;
  #server = createServer();
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  /** The two ends of each WebSocket. @type {Set<import('node:stream').Duplex[]>} */
  #upgraded = new Set();

  /** @param {string} path below which the site lies @param {boolean} takesOff whether the site's server does not see it */
  constructor(path, takesOff) {
    this.#path = path;
    this.#takesOff = takesOff;
  }

  /** @param {string} path @param {boolean} takesOff */
  static async start(path, takesOff) {
    const proxy = new Proxy(path, takesOff);
    proxy.#server.on('connection', (socket) => {
      proxy.#sockets.add(socket);
      socket.once('close', () => proxy.#sockets.delete(socket));
    });
    proxy.#server.on('request', (asked, answer) => proxy.#pass(asked, answer));
    proxy.#server.on('upgrade', (asked, socket, head) => proxy.#passSocket(asked, socket, head));
    await once(proxy.#server.listen(0, 'localhost'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.#server.address());
    proxy.origin = `http://localhost:${port}`;
    return proxy;
  }

  /** Passes on to the server at this URL from now on. @param {string} url */
  leadTo(url) {
    this.#port = Number(new URL(url).port);
  }

  /** Lets no WebSocket through any more, and cuts those that are open. */
  blockUpgrades() {
    this.letsUpgrade = false;
    for (const ends of this.#upgraded) for (const end of ends) end.destroy();
  }

  /** Passes on nothing more over the WebSockets that are open, and tells nobody. */
  freeze() {
    for (const ends of this.#upgraded) for (const end of ends) end.unpipe().pause();
  }

  async close() {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The path as the server is to see it; none for what is another's. @param {string} url */
  #inner(url) {
    if (url !== this.#path && !url.startsWith(`${this.#path}/`)) {
      this.strayed.push(url);
      return undefined;
    }
    return this.#takesOff ? url.slice(this.#path.length) || '/' : url;
  }

  /** @param {import('node:http').IncomingMessage} asked @param {import('node:http').ServerResponse} answer */
  #pass(asked, answer) {
    const path = this.#inner(asked.url ?? '/');
    if (path === undefined) {
      answer.writeHead(404).end();
      return;
    }
    this.passed.push(path);
    const { method, headers } = asked;
    const passed = request({ host: '127.0.0.1', port: this.#port, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.rawHeaders);
      // An event stream has to be passed on before anything is in it.
      answer.flushHeaders();
      told.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.once('close', () => passed.destroy());
    asked.pipe(passed);
  }

  /** @param {import('node:http').IncomingMessage} asked @param {import('node:stream').Duplex} socket @param {Buffer} head */
  #passSocket(asked, socket, head) {
    const path = this.#inner(asked.url ?? '/');
    if (path === undefined) {
      socket.destroy();
      return;
    }
    if (!this.letsUpgrade) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    this.upgraded += 1;
    const passed = connect(this.#port, '127.0.0.1', () => {
      const lines = asked.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
      passed.write(`GET ${path} HTTP/1.1\r\n${lines}\r\n`);
      passed.write(head);
      passed.pipe(socket).pipe(passed);
    });
    const ends = [passed, socket];
    this.#upgraded.add(ends);
    socket.once('close', () => this.#upgraded.delete(ends));
    for (const end of ends) end.on('error', () => (passed.destroy(), socket.destroy()));
  }
}
