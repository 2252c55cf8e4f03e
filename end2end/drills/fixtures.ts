// The fixtures of drills: emulated networks, and somebody who listens.
import { expect, TAB_TONE_HZ, test as base, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { Line } from '../tcp_proxy.mjs';
import { keepPeers } from '../peer_connection_stats.mjs';
import { listen, main, signIn } from '../page_actions';
import { keepPlayers } from '../players.mjs';
import { readWatch, watchFromStart } from '../sound_watch.mjs';
import { Path } from '../network_emulation.mjs';

interface Networks {
  /** A line to the server, for the pages that are opened by its URL. */
  line: Line;
  /** Puts a path under a page that has not opened the room yet. */
  pathUnder: (page: Page) => Promise<Path>;
}

export const test = base.extend<Networks>({
  line: async ({ server }, use) => {
    const line = await Line.to(server.url);
    await use(line);
    line.close();
  },

  pathUnder: async ({}, use) => {
    const paths: Path[] = [];
    await use(async (page) => {
      const path = await Path.under(page);
      paths.push(path);
      return path;
    });
    for (const path of paths) path.close();
  },
});

/** Lets a page listen, and watches it from the start. `origin` is needed where the page has no base URL. */
export async function listenWatched(page: Page, code: string, toneHz = TAB_TONE_HZ, origin = ''): Promise<void> {
  await page.addInitScript(keepPeers);
  await watchFromStart(page, toneHz);
  await listen(page, code, origin);
  await hear(page, toneHz);
}

/** A listener with a name, at a room's link, whose browser waits for the code that draws. */
export async function comeEarly(listener: Page, code: string, language = 'en'): Promise<void> {
  await signIn(listener, 'Grace');
  await listener.context().addCookies([{ name: 'heartogether.language', value: language, url: listener.url() }]);
  await watchFromStart(listener, TAB_TONE_HZ);
  await listener.addInitScript(keepPlayers);
  await listener.goto(`/listen/${code}`);
  await expect.poll(async () => (await readWatch(listener)).firstHeardAt).toBeTruthy();
  await expect(main(listener)).not.toHaveAttribute('data-hydrated');
}

/** Notes from now on what the badge says, and what it said before each change. */
export const noteWords = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const badge = document.querySelector('main .badge')!;
    const words: (string | null)[] = [badge.textContent];
    Object.assign(window, { words });
    const note = (records: MutationRecord[]) => records.forEach(({ oldValue }) => words.push(oldValue, badge.textContent));
    new MutationObserver(note).observe(badge, { childList: true, characterData: true, characterDataOldValue: true, subtree: true });
  });

/** What the badge has said, each word once. */
export const noted = (page: Page): Promise<(string | null)[]> =>
  page.evaluate(() => [...new Set((window as unknown as { words: (string | null)[] }).words)]);

/** Lets time pass: what a drill is about takes its time. */
export const lasts = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
