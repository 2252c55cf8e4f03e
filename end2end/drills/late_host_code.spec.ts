// The code of a host's page comes late, or never, after a reload with the microphone: it is open again at once, the page says so, and
// nobody is left with an open microphone that they cannot close. What the page says meanwhile is true, and no button does nothing: those
// that share a source work before the page is drawn, on the first visit, too.
import { passesAxe } from '../accessibility';
import { type Captured, observe, type Observed } from '../capture_observer';
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { ALL_CODE, holdCode, HOST_DRAWING, STYLE } from '../held_code';
import { button, createRoom, isHydrated, listen, main, showsState, useMicrophone } from '../page_actions';
import { DROPOUT_MS, readWatch, watchFromStart } from '../sound_watch.mjs';
import { hear, silence } from '../tone_detection';
import { lasts, noted, noteWords } from './fixtures';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

const LATE_MS = 5_000;
/** After which the script at the top of the page closes a microphone that no code has taken over. */
const CLOSED_MS = 10_000;

const notice = (host: Page) => host.getByRole('alert').filter({ hasText: 'Your microphone is on again' });

/** What the page says of its sound. */
async function says(host: Page, state: string, headline: string, explanation: string): Promise<void> {
  await expect(main(host).locator('.badge')).toHaveText(headline);
  await expect(main(host).locator('.card').first().locator('p').first()).toHaveText(explanation);
  await showsState(host, state);
}

const saysLive = (host: Page) => says(host, 'live', 'Live', 'This is what your listeners hear.');

/** Nothing on the page that needs code can be pressed, and nobody who listens is left out. */
async function promisesNothing(host: Page): Promise<void> {
  for (const name of ['Stop', 'Copy link', 'Show large']) await expect(button(host, name)).toBeDisabled();
  await expect(main(host).getByRole('button', { disabled: false })).toHaveCount(0);
  await expect(host.getByRole('region', { name: 'Audience' })).toHaveText('Audience');
}

/** The states of the microphones that this document has opened. */
const microphones = (host: Page) =>
  host.evaluate(() => {
    const { captured } = window as unknown as Observed;
    return captured.map(({ stream }: Captured) => stream.getAudioTracks()[0]?.readyState);
  });

/** A host who is live with the microphone, and somebody who hears it. */
async function beHeard(host: Page, listener: Page): Promise<void> {
  await host.addInitScript(observe);
  const code = await createRoom(host, 'Ada');
  await useMicrophone(host);
  // A steady tone is a noise that the quality for voice takes out after a while.
  await host.getByRole('radio', { name: 'Music' }).check();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
}

test('the microphone that was live is open before any code has come, and is not asked for twice', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  const release = await holdCode(mixHost);
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await expect.poll(() => microphones(mixHost)).toEqual(['live']);
  await lasts(LATE_MS);
  await expect(notice(mixHost)).toBeVisible();
  await promisesNothing(mixHost);

  release();
  await showsState(mixHost, 'live');
  await expect(notice(mixHost)).toBeHidden();
  await hear(listener, MICROPHONE_TONE_HZ);
  expect(await microphones(mixHost), 'it is taken over').toEqual(['live']);
  await button(mixHost, 'Stop').click();
  await button(mixHost, 'Stop for everyone').click();
  await showsState(mixHost, 'ended');
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);
});

test('a microphone that the browser has chosen is not asked for twice either', async ({ mixHost }) => {
  await mixHost.addInitScript(observe);
  await createRoom(mixHost, 'Ada');
  await useMicrophone(mixHost);
  const release = await holdCode(mixHost, HOST_DRAWING);
  await mixHost.reload({ waitUntil: 'commit' });
  await showsState(mixHost, 'live');
  expect(await microphones(mixHost)).toEqual(['live']);
  await expect(notice(mixHost)).toBeVisible();
  release();
  await isHydrated(mixHost);
  await showsState(mixHost, 'live');
  expect(await microphones(mixHost)).toEqual(['live']);
});

