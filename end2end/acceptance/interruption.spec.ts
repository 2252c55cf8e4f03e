// Interruptions of the host's sound, and what host and listeners are told about them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { humming, openTone, reachable, wave } from '../chromium.mjs';
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, hearTogether, measure } from '../tone_detection';
import { target } from '../build_target.mjs';
import { button, createRoom, hasLink, listen, main, shareTab, showsState, useMicrophone } from '../page_actions';

const BOTH = [MICROPHONE_TONE_HZ, TAB_TONE_HZ];
/** How often the host's page looks at the microphone, in milliseconds. */
const LOOK_MS = 500;
/** Milliseconds in which the pages tell of a silence: 2 s, a look at the microphone, and half a second on the way to the listener. */
const TOLD_MS = 2_000 + LOOK_MS + 500;

/** Notes in the page when its main part first says `text`. Call it before that; the promise gives the time in milliseconds. */
async function noteWhenTold(page: Page, text: string): Promise<() => Promise<number>> {
  await page.evaluate((text) => {
    const toldAt = new Promise<number>((resolve) => {
      const look = () => {
        if (document.querySelector('main')?.textContent?.includes(text)) resolve(Date.now());
      };
      new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
      look();
    });
    Object.assign(window, { toldAt });
  }, text);
  return async () => {
    await expect(main(page)).toContainText(text, { timeout: 10_000 });
    return page.evaluate(() => (window as unknown as { toldAt: Promise<number> }).toldAt);
  };
}

/**
 * Keeps the page's audio contexts, and lets a test say whether the browser starts them again: give it to `addInitScript`. Where they
 * may not run from the beginning, it does not start them either.
 */
function keepContexts(mayRun = true): void {
  const page = window as unknown as { contexts: AudioContext[]; mayResume: boolean };
  [page.contexts, page.mayResume] = [[], mayRun];
  window.AudioContext = class extends AudioContext {
    constructor(options?: AudioContextOptions) {
      super(options);
      page.contexts.push(this);
      if (!mayRun) void this.suspend();
    }
    override resume(): Promise<void> {
      return page.mayResume ? super.resume() : Promise.reject(new DOMException('', 'InvalidStateError'));
    }
  };
}
type Kept = Window & { contexts: AudioContext[]; mayResume: boolean };

/** Stops all contexts, as a call or sleep does. */
const stopContexts = (page: Page, mayResume: boolean) =>
  page.evaluate(async (mayResume) => {
    const kept = window as unknown as Kept;
    kept.mayResume = mayResume;
    await Promise.all(kept.contexts.filter(({ state }) => state === 'running').map((context) => context.suspend()));
  }, mayResume);

/** When a page could know for the first time what its microphone gives, by each way to know it, in milliseconds. */
interface Known {
  byMeter?: number;
  byCounters?: number;
}

/** Notes when the meter begins to measure, and when a peer connection begins to count: give it to `addInitScript`. */
function noteWhenKnown(): void {
  const known: Known = {};
  Object.assign(window, { known });
  const measure = AnalyserNode.prototype.getFloatTimeDomainData;
  AnalyserNode.prototype.getFloatTimeDomainData = function (samples) {
    known.byMeter ??= Date.now();
    measure.call(this, samples);
  };
  const count = RTCRtpSender.prototype.getStats;
  RTCRtpSender.prototype.getStats = async function () {
    const report = await count.call(this);
    report.forEach(({ type, totalSamplesDuration }) => {
      if (type === 'media-source' && totalSamplesDuration > 0) known.byCounters ??= Date.now();
    });
    return report;
  };
}

const whenKnown = (page: Page) => page.evaluate(() => (window as unknown as { known: Known }).known);

/** Tab and microphone together, and somebody who hears both. */
async function mixed(host: Page, listener: Page): Promise<void> {
  const code = await createRoom(host, 'Ada');
  await shareTab(host);
  await button(host, 'Add the microphone').click();
  await listen(listener, code);
  await hearTogether(listener, BOTH);
}

test('a mixer that the browser stops is started again', async ({ mixHost, newVisitor }) => {
  await mixHost.addInitScript(keepContexts);
  const listener = await newVisitor();
  await mixed(mixHost, listener);
  await stopContexts(mixHost, true);
  const states = () => mixHost.evaluate(() => (window as unknown as Kept).contexts.map(({ state }) => state));
  await expect.poll(states).toEqual(['running']);
  await hearTogether(listener, BOTH);
  await expect(main(mixHost)).not.toContainText('stopped mixing');
});

