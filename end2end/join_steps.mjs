// Records the times of a listener's steps between a click and the first sound.

/** The steps in their order, by the names under which a page notes them. */
export const STEPS = /** @type {const} */ ([
  ['asked', 'the server is asked to let the visitor in'],
  ['entered', 'it has answered'],
  ['opened', 'the socket is being opened'],
  ['connected', 'it is open'],
  ['offered', 'the host’s offer is there'],
  ['answered', 'it is answered'],
  ['joined', 'media can flow'],
]);

/** @typedef {Partial<Record<typeof STEPS[number][0], number>>} Steps Milliseconds since 1970 at which each was first taken. */

/** Runs inside the page before anything else: give it to `addInitScript`. */
export function noteSteps() {
  /** @type {Record<string, number>} */
  const steps = {};
  Object.assign(window, { soundSteps: steps });
  const note = (/** @type {string} */ step) => (steps[step] ??= performance.timeOrigin + performance.now());

  const { fetch } = window;
  window.fetch = async (...call) => {
    const asks = String(call[0] instanceof Request ? call[0].url : call[0]).includes('/api/fn/');
    if (asks) note('asked');
    const answer = await fetch(...call);
    // The last answer before the socket is opened counts.
    if (asks && !('opened' in steps)) steps['entered'] = performance.timeOrigin + performance.now();
    return answer;
  };
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} address */
    constructor(...address) {
      note('opened');
      super(...address);
      this.addEventListener('open', () => note('connected'));
    }
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {ConstructorParameters<typeof RTCPeerConnection>} settings */
    constructor(...settings) {
      super(...settings);
      this.addEventListener('connectionstatechange', () => this.connectionState === 'connected' && note('joined'));
      // Negotiation is called for as methods of the object at hand.
      const { setRemoteDescription, setLocalDescription } = this;
      this.setRemoteDescription = (/** @type {any[]} */ ...description) => {
        note('offered');
        return /** @type {any} */ (setRemoteDescription).apply(this, description);
      };
      this.setLocalDescription = async (/** @type {any[]} */ ...description) => {
        await /** @type {any} */ (setLocalDescription).apply(this, description);
        note('answered');
      };
    }
  };
}

/** What a page noted. @param {import('@playwright/test').Page} page @returns {Promise<Steps>} */
export function readSteps(page) {
  return page.evaluate(() => /** @type {any} */ (window).soundSteps);
}
