// Chromium with sound: how it is started, and the tones that it captures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { target } from './build_target.mjs';

/** @typedef {import('@playwright/test').LaunchOptions} LaunchOptions */

/** The tone of the page that is shared. */
export const TAB_TONE_HZ = 1000;
/** The tone of the microphone. */
export const MICROPHONE_TONE_HZ = 440;
/** The title of the page that is shared. */
export const TONE_TITLE = 'TONE';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const autoplay = '--autoplay-policy=no-user-gesture-required';

/** Plays without a tap. @type {LaunchOptions} */
export const listening = { executablePath, args: [...quiet, autoplay] };

/** Asks for a tap before the first sound, as browsers do. @type {LaunchOptions} */
export const cautious = { executablePath, args: [...quiet, '--autoplay-policy=user-gesture-required'] };

/** Shares the page titled TONE whenever a page asks for a tab. @type {LaunchOptions} */
export const capturing = {
  executablePath,
  args: [...quiet, autoplay, `--auto-select-tab-capture-source-by-title=${TONE_TITLE}`],
  ignoreDefaultArgs: ['--mute-audio'],
};

/** Has a microphone that hums, or hears a file. @param {string} [file] @returns {LaunchOptions} */
export function humming(file = hum()) {
  return { executablePath, args: [...quiet, autoplay, '--use-fake-ui-for-media-stream', ...microphones(file)] };
}

/**
 * Has microphones that hum, and shares the page titled TONE. Without the fake dialogue, which would pick the screen: the
 * context's permissions answer for the microphone. @returns {LaunchOptions}
 */
export function mixing() {
  return { ...capturing, args: [...(capturing.args ?? []), ...microphones(hum())] };
}

/** Microphones made of a file. @param {string} file */
function microphones(file) {
  return ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}`];
}

/**
 * A page that may use the microphone offers its addresses themselves. Any other hides them behind names that browsers look
 * up by multicast, which machines that run many browsers or containers answer late or never. @type {import('@playwright/test').BrowserContextOptions}
 */
export const reachable = { permissions: ['microphone'] };

/** Opens the page that is shared and lets it sound. @param {import('@playwright/test').BrowserContext} context */
export async function openTone(context) {
  const page = await context.newPage();
  await page.setContent(`<title>${TONE_TITLE}</title>`);
  await page.evaluate(async (frequency) => {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new GainNode(context, { gain: 0.3 })).connect(context.destination);
    oscillator.start();
    await context.resume();
  }, TAB_TONE_HZ);
  return page;
}

/** The file of the hum: whole periods, so it repeats without a click. */
function hum() {
  const file = join(target, 'end2end', 'microphone.wav');
  mkdirSync(join(target, 'end2end'), { recursive: true });
  writeFileSync(file, wave((s) => 0.3 * Math.sin(2 * Math.PI * MICROPHONE_TONE_HZ * s)));
  return file;
}

/** One second in 16-bit PCM. @param {(s: number) => number} amplitude At a time, between -1 and 1. */
export function wave(amplitude) {
  const rate = 48_000;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * rate, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * rate, 40);
  const samples = Int16Array.from({ length: rate }, (_, i) => 32_767 * amplitude(i / rate));
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