test('while the mixer is stopped, one source is sent without it', async ({ mixHost, newVisitor }) => {
  await mixHost.addInitScript(keepContexts);
  const listener = await newVisitor();
  await mixed(mixHost, listener);
  await stopContexts(mixHost, false);
  await expect(main(mixHost)).toContainText('The browser has stopped mixing your sound');
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  await button(mixHost, 'Mute the tab').click();
  await hearTogether(listener, [MICROPHONE_TONE_HZ], [TAB_TONE_HZ]);
  await button(mixHost, 'Mute the tab').click();
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  await showsState(listener, 'listening');

  // A tap anywhere starts it, once the browser lets it.
  await mixHost.evaluate(() => Object.assign(window, { mayResume: true }));
  await mixHost.getByRole('heading', { name: 'Your room' }).click();
  await hearTogether(listener, BOTH);
  await expect(main(mixHost)).not.toContainText('stopped mixing');
});

test('a microphone beside a tab loses the tab’s echo, unless the host wears headphones', async ({ mixHost, newVisitor }) => {
  await mixHost.addInitScript(() => {
    const captured: [MediaStreamConstraints, MediaStream][] = [];
    Object.assign(window, { captured });
    for (const kind of ['getUserMedia', 'getDisplayMedia'] as const) {
      const capture = MediaDevices.prototype[kind];
      MediaDevices.prototype[kind] = async function (constraints) {
        const stream = await capture.call(this, constraints);
        captured.push([constraints ?? {}, stream]);
        return stream;
      };
    }
  });
  const listener = await newVisitor();
  await mixed(mixHost, listener);
  type Captured = Window & { captured: [DisplayMediaStreamOptions & { selfBrowserSurface?: string }, MediaStream][] };
  const display = await mixHost.evaluate(() => {
    const [constraints] = (window as unknown as Captured).captured[0]!;
    const audio = constraints.audio as MediaTrackConstraints & { restrictOwnAudio?: boolean };
    return [constraints.selfBrowserSurface, audio.restrictOwnAudio];
  });
  expect(display).toEqual(['exclude', true]);
  const processing = () =>
    mixHost.evaluate(() => {
      const [, stream] = (window as unknown as Captured).captured.at(-1)!;
      const { echoCancellation, noiseSuppression, autoGainControl } = stream.getAudioTracks()[0]!.getSettings();
      return [echoCancellation, noiseSuppression, autoGainControl];
    });
  await expect(mixHost.getByRole('radio', { name: 'Music' })).toBeChecked();
  expect(await processing()).toEqual([true, false, false]);
  const headphones = mixHost.getByRole('switch', { name: 'I wear headphones' });
  await headphones.check();
  await expect.poll(processing).toEqual([false, false, false]);
  await hearTogether(listener, BOTH);
  await headphones.uncheck();
  await expect.poll(processing).toEqual([true, false, false]);
  await hearTogether(listener, BOTH);
  await button(mixHost, 'Remove the microphone').click();
  await expect(headphones).toBeHidden();
});

test('host and listener are told while the system mutes the microphone', async ({ microphoneHost, newVisitor }) => {
  await microphoneHost.addInitScript(() => {
    const muted = { is: false };
    const tracks: MediaStreamTrack[] = [];
    const capture = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      const stream = await capture.call(this, constraints);
      tracks.push(...stream.getAudioTracks());
      return stream;
    };
    Object.defineProperty(MediaStreamTrack.prototype, 'muted', { get: () => muted.is });
    const mute = (is: boolean) => {
      Object.assign(window, { mutedAt: Date.now() });
      muted.is = is;
      tracks.forEach((track) => track.dispatchEvent(new Event(is ? 'mute' : 'unmute')));
    };
    Object.assign(window, { mute });
  });
  const mute = (is: boolean) =>
    microphoneHost.evaluate((is) => (window as unknown as { mute: (is: boolean) => void }).mute(is), is);
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
  const told = [
    await noteWhenTold(microphoneHost, 'Your device has muted the microphone'),
    await noteWhenTold(listener, 'The host’s microphone is silent'),
  ];
  await mute(true);
  const mutedAt = await microphoneHost.evaluate(() => (window as unknown as { mutedAt: number }).mutedAt);
  for (const toldAt of told) expect((await toldAt()) - mutedAt).toBeLessThanOrEqual(TOLD_MS);
  await showsState(listener, 'listening');
  // Somebody who comes now is told, too.
  const second = await newVisitor();
  await listen(second, code);
  await expect(main(second)).toContainText('The host’s microphone is silent');

  await mute(false);
  await expect(main(microphoneHost)).not.toContainText('muted the microphone');
  for (const page of [listener, second]) {
    await expect(main(page)).not.toContainText('The host’s microphone is silent');
    await hear(page, MICROPHONE_TONE_HZ);
  }
});

