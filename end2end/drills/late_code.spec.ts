// The code that draws the page comes late, or never: the sound plays, and volume and leaving work.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { button, createRoom, isHydrated, main, shareTab, showsState, signIn } from '../page_actions';
import { readWatch, watchFromStart } from '../sound_watch.mjs';
import { hear } from '../tone_detection';

const LATE_MS = 5_000;
/** The code that draws. */
const DRAWING = /\/pkg\/piece_(frame|pages|shared|listen)\./;

/** Notes the players that the page makes: before the page is drawn, theirs is not in it. */
function notePlayers(): void {
  const make = document.createElement.bind(document);
  const players: HTMLAudioElement[] = [];
  Object.assign(window, { players });
  document.createElement = (name: string) => {
    const made = make(name);
    if (made instanceof HTMLAudioElement) players.push(made);
    return made;
  };
}

const player = (page: Page) =>
  page.evaluate(() => {
    const [player] = (window as unknown as { players: HTMLAudioElement[] }).players;
    return player && { muted: player.muted, volume: Math.round(player.volume * 100), plays: !player.paused };
  });

const audience = (page: Page) => page.getByRole('region', { name: 'Audience' });

/** A listener with a name, at a room's link, whose browser waits for the code that draws. */
async function comeEarly(listener: Page, code: string): Promise<void> {
  await signIn(listener, 'Grace');
  await watchFromStart(listener, TAB_TONE_HZ);
  await listener.addInitScript(notePlayers);
  await listener.goto(`/listen/${code}`);
  await expect.poll(async () => (await readWatch(listener)).firstHeardAt).toBeTruthy();
  await expect(main(listener)).not.toHaveAttribute('data-hydrated');
}

test('the sound plays before the code that draws the page has come', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listener.route(DRAWING, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    await route.continue();
  });
  await comeEarly(listener, code);
  await showsState(listener, 'listening');
  await listener.getByLabel('Volume').fill('40');
  expect(await player(listener)).toEqual({ muted: false, volume: 40, plays: true });
  await expect(main(listener)).not.toHaveAttribute('data-hydrated');

  await isHydrated(listener);
  await expect(listener.getByLabel('Volume'), 'the page goes on with what was chosen').toHaveValue('40');
  await expect(button(listener, 'Mute')).not.toHaveAttribute('aria-pressed');
  await hear(listener, TAB_TONE_HZ);
  await showsState(listener, 'listening');
  const { longestSilenceMs } = await readWatch(listener);
  expect(longestSilenceMs, 'nothing breaks when the page is taken over').toBeLessThan(200);
});

test('where the code that draws the page never comes, volume and leaving work', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listener.route(DRAWING, (route) => route.abort());
  await comeEarly(listener, code);
  await expect(audience(tabHost)).toContainText('Grace');

  const mute = button(listener, 'Mute');
  await expect(mute).toHaveAttribute('aria-pressed', 'false');
  await mute.click();
  await expect(mute).toHaveAttribute('aria-pressed', 'true');
  expect(await player(listener)).toMatchObject({ muted: true });
  await listener.getByLabel('Volume').fill('30');
  expect(await player(listener), 'who moves the slider wants to hear').toEqual({ muted: false, volume: 30, plays: true });
  await expect(mute).toHaveAttribute('aria-pressed', 'false');

  await listener.getByRole('link', { name: 'Leave' }).click();
  await expect(main(listener)).toHaveAttribute('data-page', 'home');
  await expect(audience(tabHost)).not.toContainText('Grace');
});
