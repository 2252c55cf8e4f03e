// The players that a page makes: before the page is drawn, theirs is not in it.

/** Runs inside the page before anything else, given to `addInitScript`: keeps every player. */
export function keepPlayers() {
  const make = document.createElement.bind(document);
  /** @type {HTMLAudioElement[]} */
  const players = [];
  Object.assign(window, { players });
  document.createElement = (/** @type {string} */ name) => {
    const made = make(name);
    if (made instanceof HTMLAudioElement) players.push(made);
    return made;
  };
}

/** The player with a stream, as it is now. @param {import('@playwright/test').Page} page */
export function readPlayer(page) {
  return page.evaluate(() => {
    const { players = [] } = /** @type {Window & { players?: HTMLAudioElement[] }} */ (window);
    const player = players.find(({ srcObject }) => srcObject);
    return player && { muted: player.muted, volume: Math.round(player.volume * 100), plays: !player.paused };
  });
}
