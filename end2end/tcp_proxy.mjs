// A page's connection to the server, under the test's control: a port that passes everything on until it is cut.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** @typedef {import('node:net').Socket} Socket */

export class Line {
  /** Where a page finds the server at the other end. */
  url = '';
  #isCut = false;
  /** @type {Set<Socket>} */
  #sockets = new Set();
  #listener;

  /** @param {string} hostname @param {number} port */
  constructor(hostname, port) {
    this.#listener = createServer((near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(port, hostname);
      for (const [socket, other] of /** @type {[Socket, Socket][]} */ ([[near, far], [far, near]])) {
        socket.setNoDelay(true);
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  /** A line to the server at this address. @param {string} url */
  static async to(url) {
    const { hostname, port, origin } = new URL(url);
    const line = new Line(hostname, Number(port));
    line.#listener.listen(0, hostname);
    await once(line.#listener, 'listening');
    const address = line.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('a line has a port');
    line.url = origin.replace(port, String(address.port));
    return line;
  }

  /** Breaks every connection, without a word to either end, and every new one until {@link mend}. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend() {
    this.#isCut = false;
  }

  close() {
    this.cut();
    this.#listener.close();
  }
}