test.describe('a microphone that gives digital silence', () => {
  for (const { meter, isTold, within } of [
    { meter: 'runs', isTold: 'byMeter', within: TOLD_MS },
    // Counters tell something from the second look on.
    { meter: 'stands still', isTold: 'byCounters', within: TOLD_MS + LOOK_MS },
  ] as const) {
    test(`is reported to host and listener if the meter ${meter}`, async ({ playwright, server, newVisitor }) => {
      const file = join(target, 'end2end', 'silence.wav');
      mkdirSync(join(target, 'end2end'), { recursive: true });
      writeFileSync(file, wave(() => 0));
      const browser = await playwright.chromium.launch(humming(file));
      const host = await (await browser.newContext({ ...reachable, baseURL: server.url })).newPage();
      await host.addInitScript(keepContexts, meter === 'runs');
      await host.addInitScript(noteWhenKnown);
      const code = await createRoom(host, 'Ada');
      const listener = await newVisitor();
      await listen(listener, code);
      await hasLink(listener, 'attached');
      const told = [
        await noteWhenTold(host, 'Your microphone gives no sound at all'),
        await noteWhenTold(listener, 'The host’s microphone is silent'),
      ];
      await useMicrophone(host);
      const toldAt = [];
      for (const at of told) toldAt.push(await at());
      const known = await whenKnown(host);
      expect(known.byMeter !== undefined, 'whether the meter has measured anything').toBe(meter === 'runs');
      // How long the share and its first connection take is the machine's.
      for (const at of toldAt) expect(at - (known[isTold] ?? NaN)).toBeLessThanOrEqual(within);
      await showsState(listener, 'listening');
      // A pause is a pause, whatever the microphone does.
      await button(host, 'Pause').click();
      await showsState(listener, 'paused');
      await expect(main(listener)).toContainText('The host has paused');
      await browser.close();
    });
  }
});

test('two devices in one network with hidden addresses are told to allow the microphone', async ({
  mixBrowser,
  newVisitor,
  server,
}) => {
  test.setTimeout(180_000);
  // Names that nobody can look up, as in a network without multicast.
  const withoutMulticast = () => {
    const add = RTCPeerConnection.prototype.addIceCandidate;
    RTCPeerConnection.prototype.addIceCandidate = function (this: RTCPeerConnection, candidate?: RTCIceCandidateInit | null) {
      const isName = candidate?.candidate?.includes('.local ') ?? false;
      return isName ? Promise.resolve() : (add as (candidate?: RTCIceCandidateInit | null) => Promise<void>).call(this, candidate);
    } as typeof add;
  };
  const context = await mixBrowser.newContext({ baseURL: server.url });
  await openTone(context);
  const host = await context.newPage();
  await host.addInitScript(withoutMulticast);
  // The host says yes when the browser asks.
  await host.exposeFunction('allow', () => context.grantPermissions(['microphone'], { origin: server.url }));
  await host.addInitScript(() => {
    const capture = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      await (window as unknown as { allow: () => Promise<void> }).allow();
      return capture.call(this, constraints);
    };
  });
  const code = await createRoom(host, 'Ada');
  await shareTab(host);
  const listener = await newVisitor({ permissions: [] });
  await listener.addInitScript(withoutMulticast);
  await listen(listener, code);
  const slow = { timeout: 60_000 };
  await expect(main(listener)).toContainText('Ask the host to allow the microphone', slow);
  await expect(main(listener)).toHaveAttribute('data-refusal', 'network');
  await expect(main(host)).toContainText('A listener in your own network cannot reach you', slow);
  expect((await measure(listener)).obstacle).not.toBe('');

  await button(host, 'Allow the microphone').press('Enter');
  await showsState(host, 'live');
  await expect(main(listener)).toHaveAttribute('data-state', 'listening', slow);
  await hear(listener, TAB_TONE_HZ);
  await expect(button(host, 'Allow the microphone')).toBeHidden();
  await expect(main(host)).toBeFocused();
  await context.close();
});
