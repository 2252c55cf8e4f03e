// A tab that nobody looks at plays on. Browsers slow its timers down; sound and socket may not depend on them.
import { expect, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../hearing';
import { startOrdinary } from '../ordinary.mjs';
import { button, createRoom, hasLink, shareTab, showsState } from '../visiting';
import { readWatch } from '../watching.mjs';
import { report } from './reporting';
import { lasts, listenWatched } from './stage';

const HIDDEN_MS = 120_000;

test('a tab that is in the background for two minutes plays on, and stays in the room', async ({ server, tabHost }) => {
  test.setTimeout(HIDDEN_MS + 90_000);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const browser = await startOrdinary();
  try {
    const listener = await browser.context.newPage();
    await listenWatched(listener, code, TAB_TONE_HZ, server.url);
    await hasLink(listener, 'attached');
    const links = async () => (await readWatch(listener)).states.filter(({ link }) => link === 'reconnecting').length;
    const other = await browser.context.newPage();
    await other.bringToFront();
    await expect.poll(() => listener.evaluate(() => document.visibilityState)).toBe('hidden');

    await lasts(HIDDEN_MS);
    expect(await listener.evaluate(() => document.visibilityState)).toBe('hidden');
    expect(await links(), 'the socket stays').toBe(0);
    await hear(listener, TAB_TONE_HZ);
    await report("a tab in the background for 2 minutes", listener);

    // What the host does reaches the hidden tab too.
    await button(tabHost, 'Pause').click();
    await showsState(listener, 'paused');
    await button(tabHost, 'Resume').click();
    await showsState(listener, 'listening');
    await listener.bringToFront();
    await hear(listener, TAB_TONE_HZ);
  } finally {
    await browser.close();
  }
});
