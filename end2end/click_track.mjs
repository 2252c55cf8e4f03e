// Sharp sounds, one a second, and when each passes by: into the microphone, out of the tab that is shared, to the ear.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { humming, TONE_TITLE, wave } from './chromium.mjs';
import { target } from './build_target.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** How long one sounds, and how high: long enough for noise suppression, short against the second that follows. */
const BURST = { ms: 20, hz: 1000 };

/** Has a microphone that hears a burst each second. @returns {import('@playwright/test').LaunchOptions} */
export function burstingMicrophone() {
  const file = join(target, 'end2end', 'bursts.wav');
  mkdirSync(join(target, 'end2end'), { recursive: true });
  const isBurst = (/** @type {number} */ s) => s < BURST.ms / 1000;
  writeFileSync(file, wave((s) => (isBurst(s) ? 0.7 * Math.sin(2 * Math.PI * BURST.hz * s) : 0)));
  return humming(file);
}

/** Opens the tab that is shared and lets it burst each second. @param {import('@playwright/test').BrowserContext} context */
export async function openBursts(context) {
  const page = await context.newPage();
  await page.setContent(`<title>${TONE_TITLE}</title>`);
  await page.evaluate(async ({ ms, hz }) => {
    const context = new AudioContext({ sampleRate: 48_000 });
    const buffer = context.createBuffer(1, 48_000, 48_000);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < ms * 48; i++) samples[i] = 0.7 * Math.sin((2 * Math.PI * hz * i) / 48_000);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(context.destination);
    await context.resume();
    const startedAtS = context.currentTime + 0.5;
    source.start(startedAtS);
    /** @type {number[]} */
    const bursts = [];
    Object.assign(window, { bursts });
    // Told again and again, since the clock of the sound and that of the page drift apart.
    setInterval(() => {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      if (contextTime === undefined || performanceTime === undefined || contextTime < startedAtS) return;
      const sinceBurstS = (contextTime - startedAtS) % 1;
      bursts[Math.floor(contextTime - startedAtS)] = performance.timeOrigin + performanceTime - sinceBurstS * 1000;
    }, 500);
  }, BURST);
  return page;
}

/**
 * Runs inside a page before anything else, given to `addInitScript`: notes when bursts come out of the page's microphone
 * and out of its peer connections. Read them with {@link readBursts}.
 */
export function noteBursts() {
  const HEARD = 0.02;
  const QUIET_MS = 300;
  const COLLECTED_MS = 40;
  /** @type {number[]} */
  const bursts = [];
  Object.assign(window, { bursts });

  /** @param {MediaStreamTrack} track */
  const follow = async (track) => {
    const { readable } = new /** @type {any} */ (window).MediaStreamTrackProcessor({ track, maxBufferSize: 100 });
    /** @type {{ at: number, samples: number[] }} */
    let kept = { at: 0, samples: [] };
    let quietMs = 0;
    let isCollecting = false;
    for await (const frame of readable) {
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const at = performance.timeOrigin + frame.timestamp / 1000;
      const lengthMs = frame.duration / 1000;
      const rateKhz = frame.sampleRate / 1000;
      frame.close();
      const isQuiet = samples.every((x) => Math.abs(x) < HEARD);
      if (!isCollecting) {
        // The frame before counts too: a codec lets a burst begin a little before its time.
        const before = quietMs > 0 ? kept.samples.slice(-samples.length) : [];
        kept = { at: at - before.length / rateKhz, samples: [...before, ...samples] };
        isCollecting = !isQuiet && quietMs >= QUIET_MS;
      } else {
        kept.samples.push(...samples);
      }
      quietMs = isQuiet ? quietMs + lengthMs : 0;
      if (isCollecting && kept.samples.length >= COLLECTED_MS * rateKhz) {
        const peak = Math.max(...kept.samples.map(Math.abs));
        bursts.push(kept.at + kept.samples.findIndex((x) => Math.abs(x) >= 0.3 * peak) / rateKhz);
        isCollecting = false;
      }
    }
  };

  const original = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (/** @type {any} */ constraints) {
    const stream = await original.call(this, constraints);
    for (const track of stream.getAudioTracks()) void follow(track);
    return stream;
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => void follow(track));
    }
  };
}

/** When bursts passed by, in milliseconds since 1970. @param {Page} page @returns {Promise<number[]>} */
export function readBursts(page) {
  return page.evaluate(() => /** @type {any} */ (window).bursts.filter(Number.isFinite));
}

/**
 * How far a page's clock is ahead of this process's, and how far that may be wrong, from the quickest of some questions. A
 * difference that the questions' own time explains is none.
 * @param {Page} page
 */
export async function clockOffset(page) {
  let best = { offsetMs: 0, errorMs: Infinity };
  for (let i = 0; i < 50; i++) {
    const asked = performance.timeOrigin + performance.now();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const told = performance.timeOrigin + performance.now();
    const errorMs = (told - asked) / 2;
    if (errorMs < best.errorMs) best = { offsetMs: there - (asked + told) / 2, errorMs };
  }
  return Math.abs(best.offsetMs) <= best.errorMs ? { ...best, offsetMs: 0 } : best;
}
