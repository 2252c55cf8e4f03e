// A tab that nobody looks at plays on. Browsers slow its timers down; sound and socket may not depend on them.
import { humming } from '../chromium.mjs';
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../tone_detection';
import { startOrdinary } from '../stock_browser.mjs';
import { button, createRoom, hasLink, listen, shareTab, showsState, useMicrophone } from '../page_actions';
import { readWatch } from '../sound_watch.mjs';
import { report } from './silence_report';
import { lasts, listenWatched } from './fixtures';

const HIDDEN_MS = 120_000;

test('a tab in the background keeps playing for two minutes, and stays in the room', async ({ server, tabHost }) => {
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

test('new listeners hear a host in the background without waiting for a timer', async ({ server, newVisitor }) => {
  const browser = await startOrdinary(humming());
  try {
    const host = await browser.context.newPage();
    // Later than once a second, which is what hidden pages are granted: never.
    await host.addInitScript(() => {
      const set = window.setTimeout;
      const granted = (handler: TimerHandler, ms = 0, ...rest: unknown[]) =>
        document.hidden && ms < 1000 ? 0 : set(handler, ms, ...rest);
      window.setTimeout = granted as typeof setTimeout;
    });
    const candidates: string[] = [];
    host.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('"candidates"')) candidates.push(String(payload));
      }),
    );
    const code = await createRoom(host, 'Ada', server.url);
    await useMicrophone(host);
    const other = await browser.context.newPage();
    await other.bringToFront();
    await expect.poll(() => host.evaluate(() => document.visibilityState)).toBe('hidden');

    const listener = await newVisitor();
    await listen(listener, code);
    await hear(listener, MICROPHONE_TONE_HZ);
    await expect.poll(() => candidates.length, 'the host sends its candidates').toBeGreaterThan(0);
    expect(await host.evaluate(() => document.visibilityState)).toBe('hidden');
  } finally {
    await browser.close();
  }
});