test('the host is heard before the code that draws has come, and can close the microphone', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  const release = await holdCode(mixHost, HOST_DRAWING);
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
  await saysLive(mixHost);
  await expect(button(mixHost, 'Use a microphone'), 'what is shared is not offered').toBeHidden();
  await promisesNothing(mixHost);
  await expect(main(mixHost)).not.toHaveAttribute('data-hydrated');

  await button(mixHost, 'Switch the microphone off').click();
  await expect(notice(mixHost)).toBeHidden();
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);
  await silence(listener);
  await says(mixHost, 'interrupted', 'Interrupted', 'What you shared has ended. Share again, and everybody hears you again.');
  release();
  await isHydrated(mixHost);
  await showsState(mixHost, 'interrupted');
  await expect(button(mixHost, 'Use a microphone')).toBeEnabled();
  expect(await microphones(mixHost), 'it stays closed').toEqual(['ended']);
});

for (const [source, name, toneHz, isSteady] of [
  // The quality for voice takes a steady tone out after a while.
  ['a microphone', 'Use a microphone', MICROPHONE_TONE_HZ, false],
  ['a tab', 'Share a tab or system audio', TAB_TONE_HZ, true],
] as const) {
  test(`${source} is shared before the code that draws has come, once, and nothing breaks when it comes`, async ({ mixHost, newVisitor }) => {
    const listener = await newVisitor();
    await mixHost.addInitScript(observe);
    await watchFromStart(listener, toneHz);
    const release = await holdCode(mixHost, HOST_DRAWING);
    const code = await createRoom(mixHost, 'Ada');
    await listen(listener, code);
    await expect(main(mixHost).getByRole('button', { disabled: false }), 'one for each source').toHaveCount(2);
    await button(mixHost, name).dblclick();
    await saysLive(mixHost);
    await expect(button(mixHost, name), 'what is shared is not offered').toBeHidden();
    await showsState(listener, 'listening');
    await hear(listener, toneHz);
    await lasts(DROPOUT_MS);
    const before = await readWatch(listener);
    await expect(main(mixHost)).not.toHaveAttribute('data-hydrated');

    release();
    await isHydrated(mixHost);
    await saysLive(mixHost);
    await expect(button(mixHost, 'Stop')).toBeEnabled();
    await lasts(DROPOUT_MS);
    const after = await readWatch(listener);
    const longestMs = Math.max(before.longestSilenceMs, DROPOUT_MS);
    if (isSteady) expect(after.longestSilenceMs, 'nothing breaks when the page is taken over').toBeLessThan(longestMs + 1);
    await showsState(listener, 'listening');
    expect(await microphones(mixHost), 'it is asked for once').toEqual(['live']);
  });
}

test('what the browser refuses before the page is drawn can be shared again, and the page says why it was not', async ({ mixHost }) => {
  await mixHost.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    let asked = 0;
    mediaDevices.getUserMedia = (what) => ((asked += 1) === 1 ? Promise.reject(new DOMException('', 'NotAllowedError')) : ask(what));
  });
  const release = await holdCode(mixHost, HOST_DRAWING);
  await createRoom(mixHost, 'Ada');
  await button(mixHost, 'Use a microphone').click();
  await showsState(mixHost, 'idle');
  await expect(button(mixHost, 'Use a microphone')).toBeEnabled();
  release();
  await isHydrated(mixHost);
  await expect(mixHost.getByText('The browser does not let this page use the microphone.')).toBeVisible();
  await useMicrophone(mixHost);
});

