// Notes when the sockets of a page open, bring it its place in a room, and close.

/** @typedef {import('@playwright/test').Page} Page */
/**
 * @typedef {object} NotedSocket One socket. Times are milliseconds since 1970, the same in every page of a machine.
 * @property {number} [openedAt]
 * @property {number} [placedAt] When the server gave the page its place on it.
 * @property {number} [closedAt]
 * @property {number} [code] With which it was closed.
 */

/** Runs inside the page before anything else, given to `addInitScript`: notes every socket that the page opens. */
export function noteSockets() {
  /** @type {NotedSocket[]} */
  const sockets = [];
  Object.assign(window, { sockets });
  const now = () => performance.timeOrigin + performance.now();
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} address */
    constructor(...address) {
      super(...address);
      /** @type {NotedSocket} */
      const noted = {};
      sockets.push(noted);
      this.addEventListener('open', () => (noted.openedAt = now()));
      this.addEventListener('message', ({ data }) => {
        const { joined, resumed } = JSON.parse(data).room?.message ?? {};
        if (joined || resumed) noted.placedAt ??= now();
      });
      this.addEventListener('close', ({ code }) => Object.assign(noted, { closedAt: now(), code }));
    }
  };
}

/** The sockets that a page has opened so far, in order. @param {Page} page @returns {Promise<NotedSocket[]>} */
export const readSockets = (page) => page.evaluate(() => /** @type {any} */ (window).sockets);

/**
 * How long a page was without its place since it had it first, each time, in milliseconds. A time that has not ended counts until now.
 * @param {Page} page
 */
export async function awayMs(page) {
  const placed = (await readSockets(page)).filter(({ placedAt }) => placedAt !== undefined);
  return placed.flatMap(({ closedAt }, index) => {
    const backAt = placed[index + 1]?.placedAt ?? Date.now();
    return closedAt === undefined ? [] : [Math.max(0, backAt - closedAt)];
  });
}
