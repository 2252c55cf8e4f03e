// On a slow line and a slow device: the sound plays, and volume and leaving work, before and after the code that draws has come.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { DRAWING, delayCode, holdCode } from '../held_code';
import { button, createRoom, isHydrated, listen, main, rowOf, shareTab, showsState } from '../page_actions';
import { readPlayer } from '../players.mjs';
import { slowDown } from '../slow_line.mjs';
import { readWatch } from '../sound_watch.mjs';
import { hear } from '../tone_detection';
import { comeEarly, lasts } from './fixtures';

// A service worker keeps the code, and would give it to the page past the line.
test.use({ serviceWorkers: 'block' });

const LATE_MS = 5_000;

/** The volume is set and muted, as the player shows. */
async function controlsVolume(listener: Page, volume: number): Promise<void> {
  await listener.getByLabel('Volume').fill(`${volume}`);
  await expect.poll(() => readPlayer(listener)).toEqual({ muted: false, volume, plays: true });
  await button(listener, 'Mute').click();
  await expect.poll(() => readPlayer(listener)).toMatchObject({ muted: true });
  await listener.getByLabel('Volume').fill(`${volume + 5}`);
  await expect.poll(() => readPlayer(listener), 'who moves the slider wants to hear').toEqual({ muted: false, volume: volume + 5, plays: true });
}

/** The listener leaves, and the host sees it. */
async function leaves(listener: Page, host: Page): Promise<void> {
  await expect(rowOf(host, 'Grace')).toHaveCount(1);
  await listener.getByRole('link', { name: 'Leave' }).click();
  await expect(main(listener)).toHaveAttribute('data-page', 'home');
  await expect(rowOf(host, 'Grace')).toHaveCount(0);
}

test('on a slow line a listener hears, sets the volume and leaves, before and after the page is drawn', async ({ tabHost, newVisitor }) => {
  test.setTimeout(180_000);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await slowDown(listener);
  // The line alone would give the code a second or two later than the sound: too soon for everything that is tried here.
  const release = await holdCode(listener, DRAWING);
  await comeEarly(listener, code);
  await showsState(listener, 'listening');
  await controlsVolume(listener, 40);
  await expect(main(listener), 'it is not drawn yet').not.toHaveAttribute('data-hydrated');
  await leaves(listener, tabHost);

  release();
  await listen(listener, code);
  await showsState(listener, 'listening');
  await isHydrated(listener);
  await hear(listener, TAB_TONE_HZ);
  await expect(listener.getByLabel('Volume'), 'what was chosen is kept').toHaveValue('45');
  await controlsVolume(listener, 70);
  await leaves(listener, tabHost);
});

test('on a slow line the sound goes on where the code that draws comes 5 s late, and volume and leaving work', async ({ tabHost, newVisitor }) => {
  test.setTimeout(180_000);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await slowDown(listener);
  await delayCode(listener, DRAWING, LATE_MS);
  await comeEarly(listener, code);
  await showsState(listener, 'listening');
  await controlsVolume(listener, 40);
  await expect(main(listener), 'it is not drawn yet').not.toHaveAttribute('data-hydrated');

  await isHydrated(listener);
  await expect(listener.getByLabel('Volume'), 'the page goes on with what was chosen').toHaveValue('45');
  await hear(listener, TAB_TONE_HZ);
  const { longestSilenceMs } = await readWatch(listener);
  expect(longestSilenceMs, 'nothing breaks when the page is taken over').toBeLessThan(200);
  await controlsVolume(listener, 70);
  await leaves(listener, tabHost);
});

test('on a slow line the sound plays where the code that draws never comes, and volume and leaving work', async ({ tabHost, newVisitor }) => {
  test.setTimeout(180_000);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await slowDown(listener);
  await listener.route(DRAWING, (route) => route.abort());
  await comeEarly(listener, code);
  await showsState(listener, 'listening');
  await controlsVolume(listener, 40);
  await lasts(LATE_MS);
  const { longestSilenceMs } = await readWatch(listener);
  expect(longestSilenceMs, 'the sound goes on').toBeLessThan(200);
  await leaves(listener, tabHost);
});
