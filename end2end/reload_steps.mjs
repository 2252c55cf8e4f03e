// Records the times of what happens on a page after a reload, its own or the other side's.

/** The steps of a page that comes back, in their order, by the names under which it notes them. */
export const RELOADED_STEPS = /** @type {const} */ ([
  ['began', 'the browser begins the navigation'],
  ['answered', 'the first byte of the page is there'],
  ['script', 'its first script runs'],
  ['socket', 'the socket is being opened'],
  ['open', 'it is open'],
  ['placed', 'the server’s first word about the room is there'],
  ['asked', 'the browser is asked for the source'],
  ['captured', 'it gives it'],
  ['offer', 'an offer is set'],
  ['answer', 'its answer is set'],
  ['connected', 'the peer connection stands'],
  ['drawn', 'the code has taken over the page'],
]);

/** @typedef {Record<string, number | undefined>} Steps Milliseconds since 1970 at which each was first taken. */

/** Runs inside the page before anything else: give it to `addInitScript`. A page that stays forgets with {@link forgetSteps}. */
export function noteReloadSteps() {
  /** @type {Record<string, number>} */
  const steps = {};
  Object.assign(window, { reloadSteps: steps });
  const now = () => performance.timeOrigin + performance.now();
  const note = (/** @type {string} */ step) => (steps[step] ??= now());
  note('script');
  steps['began'] = performance.timeOrigin;
  addEventListener('click', () => note('clicked'), true);

  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} address */
    constructor(...address) {
      note('socket');
      super(...address);
      this.addEventListener('open', () => note('open'));
      this.addEventListener('message', ({ data }) => /"(joined|came)"/.test(data) && note('placed'));
    }
  };
  for (const capture of /** @type {const} */ (['getUserMedia', 'getDisplayMedia'])) {
    const original = MediaDevices.prototype[capture];
    MediaDevices.prototype[capture] = async function (/** @type {any} */ constraints) {
      note('asked');
      /** @type {any} */ (window).lastCapture = { capture, constraints: JSON.parse(JSON.stringify(constraints)) };
      const stream = await original.call(this, constraints);
      note('captured');
      return stream;
    };
  }
  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {ConstructorParameters<typeof RTCPeerConnection>} settings */
    constructor(...settings) {
      super(...settings);
      this.addEventListener('connectionstatechange', () => this.connectionState === 'connected' && note('connected'));
      this.addEventListener('track', ({ track }) => track.addEventListener('unmute', () => note('packet')));
      this.addEventListener('signalingstatechange', () => {
        if (this.signalingState.endsWith('offer')) note('offer');
        if (this.signalingState === 'stable') note('answer');
      });
    }
  };
  const seeDrawn = () => document.querySelector('main[data-hydrated]') && note('drawn');
  new MutationObserver(seeDrawn).observe(document, { subtree: true, childList: true, attributeFilter: ['data-hydrated'] });
}

/** Forgets what a page has noted so far. @param {import('@playwright/test').Page} page */
export function forgetSteps(page) {
  return page.evaluate(() => {
    const { reloadSteps, toneWatch } = /** @type {any} */ (window);
    for (const step of Object.keys(reloadSteps)) delete reloadSteps[step];
    Object.assign(toneWatch ?? {}, { longestSilenceMs: 0, totalSilenceMs: 0, silentFrom: undefined });
  });
}

/** What a page has noted. @param {import('@playwright/test').Page} page @returns {Promise<Steps>} */
export function readSteps(page) {
  return page.evaluate(() => {
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    const answered = performance.timeOrigin + (navigation?.responseStart ?? NaN);
    return { ...(/** @type {any} */ (window).reloadSteps), answered };
  });
}
