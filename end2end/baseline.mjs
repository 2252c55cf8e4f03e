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

/** The Opus parameters of a description, which ask the other side's encoder for something. */
const OPUS_PARAMETERS = /^a=fmtp:111 .*$/gm;

/**
 * Captures in one page and plays in another.
 * @param {Page} host
 * @param {Page} listener
 * @param {'getUserMedia' | 'getDisplayMedia'} capture
 * @param {MediaStreamConstraints} constraints
 * @param {{ size?: number, plays?: boolean, opus?: string }} [connections] how many there are, whether they are played,
 *   and the Opus parameters that the encoder is asked for; one, played, with the browser's own unless said otherwise
 */
export async function connectBare(host, listener, capture, constraints, { size = 1, plays = true, opus } = {}) {
  const offers = await host.evaluate(offerBare, { capture, constraints, size });
  const answers = await listener.evaluate(answerBare, { offers, plays });
  const wanted = answers.map(({ type, sdp }) => ({ type, sdp: opus ? sdp.replace(OPUS_PARAMETERS, `a=fmtp:111 ${opus}`) : sdp }));
  await host.evaluate(acceptBare, wanted);
  await listener.waitForFunction(() =>
    /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).bare).every((peer) => peer.connectionState === 'connected'),
  );
}

/** @typedef {{ type: RTCSdpType, sdp: string }} Described */

/** Runs inside the host's page. @param {{ capture: 'getUserMedia' | 'getDisplayMedia', constraints: MediaStreamConstraints, size: number }} wanted */
async function offerBare({ capture, constraints, size }) {
  const stream = await navigator.mediaDevices[capture](constraints);
  for (const picture of stream.getVideoTracks()) picture.stop();
  const bare = Array.from({ length: size }, () => new RTCPeerConnection());
  Object.assign(window, { bare });
  return Promise.all(
    bare.map(async (peer) => {
      for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
      await peer.setLocalDescription();
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve(undefined);
      });
      return /** @type {Described} */ (peer.localDescription?.toJSON());
    }),
  );
}

/** Runs inside the listener's page. @param {{ offers: Described[], plays: boolean }} offered */
async function answerBare({ offers, plays }) {
  const bare = offers.map(() => new RTCPeerConnection());
  Object.assign(window, { bare });
  return Promise.all(
    bare.map(async (peer, number) => {
      if (plays) {
        const player = document.createElement('audio');
        player.autoplay = true;
        peer.ontrack = ({ streams }) => (player.srcObject = streams[0] ?? null);
        document.body.append(player);
      }
      await peer.setRemoteDescription(/** @type {Described} */ (offers[number]));
      await peer.setLocalDescription();
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve(undefined);
      });
      return /** @type {Described} */ (peer.localDescription?.toJSON());
    }),
  );
}

/** Runs inside the host's page. @param {Described[]} answers */
async function acceptBare(answers) {
  const { bare } = /** @type {{ bare: RTCPeerConnection[] }} */ (/** @type {any} */ (window));
  await Promise.all(answers.map((answer, number) => bare[number]?.setRemoteDescription(answer)));
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
