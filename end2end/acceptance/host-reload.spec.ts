// A host’s page that is reloaded, and one that is left while live.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';

import { hear, hearTogether, silence } from '../tone_detection';
import { button, createRoom, isHydrated, listen, main, shareTab, showsRefusal, showsState, useMicrophone } from '../page_actions';
import { type Observed, observe } from '../capture_observer';

const BOTH = [MICROPHONE_TONE_HZ, TAB_TONE_HZ];
const volume = (page: Page, name: string) => page.getByRole('slider', { name: `${name} volume` });
const quality = (page: Page, name: string) => page.getByRole('radio', { name });

/** Goes away from a live page, and answers what the browser asks then. */
async function isAsked(page: Page, answer: 'accept' | 'dismiss', leave: () => Promise<unknown>): Promise<void> {
  const asked = page.waitForEvent('dialog');
  const leaving = leave();
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog[answer]();
  await leaving;
}

test('a reloaded host is live again with the microphone, without a click', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  await useMicrophone(mixHost);
  await quality(mixHost, 'Studio').check();
  await volume(mixHost, 'Microphone').fill('60');
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);

  await mixHost.reload();
  await showsState(mixHost, 'live');
  await expect(volume(mixHost, 'Microphone')).toHaveValue('60');
  await expect(quality(mixHost, 'Studio')).toBeChecked();
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);

  await button(mixHost, 'Pause').click();
  await showsState(listener, 'paused');
  await mixHost.reload();
  await showsState(mixHost, 'paused');
  await showsState(listener, 'paused');
  await silence(listener);
  await button(mixHost, 'Resume').click();
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('a reloaded host shares the tab again with one click', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  await tabHost.reload();
  await button(tabHost, 'Share again').click();
  await showsState(tabHost, 'live');
  await expect(button(tabHost, 'Share again')).toBeHidden();
  await hear(listener, TAB_TONE_HZ);
});

test('a reloaded host who declines to share again is not asked again', async ({ tabHost }) => {
  await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await tabHost.reload();
  await expect(button(tabHost, 'Share again')).toBeVisible();
  await button(tabHost, 'Dismiss').press('Enter');
  await expect(button(tabHost, 'Share again')).toBeHidden();
  await expect(main(tabHost)).toBeFocused();
  await tabHost.reload();
  await isHydrated(tabHost);
  await expect(main(tabHost)).toHaveAttribute('data-link', 'attached');
  await expect(button(tabHost, 'Share again')).toBeHidden();
});

test('a reloaded host with both has the microphone back by itself, and the tab with one click', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  await shareTab(mixHost);
  await button(mixHost, 'Add the microphone').click();
  const listener = await newVisitor();
  await listen(listener, code);
  await hearTogether(listener, BOTH);

  await mixHost.reload();
  await hearTogether(listener, [MICROPHONE_TONE_HZ], [TAB_TONE_HZ]);
  await button(mixHost, 'Share again').click();
  await hearTogether(listener, BOTH);
});

test('a duplicate of a live tab takes neither the room nor the microphone', async ({ mixHost, newVisitor }) => {
  await mixHost.context().addInitScript(observe);
  const code = await createRoom(mixHost, 'Ada');
  await useMicrophone(mixHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);

  // A window that a page opens begins with what the page's tab keeps, as a duplicated tab does.
  const opened = mixHost.waitForEvent('popup');
  await mixHost.evaluate(() => void window.open(location.href));
  const duplicate = await opened;
  const kept = (page: Page) => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('heartogether')));
  expect(await kept(duplicate)).toContain('heartogether.live');
  await showsRefusal(duplicate, 'host_elsewhere');
  // Nor does its reload.
  await duplicate.reload();
  await showsRefusal(duplicate, 'host_elsewhere');
  expect(await duplicate.evaluate(() => (window as unknown as Observed).captured.length)).toBe(0);
  await showsState(mixHost, 'live');
  await hear(listener, MICROPHONE_TONE_HZ);

  await button(duplicate, 'Host here instead').click();
  await showsRefusal(mixHost, 'session_replaced');
  await button(duplicate, 'Share again').click();
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('the screen stays on while live, and closing asks first', async ({ microphoneHost }) => {
  await microphoneHost.addInitScript(() => {
    const locks: string[] = [];
    Object.assign(window, { locks });
    const request = async (kind: string) => {
      locks.push(kind);
      return { release: async () => void locks.push('released') };
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  const locks = () => microphoneHost.evaluate(() => (window as unknown as { locks: string[] }).locks);
  await createRoom(microphoneHost, 'Ada');
  await isHydrated(microphoneHost);
  expect(await locks()).toEqual([]);
  await useMicrophone(microphoneHost);
  await expect.poll(locks).toEqual(['screen']);
  await microphoneHost.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect.poll(locks).toEqual(['screen', 'screen', 'released']);

  const asked = microphoneHost.waitForEvent('dialog');
  await microphoneHost.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await showsState(microphoneHost, 'live');

  await button(microphoneHost, 'Stop').click();
  await showsState(microphoneHost, 'ended');
  await expect.poll(locks).toEqual(['screen', 'screen', 'released', 'released']);
  await microphoneHost.close({ runBeforeUnload: true });
  await expect.poll(() => microphoneHost.isClosed()).toBe(true);
});

test('a live host is asked before following a link of the site', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  // A room is a recent one once its host is in.
  await expect(main(mixHost)).toHaveAttribute('data-link', 'attached');
  await mixHost.goto('/');
  await isHydrated(mixHost);
  // Within the page, so that the browser's Back leads through the router too.
  await mixHost.getByRole('link', { name: /^Host again/ }).click();
  await useMicrophone(mixHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);

  const link = (name: string) => mixHost.getByRole('link', { name, exact: true });
  const ways = [
    () => link('HearTogether').click(),
    () => link('About').click(),
    () => link('Privacy').press('Enter'),
    () => mixHost.evaluate(() => history.back()),
  ];
  for (const leave of ways) {
    await isAsked(mixHost, 'dismiss', leave);
    await expect(mixHost).toHaveURL(new RegExp(`/host/${code}$`));
    await showsState(mixHost, 'live');
    await hear(listener, MICROPHONE_TONE_HZ);
  }

  await link('Skip to the content').press('Enter');
  await showsState(mixHost, 'live');
  await isAsked(mixHost, 'accept', () => link('About').click());
  await expect(mixHost).toHaveURL(/\/about$/);
  await showsState(listener, 'reconnecting');
  // And finds everything as it was on coming back.
  await mixHost.goBack();
  await showsState(mixHost, 'live');
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('a host who is not live changes pages without a question', async ({ newVisitor }) => {
  const host = await newVisitor();
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await host.evaluate(() => Object.assign(window, { sameDocument: true }));
  await host.getByRole('link', { name: 'About', exact: true }).click();
  await expect(host).toHaveURL(/\/about$/);
  expect(await host.evaluate(() => 'sameDocument' in window)).toBe(true);
});
