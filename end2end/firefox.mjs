// Firefox for tests, driven over WebDriver BiDi: Playwright drives a build of its own only, which Debian's is not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import puppeteer from 'puppeteer-core';

/** @typedef {import('puppeteer-core').Page} FirefoxPage */
/** @typedef {import('puppeteer-core').Browser} Firefox */

/** The browser that ./dev found; empty where there is none. */
export const executablePath = process.env['FIREFOX'] ?? '';

/** The tone of Firefox's own fake microphone. */
export const FIREFOX_TONE_HZ = 700;

const START_MS = 20_000;

/**
 * A sound server of the tests' own, whose one device plays to nobody: without a device Firefox keeps Web Audio suspended,
 * so that nothing could be measured. Only Linux needs it.
 */
async function startSoundServer() {
  const folder = await mkdtemp(join(tmpdir(), 'heartogether-pulse-'));
  const socket = join(folder, 'native');
  const script = join(folder, 'script.pa');
  await writeFile(script, `load-module module-null-sink rate=48000\nload-module module-native-protocol-unix socket=${socket} auth-anonymous=1\n`);
  const server = spawn('pulseaudio', ['-n', '-F', script, '--exit-idle-time=-1', '--disable-shm=yes', '--daemonize=no'], {
    env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const isThere = () => access(socket).then(() => true, () => false);
  for (const started = Date.now(); !(await isThere()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (server.exitCode !== null || Date.now() - started > START_MS) throw new Error('pulseaudio does not start');
  }
  return {
    address: `unix:${socket}`,
    close: async () => {
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts one whose fake microphone sounds and may be used, and whose players play without a tap.
 * @returns {Promise<{ browser: Firefox, close(): Promise<void> }>}
 */
export async function launchFirefox() {
  const sound = process.platform === 'linux' ? await startSoundServer() : undefined;
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    env: sound ? { ...process.env, PULSE_SERVER: sound.address } : process.env,
    extraPrefsFirefox: {
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.navigator.streams.fake': true,
      'media.navigator.audio.fake_frequency': FIREFOX_TONE_HZ,
      'media.navigator.permission.disabled': true,
      // Both ends are on this machine, which need not be in a network that answers multicast.
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await sound?.close();
    },
  };
}

/** A button, link or field by what a screen reader says. @param {FirefoxPage} page @param {string} role @param {string} name */
export const byRole = (page, role, name) => page.locator(`::-p-aria([role="${role}"][name="${name}"])`);

/** Waits until the page shows this state. @param {FirefoxPage} page @param {string} state */
export const showsState = (page, state) => page.waitForSelector(`main[data-state="${state}"]`);

/** Waits until the page's text holds this. @param {FirefoxPage} page @param {string} text */
export const says = (page, text) =>
  page.waitForFunction((text) => document.querySelector('main')?.innerText.includes(text), {}, text);
