// The least that carries sound from one page to another: a capture and one peer connection, and nothing of ours. What our
// pages take beyond it, in time or in CPU, is theirs.
import { reachable } from './chromium.mjs';

/** @typedef {import('@playwright/test').Browser} Browser */
/** @typedef {import('@playwright/test').Page} Page */

const PATH = '/bare';

/** A page with nothing on it, of an origin that may capture. @param {Browser} browser @param {string} url */
export async function barePage(browser, url) {
  const context = await browser.newContext({ ...reachable, baseURL: url });
  const page = await context.newPage();
  await page.route(`**${PATH}`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>bare</title>' }));
  await page.goto(PATH);
  return page;
}

/**
 * Captures in one page and plays in another.
 * @param {Page} host
 * @param {Page} listener
 * @param {'getUserMedia' | 'getDisplayMedia'} capture
 * @param {MediaStreamConstraints} constraints
 */
export async function connectBare(host, listener, capture, constraints) {
  const offer = await host.evaluate(
    async ({ capture, constraints }) => {
      const stream = await navigator.mediaDevices[capture](constraints);
      for (const picture of stream.getVideoTracks()) picture.stop();
      const peer = new RTCPeerConnection();
      Object.assign(window, { peer });
      for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
      await peer.setLocalDescription();
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve(undefined);
      });
      return peer.localDescription?.toJSON();
    },
    { capture, constraints },
  );
  const answer = await listener.evaluate(async (offer) => {
    const peer = new RTCPeerConnection();
    Object.assign(window, { peer });
    const player = document.createElement('audio');
    player.autoplay = true;
    peer.ontrack = ({ streams }) => (player.srcObject = streams[0] ?? null);
    document.body.append(player);
    await peer.setRemoteDescription(offer);
    await peer.setLocalDescription();
    await new Promise((resolve) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve(undefined);
    });
    return peer.localDescription?.toJSON();
  }, /** @type {any} */ (offer));
  await host.evaluate(async (answer) => {
    const { peer } = /** @type {Window & { peer?: RTCPeerConnection }} */ (window);
    await peer?.setRemoteDescription(answer);
  }, /** @type {any} */ (answer));
  await listener.waitForFunction(() => /** @type {any} */ (window).peer.connectionState === 'connected');
}

/**
 * Runs inside a page before anything else, given to `addInitScript`: keeps what the page asks captures for, so that a bare
 * page can ask for the same. Read it with {@link readCapture}.
 */
export function keepCaptures() {
  /** @type {{ capture: string, constraints: unknown }[]} */
  const captures = [];
  Object.assign(window, { captures });
  for (const capture of /** @type {const} */ (['getUserMedia', 'getDisplayMedia'])) {
    const original = MediaDevices.prototype[capture];
    MediaDevices.prototype[capture] = function (/** @type {any} */ constraints) {
      captures.push({ capture, constraints: JSON.parse(JSON.stringify(constraints ?? {})) });
      return original.call(this, constraints);
    };
  }
}

/**
 * The last capture that a page asked for.
 * @param {Page} page
 * @returns {Promise<{ capture: 'getUserMedia' | 'getDisplayMedia', constraints: MediaStreamConstraints }>}
 */
export function readCapture(page) {
  return page.evaluate(() => /** @type {any} */ (window).captures.at(-1));
}
