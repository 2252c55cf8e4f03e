// The listener's page: the volume, the lock screen, and its notes about problems.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, measure, silence } from '../tone_detection';
import {
  button,
  createRoom,
  isHydrated,
  listen,
  main,
  shareTab,
  showsState,
  stop,
} from '../page_actions';
import { hearing } from '../hearing_room';

const volume = (page: Page) => page.getByRole('slider', { name: 'Volume' });
const player = (page: Page) => page.getByTestId('stream');
const isMuted = (page: Page) => player(page).evaluate((audio: HTMLAudioElement) => audio.muted);
const volumeOf = (page: Page) => player(page).evaluate((audio: HTMLAudioElement) => audio.volume);
const meter = (page: Page) => page.locator('.meter-fill').evaluate((fill) => new DOMMatrix(getComputedStyle(fill).transform).a);

/** What screen readers say by themselves. */
const announcement = (page: Page, text: string) => main(page).getByRole('status').filter({ hasText: text });

/** The system's own player, as far as a page can tell: what it was told, and its keys. */
async function stubLockScreen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const handlers = new Map<string, () => void>();
    MediaSession.prototype.setActionHandler = (action, handler) => {
      if (handler) handlers.set(action, handler as () => void);
      else handlers.delete(action);
    };
    Object.assign(window, { lockScreen: handlers });
  });
}

const pressOnLockScreen = (page: Page, action: string) =>
  page.evaluate((action) => (window as unknown as { lockScreen: Map<string, () => void> }).lockScreen.get(action)!(), action);

const lockScreen = (page: Page) =>
  page.evaluate(() => ({
    title: navigator.mediaSession.metadata?.title,
    artist: navigator.mediaSession.metadata?.artist,
    state: navigator.mediaSession.playbackState,
  }));

test('a listener mutes and unmutes, and the page says so', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await hearing(tabHost, listener);
  await button(listener, 'Mute').click();
  await silence(listener);
  expect((await measure(listener)).obstacle).toBe('the player is muted');
  await expect(main(listener)).toContainText('Muted by you');
  await showsState(listener, 'listening');
  await button(listener, 'Unmute').click();
  await hear(listener, TAB_TONE_HZ);
  await expect(main(listener)).not.toContainText('Muted by you');
});

test('volume and mute are kept for the next visit', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await hearing(tabHost, listener);
  await volume(listener).fill('35');
  await expect.poll(() => volumeOf(listener)).toBe(0.35);
  await listener.reload();
  await showsState(listener, 'listening');
  await expect(volume(listener)).toHaveValue('35');
  expect(await volumeOf(listener)).toBe(0.35);
  await hear(listener, TAB_TONE_HZ);

  await button(listener, 'Mute').click();
  const again = await listener.context().newPage();
  await listener.close();
  await again.goto(`/listen/${code}`);
  await showsState(again, 'listening');
  await expect(button(again, 'Unmute')).toBeVisible();
  expect(await isMuted(again)).toBe(true);
  // Whoever moves the slider wants to hear the difference.
  await volume(again).focus();
  await again.keyboard.press('ArrowRight');
  await expect(button(again, 'Mute')).toBeVisible();
  expect(await isMuted(again)).toBe(false);
  await hear(again, TAB_TONE_HZ);
});

test('there is no slider if the browser leaves the volume to the device', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor();
  await listener.addInitScript(() => {
    Object.defineProperty(HTMLMediaElement.prototype, 'volume', { get: () => 1, set: () => {} });
  });
  await listen(listener, code);
  await isHydrated(listener);
  await expect(button(listener, 'Mute')).toBeVisible();
  await expect(volume(listener)).toHaveCount(0);
});

test('the level meter moves with the sound, and stops in the background', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await listener.addInitScript(() => {
    const contexts: AudioContext[] = [];
    window.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        // Nothing is to be heard of a meter, so it opens no device.
        if (options && 'sinkId' in options) contexts.push(this);
      }
    };
    Object.assign(window, { meters: () => contexts.filter(({ state }) => state !== 'closed').length });
  });
  const meters = () => listener.evaluate(() => (window as unknown as { meters: () => number }).meters());
  const hide = (hidden: boolean) =>
    listener.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hearing(tabHost, listener);
  await expect.poll(() => meter(listener)).toBeGreaterThan(0.2);
  expect(await meters()).toBe(1);
  await hide(true);
  await expect.poll(() => meter(listener)).toBe(0);
  await expect.poll(meters).toBe(0);
  await hear(listener, TAB_TONE_HZ);
  await hide(false);
  await expect.poll(() => meter(listener)).toBeGreaterThan(0.2);
});

