// Watches a page all the time: every 10 ms of its player's sound and every state that it shows.

/** A concealed packet or two on a busy machine; whoever loses the connection is silent for far longer. */
export const DROPOUT_MS = 200;

/**
 * @typedef {object} Watch What was seen so far. Times are milliseconds since 1970, the same in every page of a machine.
 * @property {number | undefined} firstHeardAt When the tone was heard for the first time.
 * @property {number | undefined} lastHeardAt When the tone was heard for the last time.
 * @property {number} longestSilenceMs The longest time without the tone since it was heard first, a running one included.
 * @property {number | undefined} silentFrom When the longest one that has ended began.
 * @property {number} totalSilenceMs All such times together.
 * @property {{ at: number, state: string, link: string, refusal: string }[]} states What `<main>` said, in order.
 * @property {number | undefined} clickedAt When a button was clicked for the last time.
 */

/** @typedef {import('@playwright/test').Page} Page */

/** Watches a page from now on. What it sees is read with {@link readWatch}. @param {Page} page @param {number} frequencyHz */
export async function watchPage(page, frequencyHz) {
  await page.evaluate(measureTone, frequencyHz);
  for (const part of [findTracks, noteStates, noteClicks]) await page.evaluate(part);
}

/** Watches every document of a page from its start, so that nothing is missed. @param {Page} page @param {number} frequencyHz */
export async function watchFromStart(page, frequencyHz) {
  await page.addInitScript(measureTone, frequencyHz);
  for (const part of [findTracks, noteStates, noteClicks]) await page.addInitScript(part);
}

// Each of the following runs inside the page, alone, and adds its part to what was seen.

/**
 * Measures the tone in the tracks that it is given. A track is read as raw audio frames, which queue up while the page is
 * busy, so nothing is missed.
 * @param {number} frequencyHz
 */
function measureTone(frequencyHz) {
  const HEARD = 0.003; // an amplitude of -50 dB
  const { toneWatch: others } = /** @type {any} */ (window);
  const watch = Object.assign(others ?? {}, { firstHeardAt: undefined, longestSilenceMs: 0, totalSilenceMs: 0 });

  // What was heard before a reload counts: the tab's storage carries its time to the next document.
  watch.lastHeardAt = Number(sessionStorage.getItem('lastHeardAt')) || undefined;
  addEventListener('pagehide', () => sessionStorage.setItem('lastHeardAt', String(watch.lastHeardAt ?? '')));

  /** The tone's amplitude, by Goertzel's algorithm. @param {Float32Array} samples @param {number} rateHz */
  const amplitude = (samples, rateHz) => {
    const factor = 2 * Math.cos((2 * Math.PI * frequencyHz) / rateHz);
    let [before, last] = [0, 0];
    for (const sample of samples) [before, last] = [last, sample + factor * last - before];
    return (2 * Math.sqrt(Math.max(0, before * before + last * last - factor * before * last))) / samples.length;
  };

  /** @param {HTMLMediaElement} player @param {MediaStream} stream */
  const isPlaying = (player, stream) =>
    player.srcObject === stream && !player.paused && !player.muted && player.volume > 0 && player.readyState >= 2;

  /** @param {HTMLMediaElement} player @param {MediaStream} stream @param {MediaStreamTrack} track */
  const followTrack = async (player, stream, track) => {
    // The queue covers a second in which the page is too busy to read.
    const { readable } = new /** @type {any} */ (window).MediaStreamTrackProcessor({ track, maxBufferSize: 100 });
    for await (const frame of readable) {
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const endedAt = performance.timeOrigin + (frame.timestamp + frame.duration) / 1000;
      const lengthMs = frame.duration / 1000;
      const isHeard = amplitude(samples, frame.sampleRate) >= HEARD && isPlaying(player, stream);
      frame.close();
      if (!isHeard) continue;
      watch.firstHeardAt ??= performance.timeOrigin + performance.now();
      const silentMs = endedAt - lengthMs - (watch.lastHeardAt ?? endedAt);
      if (silentMs > watch.longestSilenceMs) Object.assign(watch, { longestSilenceMs: silentMs, silentFrom: watch.lastHeardAt });
      watch.totalSilenceMs += Math.max(0, silentMs);
      watch.lastHeardAt = endedAt;
    }
  };
  Object.assign(window, { toneWatch: watch, followTrack });
}

/** Finds the tracks that a player gets, now and later. */
function findTracks() {
  // By the track, not by its id: that one is the host's, and every peer connection that brings its track has it.
  /** @type {WeakSet<MediaStreamTrack>} */
  const followed = new WeakSet();
  /** @param {HTMLMediaElement} player @param {unknown} stream */
  const attend = (player, stream) => {
    const attendTracks = () => {
      if (!(stream instanceof MediaStream) || player.dataset['testid'] !== 'stream') return;
      for (const track of stream.getAudioTracks()) {
        if (!followed.has(track)) void (/** @type {any} */ (window).followTrack(player, stream, track));
        followed.add(track);
      }
    };
    attendTracks();
    if (stream instanceof MediaStream) stream.addEventListener('addtrack', attendTracks);
  };

  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (!property?.set) throw new Error('srcObject cannot be watched');
  const set = property.set;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...property,
    set(stream) {
      set.call(this, stream);
      attend(this, stream);
    },
  });
  for (const player of document.querySelectorAll('audio')) attend(player, player.srcObject);
}

/** Notes every state that the page shows. */
function noteStates() {
  const { toneWatch: others } = /** @type {any} */ (window);
  /** @type {Watch['states']} */
  const states = [];
  Object.assign(window, { toneWatch: Object.assign(others ?? {}, { states }) });
  const look = () => {
    const main = document.querySelector('main');
    const { state = '', link = '', refusal = '' } = main?.dataset ?? {};
    const last = states.at(-1);
    if (main && (last?.state !== state || last.link !== link || last.refusal !== refusal)) {
      states.push({ at: performance.timeOrigin + performance.now(), state, link, refusal });
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-state', 'data-link', 'data-refusal'],
  });
  look();
}

/** Notes when a button is clicked. A click may lead to another document; the tab's storage carries its time there. */
function noteClicks() {
  const { toneWatch: others } = /** @type {any} */ (window);
  const watch = Object.assign(others ?? {}, { clickedAt: Number(sessionStorage.getItem('clickedAt')) || undefined });
  Object.assign(window, { toneWatch: watch });
  document.addEventListener(
    'click',
    (event) => {
      watch.clickedAt = performance.timeOrigin + event.timeStamp;
      sessionStorage.setItem('clickedAt', String(watch.clickedAt));
    },
    { capture: true },
  );
}

/** What a watched page saw so far. @param {Page} page @returns {Promise<Watch>} */
export function readWatch(page) {
  return page.evaluate(() => {
    const { toneWatch } = /** @type {Window & { toneWatch?: Watch }} */ (window);
    if (!toneWatch) throw new Error('this page is not watched');
    const { lastHeardAt, longestSilenceMs, totalSilenceMs } = toneWatch;
    const silentMs = lastHeardAt === undefined ? 0 : performance.timeOrigin + performance.now() - lastHeardAt;
    return {
      ...toneWatch,
      longestSilenceMs: Math.max(longestSilenceMs, silentMs),
      totalSilenceMs: totalSilenceMs + Math.max(0, silentMs),
    };
  });
}
