// Many listeners on one page: each a guest with a connection and a peer connection of its own, who speaks the protocol of
// docs/protocol.md and plays nothing, so that a machine with few cores can measure the host.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

import { request } from '@playwright/test';

import { reachable } from './chromium.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */

/** The cookies of a new guest, as a browser sends them. @param {string} url @param {string} name */
async function guestCookie(url, name) {
  const visitor = await request.newContext({ baseURL: url });
  const form = /<form[^>]* action="([^"]+)"/.exec(await (await visitor.get('/login')).text());
  if (!form?.[1]) throw new Error('the sign-in page has a form');
  await visitor.post(form[1], { form: { name, next: '/' } });
  const { cookies } = await visitor.storageState();
  await visitor.dispose();
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

/**
 * A page has one session; the door gives each of its sockets another one.
 * @param {string} url The server's.
 * @param {string[]} cookies Those of the guests: `/ws?guest=2` comes in with the third ones.
 */
async function openDoor(url, cookies) {
  const { hostname, port } = new URL(url);
  const door = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  door.on('upgrade', (incoming, near, head) => {
    const far = connect(Number(port), hostname);
    const guest = Number(new URL(incoming.url ?? '', url).searchParams.get('guest'));
    const headers = { ...incoming.headers, cookie: cookies[guest] };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    far.write(`GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`);
    far.write(head);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => [near, far].forEach((end) => end.destroy()));
    }
    near.pipe(far);
    far.pipe(near);
  });
  door.listen(0, hostname);
  await once(door, 'listening');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('a door has a port');
  return { url: `http://${hostname}:${address.port}`, close: () => door.close() };
}

/**
 * Brings listeners into a room and waits until sound flows to all of them.
 * @param {Browser} browser
 * @param {string} url
 * @param {string} code
 * @param {number} size
 */
export async function gather(browser, url, code, size) {
  const cookies = [];
  for (let i = 0; i < size; i++) cookies.push(await guestCookie(url, `Guest ${i + 1}`));
  const door = await openDoor(url, cookies);
  const context = await browser.newContext({ ...reachable, baseURL: door.url });
  const page = await context.newPage();
  await page.goto('/');
  await page.evaluate(comeIn, { code, size });
  await page.waitForFunction(
    (size) => /** @type {any} */ (window).crowd.filter((/** @type {any} */ guest) => guest.peer?.connectionState === 'connected').length === size,
    size,
    { timeout: 60_000 },
  );
  return {
    /** Lets each react and write so many times a second. @param {{ reactions: number, messages: number }} each */
    chatter: (each) => page.evaluate(chatter, each),
    /** How often one of them was refused something so far, by the refusal. @returns {Promise<Record<string, number>>} */
    refusals: () => page.evaluate(() => /** @type {any} */ (window).refusals),
    close: async () => {
      await context.close();
      door.close();
    },
  };
}

/** Runs inside the page. @param {{ code: string, size: number }} room */
function comeIn({ code, size }) {
  /** @typedef {{ candidate: string, sdp_mid?: string, sdp_m_line_index?: number }} Candidate */
  /** @type {Record<string, number>} */
  const refusals = {};
  const crowd = Array.from({ length: size }, (_, guest) => {
    const socket = new WebSocket(`ws://${location.host}/ws?guest=${guest}`);
    const say = (/** @type {unknown} */ message) => socket.send(JSON.stringify({ room: { room: code, message } }));
    /** @type {{ say: (message: unknown) => void, peer?: RTCPeerConnection }} */
    const member = { say };
    /** @type {Promise<unknown>} */
    let described = Promise.resolve();

    /** @param {string} to @param {any} signal */
    const take = async (to, { offer, candidates }) => {
      const answer = (/** @type {object} */ signal) => say({ signal: { to, signal } });
      if (offer) {
        const { negotiation, sdp } = offer;
        member.peer?.close();
        const peer = (member.peer = new RTCPeerConnection());
        peer.onicecandidate = ({ candidate }) => {
          if (!candidate?.candidate) return;
          const { sdpMid, sdpMLineIndex } = candidate;
          const told = { candidate: candidate.candidate, sdp_mid: sdpMid, sdp_m_line_index: sdpMLineIndex };
          answer({ candidates: { negotiation, candidates: [told] } });
        };
        described = peer.setRemoteDescription({ type: 'offer', sdp });
        await described;
        const description = await peer.createAnswer();
        answer({ answer: { negotiation, sdp: description.sdp } });
        await peer.setLocalDescription(description);
      } else if (candidates) {
        await described;
        for (const { candidate, sdp_mid, sdp_m_line_index } of /** @type {Candidate[]} */ (candidates.candidates)) {
          await member.peer?.addIceCandidate({ candidate, sdpMid: sdp_mid ?? null, sdpMLineIndex: sdp_m_line_index ?? null });
        }
      }
    };
    socket.onopen = () => {
      socket.send(JSON.stringify({ hello: { protocol: 2 } }));
      say({ join: { role: 'listener' } });
    };
    socket.onmessage = ({ data }) => {
      const said = JSON.parse(data);
      const { refused, signal } = said.room?.message ?? said;
      if (refused) refusals[refused.refusal] = (refusals[refused.refusal] ?? 0) + 1;
      if (signal) void take(signal.from, signal.signal);
    };
    return member;
  });
  Object.assign(window, { crowd, refusals });
}

/** Runs inside the page. @param {{ reactions: number, messages: number }} each */
function chatter({ reactions, messages }) {
  const page = /** @type {any} */ (window);
  for (const timer of page.timers ?? []) clearInterval(timer);
  page.timers = [];
  const kinds = ['❤️', '👍', '😭', '😍', '👏', '🔥', '🎉', '😮', '🙏', '😂', '🤯', '💯'];
  let said = 0;
  for (const { say } of page.crowd) {
    const often = (/** @type {number} */ times, /** @type {() => void} */ act) => {
      if (times > 0) page.timers.push(setInterval(act, 1000 / times));
    };
    often(reactions, () => say({ react: { reaction: kinds[said++ % kinds.length] } }));
    often(messages, () => say({ write: { nonce: said++, text: `That is message ${said}, and a good one` } }));
  }
}