test('the lock screen names the room, pauses it and continues live', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await stubLockScreen(listener);
  await hearing(tabHost, listener);
  await expect.poll(() => lockScreen(listener)).toEqual({ title: 'Ada’s room', artist: 'HearTogether', state: 'playing' });

  for (const action of ['pause', 'stop']) {
    await pressOnLockScreen(listener, action);
    await silence(listener);
    await expect(main(listener)).toContainText('Paused by you');
    await showsState(listener, 'listening');
    await expect.poll(async () => (await lockScreen(listener)).state).toBe('paused');
    await pressOnLockScreen(listener, 'play');
    await hear(listener, TAB_TONE_HZ);
    await expect.poll(async () => (await lockScreen(listener)).state).toBe('playing');
    await expect(main(listener)).not.toContainText('Paused by you');
  }

  await stop(tabHost);
  await showsState(listener, 'ended');
  await expect(announcement(listener, 'The host has ended this room.')).toBeVisible();
  await expect.poll(async () => (await lockScreen(listener)).state).toBe('none');
});

test('a pause by the system is not the listener’s, and ends when the page is shown again', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await stubLockScreen(listener);
  await hearing(tabHost, listener);
  // As a phone call does it, or headphones that are pulled out.
  const interrupt = () => player(listener).evaluate((audio: HTMLAudioElement) => audio.pause());
  for (const back of ['focus', 'visibilitychange']) {
    await interrupt();
    await expect(main(listener)).toContainText('Paused by your device');
    await showsState(listener, 'listening');
    await expect.poll(async () => (await lockScreen(listener)).state).toBe('paused');
    await listener.evaluate((back) => {
      (back === 'focus' ? window : document).dispatchEvent(new Event(back));
    }, back);
    await hear(listener, TAB_TONE_HZ);
    await expect(main(listener)).not.toContainText('Paused by your device');
  }
  await interrupt();
  await button(listener, 'Go on listening').click();
  await hear(listener, TAB_TONE_HZ);

  // What the listener pauses stays so.
  await pressOnLockScreen(listener, 'pause');
  await expect(main(listener)).toContainText('Paused by you');
  await listener.evaluate(() => window.dispatchEvent(new Event('focus')));
  expect((await measure(listener)).obstacle).toBe('the player is paused');
  await expect(main(listener)).toContainText('Paused by you');
});

test('a listener who paused continues with a button, also after the host has come back', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await stubLockScreen(listener);
  await hearing(tabHost, listener);
  await pressOnLockScreen(listener, 'pause');
  await expect(main(listener)).toContainText('Paused by you');
  await tabHost.reload();
  await isHydrated(tabHost);
  await button(tabHost, 'Share a tab or system audio').click();
  await showsState(tabHost, 'live');
  await showsState(listener, 'listening');
  await expect(main(listener)).toContainText('Paused by you');
  await silence(listener);
  await button(listener, 'Go on listening').click();
  await hear(listener, TAB_TONE_HZ);
  await expect(button(listener, 'Go on listening')).toBeHidden();
});

test('a pause on the lock screen lasts when the host comes back', async ({
  tabHost,
  newVisitor,
}) => {
  const listener = await newVisitor();
  await stubLockScreen(listener);
  await hearing(tabHost, listener);
  await tabHost.reload();
  await showsState(listener, 'reconnecting');
  await pressOnLockScreen(listener, 'pause');
  await expect(main(listener)).toContainText('Paused by you');
  await expect.poll(async () => (await lockScreen(listener)).state).toBe('paused');
  await shareTab(tabHost);
  await showsState(listener, 'listening');
  await expect(main(listener)).toContainText('Paused by you');
  expect((await measure(listener)).obstacle).toBe('the player is paused');
  await pressOnLockScreen(listener, 'play');
  await hear(listener, TAB_TONE_HZ);

  // And whoever thinks better of it before is not left in silence.
  await tabHost.reload();
  await showsState(listener, 'reconnecting');
  await pressOnLockScreen(listener, 'pause');
  await expect(main(listener)).toContainText('Paused by you');
  await button(listener, 'Go on listening').click();
  await expect(main(listener)).not.toContainText('Paused by you');
  await shareTab(tabHost);
  await hear(listener, TAB_TONE_HZ);
});

test('a page reports once how long its first sound took', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const reports: { ms: number; status: number }[] = [];
  listener.on('response', (response) => {
    const { ms } = response.url().endsWith('/api/first-sound') ? (response.request().postDataJSON() as { ms: number }) : { ms: NaN };
    if (!Number.isNaN(ms)) reports.push({ ms, status: response.status() });
  });
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  await expect.poll(() => reports.length).toBe(1);
  expect(reports[0]!.ms).toBeGreaterThan(0);
  expect(reports[0]!.status).toBeLessThan(300);

  await button(tabHost, 'Pause').click();
  await silence(listener);
  await button(tabHost, 'Resume').click();
  await hear(listener, TAB_TONE_HZ);
  expect(reports, 'sound that comes back is not the first').toHaveLength(1);
});
