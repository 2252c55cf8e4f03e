// The network between two browsers, in our hands: a listener's way to the host leads through ports of this process, which
// lose, delay, throttle and cut. No root, no kernel modules.
//
// A peer connection knows no way but the candidates it was told of. They are read off the page's signaling, and each is
// replaced by a gate that forwards to it. What a gate sends on comes from a port of its own for every sender, so that the
// answers find their way back through it too.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

/**
 * @typedef {object} Conditions How packets fare, in each direction.
 * @property {number} lossShare The share that is lost, at random.
 * @property {number} delayMs How long each one takes.
 * @property {number} jitterMs How much longer it may take, at random; a later one may overtake it.
 * @property {number} bitrateBps How much goes through, headers included. What does not waits, and not for long.
 */

/** Nothing stands in the way. @type {Conditions} */
export const FAIR = { lossShare: 0, delayMs: 0, jitterMs: 0, bitrateBps: Infinity };

/** How long a packet may wait at a narrow place before it is lost: a router's queue. */
const QUEUE_MS = 200;
/** The headers of IPv4 (RFC 791) and UDP (RFC 768), which a narrow place carries too. */
const HEADERS_BYTES = 20 + 8;
/** Where a candidate's port stands among its fields. */
const PORT = 5;
/** How a description carries a candidate. */
const ATTRIBUTE = 'a=';

/** A generator of numbers from 0 to 1 that repeats itself from run to run (Mulberry32). @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One direction of a path. */
class Lane {
  /** @type {Conditions} */
  conditions = FAIR;
  isCut = false;
  /** Packets that went through, and that did not. */
  counts = { carried: 0, lost: 0 };
  #random;
  #freeAt = 0;

  /** @param {number} seed */
  constructor(seed) {
    this.#random = randomFrom(seed);
  }

  /** @param {Buffer} packet @param {() => void} deliver */
  carry(packet, deliver) {
    const { lossShare, delayMs, jitterMs, bitrateBps } = this.conditions;
    const now = performance.now();
    const beginsAt = Math.max(now, this.#freeAt);
    if (this.isCut || this.#random() < lossShare || beginsAt - now > QUEUE_MS) {
      this.counts.lost += 1;
      return;
    }
    this.counts.carried += 1;
    this.#freeAt = beginsAt + ((packet.length + HEADERS_BYTES) * 8 * 1000) / bitrateBps;
    const afterMs = this.#freeAt - now + delayMs + this.#random() * jitterMs;
    if (afterMs > 0.5) setTimeout(deliver, afterMs);
    else deliver();
  }
}

/** A port that stands for an address: what comes in is sent there, and what comes back goes to whom it answers. */
class Gate {
  #front;
  /** @type {Map<string, import('node:dgram').Socket>} One socket a sender. */
  #backs = new Map();
  #isOpen = true;