test('nothing breaks when the code that draws comes late, and the host can pause then', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await watchFromStart(listener, MICROPHONE_TONE_HZ);
  await beHeard(mixHost, listener);
  const release = await holdCode(mixHost, HOST_DRAWING);
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await lasts(LATE_MS);
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
  const before = await readWatch(listener);
  await saysLive(mixHost);
  await noteWords(mixHost);

  release();
  await isHydrated(mixHost);
  await saysLive(mixHost);
  expect(await noted(mixHost), 'nothing else is said when the page is taken over').toEqual(['Live']);
  await hear(listener, MICROPHONE_TONE_HZ);
  const after = await readWatch(listener);
  expect(after.longestSilenceMs, 'nothing breaks when the page is taken over').toBeLessThan(Math.max(before.longestSilenceMs, DROPOUT_MS) + 1);
  expect(await microphones(mixHost)).toEqual(['live']);
  await button(mixHost, 'Pause').click();
  await showsState(listener, 'paused');
  await silence(listener);
  await button(mixHost, 'Resume').click();
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('where the code that draws never comes, the host is heard on, is told that the buttons do not work, and can leave', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await watchFromStart(listener, MICROPHONE_TONE_HZ);
  await beHeard(mixHost, listener);
  await mixHost.route(HOST_DRAWING, (route) => route.abort());
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
  const back = await readWatch(listener);
  await lasts(CLOSED_MS);
  await hear(listener, MICROPHONE_TONE_HZ);
  await expect(mixHost.locator('#page-failure')).toHaveAttribute('data-failure', 'slow');
  await hear(listener, MICROPHONE_TONE_HZ);
  const since = await readWatch(listener);
  expect(since.longestSilenceMs, 'the sound goes on').toBeLessThan(Math.max(back.longestSilenceMs, DROPOUT_MS) + 1);
  await expect(notice(mixHost)).toBeVisible();
  await saysLive(mixHost);
  await promisesNothing(mixHost);
  await passesAxe(mixHost);
  await expect(main(mixHost)).not.toHaveAttribute('data-hydrated');

  await mixHost.getByRole('link', { name: 'HearTogether' }).first().click();
  await expect(main(mixHost)).toHaveAttribute('data-page', 'home');
  await showsState(listener, 'reconnecting');
  await silence(listener);
});

test('a microphone that was closed before any code has come stays closed', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  const release = await holdCode(mixHost);
  await mixHost.reload({ waitUntil: 'commit' });
  await button(mixHost, 'Switch the microphone off').click();
  await expect(notice(mixHost)).toBeHidden();
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);
  release();
  await isHydrated(mixHost);
  await showsState(mixHost, 'interrupted');
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);
});

test('where no code comes, the microphone is closed after some seconds', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  await mixHost.route(ALL_CODE, (route) => route.abort());
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await expect(notice(mixHost)).toBeHidden({ timeout: 15_000 });
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);

  await mixHost.unroute(ALL_CODE);
  await mixHost.reload();
  await showsState(mixHost, 'live');
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('where another page takes the room meanwhile, the microphone is closed', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  await holdCode(mixHost);
  const other = await mixHost.context().newPage();
  await other.goto(mixHost.url());
  await button(other, 'Host here instead').waitFor();
  // Only a page that is seen opens the microphone before its code is there.
  await mixHost.bringToFront();
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  await button(other, 'Host here instead').click();
  await expect(notice(mixHost), 'another page has the room now').toBeHidden();
  await expect.poll(() => microphones(mixHost)).toEqual(['ended']);
});

for (const [language, headline, explanation] of [
  ['de', 'Live', 'Das hören alle, die zuhören.'],
  ['zh-Hans', '直播中', '听众听到的就是这些。'],
] as const) {
  test(`the early page speaks the host’s language: ${language}`, async ({ mixHost, newVisitor }) => {
    const listener = await newVisitor();
    await beHeard(mixHost, listener);
    await mixHost.route(HOST_DRAWING, (route) => route.abort());
    await mixHost.context().addCookies([{ name: 'heartogether.language', value: language, url: mixHost.url() }]);
    await mixHost.reload({ waitUntil: 'commit' });
    await says(mixHost, 'live', headline, explanation);
  });
}

test('a pause that outlasts a reload is said before the code that draws has come', async ({ mixHost, newVisitor }) => {
  const listener = await newVisitor();
  await beHeard(mixHost, listener);
  await button(mixHost, 'Pause').click();
  await showsState(listener, 'paused');
  await holdCode(mixHost, HOST_DRAWING);
  await mixHost.reload({ waitUntil: 'commit' });
  await says(mixHost, 'paused', 'Paused', 'Listeners stay connected and hear nothing until you resume.');
});

test('where the style does not arrive, the notice is there only while the microphone is open', async ({ mixHost }) => {
  await createRoom(mixHost, 'Ada');
  await mixHost.route(STYLE, (route) => route.abort());
  await mixHost.reload();
  await isHydrated(mixHost);
  await expect(notice(mixHost)).toBeHidden();

  await useMicrophone(mixHost);
  const release = await holdCode(mixHost);
  await mixHost.reload({ waitUntil: 'commit' });
  await expect(notice(mixHost)).toBeVisible();
  release();
  await showsState(mixHost, 'live');
  await expect(notice(mixHost)).toBeHidden();
});
