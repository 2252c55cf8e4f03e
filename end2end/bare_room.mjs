// The least that comes back after a reload: two pages of a few lines, a socket between them, one peer connection. What our pages
// take beyond it is theirs; what it takes itself is the browser's.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @typedef {import('node:stream').Duplex} Duplex */

/** What a server adds to a WebSocket's key (RFC 6455, section 1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;

/** Runs in the host's page. Its source is asked for as early as may be: a microphone by itself, a tab with a click. */
function host() {
  const socket = new WebSocket(`ws://${location.host}/host`);
  const { capture, constraints } = JSON.parse(document.documentElement.dataset['source'] ?? '');
  const isTab = capture === 'getDisplayMedia';
  const ask = () => /** @type {any} */ (navigator.mediaDevices)[capture](constraints);
  /** @type {Promise<MediaStream>} */
  const source = isTab
    ? new Promise((resolve) => addEventListener('click', () => resolve(ask()), { once: true }))
    : ask();
  /** @type {RTCPeerConnection | undefined} */
  let peer;
  const say = (/** @type {object} */ message) => socket.send(JSON.stringify(message));
  const offer = async () => {
    const offered = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceCandidatePoolSize: 4 });
    peer?.close();
    peer = offered;
    offered.onicecandidate = ({ candidate }) => candidate && say({ candidate });
    const { sender } = offered.addTransceiver('audio', { direction: 'sendonly', streams: [new MediaStream()] });
    void source.then((stream) => {
      for (const picture of stream.getVideoTracks()) picture.stop();
      return sender.replaceTrack(stream.getAudioTracks()[0] ?? null);
    });
    await offered.setLocalDescription();
    say({ description: offered.localDescription });
  };
  socket.onmessage = async ({ data }) => {
    const { came, description, candidate } = JSON.parse(data);
    if (came) await offer();
    if (description) await peer?.setRemoteDescription(description);
    if (candidate) await peer?.addIceCandidate(candidate);
  };
}

/** Runs in the listener's page. */
function listener() {
  const socket = new WebSocket(`ws://${location.host}/listener`);
  const player = document.createElement('audio');
  player.dataset['testid'] = 'stream';
  player.autoplay = true;
  /** @type {RTCPeerConnection | undefined} */
  let peer;
  const say = (/** @type {object} */ message) => socket.send(JSON.stringify(message));
  /** Messages are taken one after the other. */
  let before = Promise.resolve();
  const take = async (/** @type {string} */ data) => {
    const { description, candidate } = JSON.parse(data);
    if (description) {
      peer?.close();
      peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      peer.onicecandidate = ({ candidate }) => candidate && say({ candidate });
      peer.ontrack = ({ track }) => (player.srcObject = new MediaStream([track]));
      await peer.setRemoteDescription(description);
      await peer.setLocalDescription();
      say({ description: peer.localDescription });
    }
    if (candidate) await peer?.addIceCandidate(candidate);
  };
  socket.onmessage = ({ data }) => void (before = before.then(() => take(data)));
}

const page = (/** @type {() => void} */ script, source = {}) =>
  `<!doctype html><html data-source='${JSON.stringify(source)}'><title>bare</title><button>Share</button><script>(${script})()</script></html>`;

/** A text of up to 64 kB as the server sends it (RFC 6455, section 5.2). @param {string} text */
function frame(text) {
  const bytes = Buffer.from(text);
  const head = bytes.length < 126 ? [TEXT, bytes.length] : [TEXT, 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** The whole texts at the beginning of what a page has sent, and how many bytes they took. @param {Buffer} sent */
function readFrames(sent) {
  const texts = [];
  let at = 0;
  while (sent.length >= at + 6) {
    const short = (sent[at + 1] ?? 0) & 127;
    const [length, start] = short < 126 ? [short, at + 2] : [sent.length >= at + 4 ? sent.readUInt16BE(at + 2) : Infinity, at + 4];
    if (sent.length < start + 4 + length) break;
    const [mask, masked] = [sent.subarray(start, start + 4), sent.subarray(start + 4, start + 4 + length)];
    if (sent[at] === TEXT) texts.push(Buffer.from(masked.map((byte, i) => byte ^ (mask[i % 4] ?? 0))).toString());
    at = start + 4 + length;
  }
  return { texts, length: at };
}

/** A server for one host and one listener. Every message of the one goes to the other. */
export class BareRoom {
  url = '';
  /** @type {Map<string, Duplex>} */
  #sockets = new Map();
  #server;

  /** @param {object} source what the host asks the browser for: `capture` and `constraints` */
  constructor(source) {
    const pages = new Map([['/host', page(host, source)], ['/listener', page(listener)]]);
    this.#server = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(pages.get(request.url ?? '') ?? '');
    });
    this.#server.on('upgrade', (request, socket) => this.#connect(request, socket));
  }

  /** @param {object} source */
  static async open(source) {
    const room = new BareRoom(source);
    room.#server.listen(0, '127.0.0.1');
    await once(room.#server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (room.#server.address());
    room.url = `http://127.0.0.1:${port}`;
    return room;
  }

  /** @param {import('node:http').IncomingMessage} request @param {Duplex} socket */
  #connect({ url = '', headers }, socket) {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    /** @type {import('node:net').Socket} */ (socket).setNoDelay(true);
    const other = () => this.#sockets.get(url === '/host' ? '/listener' : '/host');
    this.#sockets.set(url, socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.get(url) === socket && this.#sockets.delete(url));
    let sent = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      const { texts, length } = readFrames((sent = Buffer.concat([sent, bytes])));
      sent = sent.subarray(length);
      for (const text of texts) other()?.write(frame(text));
    });
    if (other()) this.#sockets.get('/host')?.write(frame('{"came":true}'));
  }

  close() {
    this.#sockets.forEach((socket) => socket.destroy());
    this.#server.close();
  }
}