  /** @param {string} address @param {number} port @param {Lane} there @param {Lane} back @param {Set<number>} ports */
  constructor(address, port, there, back, ports) {
    this.address = address;
    this.ports = ports;
    this.#front = this.#socket();
    this.#front.on('message', (packet, sender) => {
      const name = `${sender.address} ${sender.port}`;
      let behind = this.#backs.get(name);
      if (!behind) {
        behind = this.#socket();
        behind.on('message', (answer) => back.carry(answer, () => this.#send(this.#front, answer, sender.address, sender.port)));
        this.#backs.set(name, behind);
      }
      const socket = behind;
      there.carry(packet, () => this.#send(socket, packet, address, port));
    });
  }

  /** Opens, and answers with the port. @returns {Promise<number>} */
  async open() {
    this.#front.bind({ address: this.address });
    await once(this.#front, 'listening');
    return this.#front.address().port;
  }

  close() {
    this.#isOpen = false;
    for (const socket of [this.#front, ...this.#backs.values()]) socket.close();
  }

  #socket() {
    const socket = createSocket(isIP(this.address) === 6 ? 'udp6' : 'udp4');
    socket.on('listening', () => this.ports.add(socket.address().port));
    // A browser that has closed its port is no error here.
    return socket.on('error', () => {});
  }

  /** @param {import('node:dgram').Socket} socket @param {Buffer} packet @param {string} address @param {number} port */
  #send(socket, packet, address, port) {
    if (this.#isOpen) socket.send(packet, port, address);
  }
}

/** The path between a listener's page and the host. */
export class Path {
  /** What the listener sends, and what it is sent. */
  #up;
  #down;
  /** @type {Gate[]} */
  #gates = [];
  /**
   * Every port of the path: the other end of a selected pair is one of them, or the pair goes another way.
   * @type {Set<number>}
   */
  ports = new Set();

  /** @param {number} seed */
  constructor(seed) {
    this.#up = new Lane(seed);
    this.#down = new Lane(seed + 1);
  }

  /** Puts a path under a page that has not opened the room yet. @param {import('@playwright/test').Page} page */
  static async under(page, seed = 1) {
    const path = new Path(seed);
    await page.routeWebSocket('**/ws', (socket) => path.#follow(socket));
    return path;
  }

  /** Changes the conditions in both directions; what is not named is fair. @param {Partial<Conditions>} conditions */
  turn(conditions) {
    this.#up.conditions = this.#down.conditions = { ...FAIR, ...conditions };
  }

  /** Loses everything until {@link mend}. */
  cut() {
    this.#up.isCut = this.#down.isCut = true;
  }

  mend() {
    this.#up.isCut = this.#down.isCut = false;
  }

  /** The old path is dead for ever; only candidates that are told from now on lead to a new one. */
  move() {
    for (const gate of this.#gates.splice(0)) gate.close();
    this.ports.clear();
  }

  /** Packets so far, to the listener and from it. */
  counts() {
    return { down: { ...this.#down.counts }, up: { ...this.#up.counts } };
  }

  close() {
    this.move();
  }

  /** @param {import('@playwright/test').WebSocketRoute} socket */
  #follow(socket) {
    const server = socket.connectToServer();
    const fromListener = (/** @type {string} */ line) => this.#replace(line, this.#down, this.#up);
    const fromHost = (/** @type {string} */ line) => this.#replace(line, this.#up, this.#down);
    socket.onMessage(inOrder(async (frame) => server.send(await reroute(frame, fromListener))));
    server.onMessage(inOrder(async (frame) => socket.send(await reroute(frame, fromHost))));
  }

  /**
   * Opens a gate to a candidate (RFC 8839, section 5.1) and answers with the one that leads there; nothing for those that
   * are not of a network interface and UDP.
   * @param {string} line
   * @param {Lane} there
   * @param {Lane} back
   */
  async #replace(line, there, back) {
    const fields = line.split(' ');
    const [, , transport, , address = '', port, , type] = fields;
    if (transport?.toLowerCase() !== 'udp' || type !== 'host') return undefined;
    if (!isIP(address)) throw new Error(`a path can lead to an address only, not to ${address}`);
    const gate = new Gate(address, Number(port), there, back, this.ports);
    this.#gates.push(gate);
    fields[PORT] = String(await gate.open());
    return fields.join(' ');
  }
}

/**
 * Gates take a moment to open; frames keep their order meanwhile. What goes wrong with one is told and concerns no other.
 * @param {(frame: string | Buffer) => Promise<void>} handle
 */
function inOrder(handle) {
  let last = Promise.resolve();
  return (/** @type {string | Buffer} */ frame) => {
    last = last.then(() => handle(frame)).catch((error) => console.error('a frame was lost on its way:', error));
  };
}

/**
 * A frame with other candidates in it, those in descriptions included.
 * @param {string | Buffer} frame
 * @param {(line: string) => Promise<string | undefined>} replace
 */
async function reroute(frame, replace) {
  const message = JSON.parse(String(frame));
  const [signal = {}] = Object.values(message.room?.message?.signal?.signal ?? {});
  if (signal.sdp) {
    const lines = await Promise.all(
      String(signal.sdp)
        .split('\r\n')
        .map(async (line) => {
          if (!line.startsWith(`${ATTRIBUTE}candidate:`)) return [line];
          const replaced = await replace(line.slice(ATTRIBUTE.length));
          return replaced === undefined ? [] : [ATTRIBUTE + replaced];
        }),
    );
    signal.sdp = lines.flat().join('\r\n');
  }
  if (signal.candidates) {
    /** @type {{ candidate: string }[]} */
    const candidates = [];
    for (const each of signal.candidates) {
      // An empty one says that there are no more.
      const candidate = each.candidate === '' ? '' : await replace(each.candidate);
      if (candidate !== undefined) candidates.push({ ...each, candidate });
    }
    signal.candidates = candidates;
  }
  return JSON.stringify(message);
}
