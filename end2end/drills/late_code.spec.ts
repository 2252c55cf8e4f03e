// A page's code comes late, or never: the sound plays, and leaving works. Where the code that draws is all that is missing, the page
// says what is true, and the volume works too.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { ALL_CODE, DRAWING, holdCode } from '../held_code';
import { button, createRoom, isHydrated, main, shareTab, showsState, signIn } from '../page_actions';
import { keepPeers } from '../peer_connection_stats.mjs';
import { readPlayer } from '../players.mjs';
import { readWatch } from '../sound_watch.mjs';
import { hear } from '../tone_detection';
import { translate, translated } from '../translator';
import { comeEarly, lasts, noted, noteWords } from './fixtures';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

const LATE_MS = 5_000;
/** After which a page that does nothing says that it is slow. */
const SLOW_MS = 20_000;

/** Shorter than any wait for something that may not come. */
const NO_WAIT_MS = 100;
/** Longer than the wait for the next sign of a connection, shorter than the longest one for all of them. */
const QUIET_WAIT_MS = 2_000;

/**
 * Notes when a peer connection stands, and when the page's code begins to be compiled. Longer waits than this never end until then, so
 * that something else has to let the code begin.
 */
function noteOrder(longestWaitMs = Infinity): void {
  const order: string[] = [];
  Object.assign(window, { order });
  const { setTimeout: wait } = window;
  window.setTimeout = ((act: () => void, ms = 0) => (ms <= longestWaitMs ? wait(act, ms) : 0)) as typeof setTimeout;
  const compile = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = (...source) => {
    window.setTimeout = wait;
    order.push('code');
    return compile(...source);
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...settings: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...settings);
      this.addEventListener('connectionstatechange', () => this.connectionState === 'connected' && order.push('sound'));
    }
  };
}

const orderOf = (page: Page) => page.evaluate(() => [...new Set((window as unknown as { order: string[] }).order)]);

/** How many peer connections the page has negotiated. */
const countPeers = (page: Page) =>
  page.evaluate(() => (window as unknown as { peers: RTCPeerConnection[] }).peers.filter((peer) => peer.remoteDescription).length);

/** How many offers the script at the top of the page has received. */
const countOffers = (page: Page) =>
  page.evaluate(() => {
    const { heartogetherHeadStart: begun } = window as unknown as { heartogetherHeadStart?: { heard: MessageEvent<string>[] } };
    return begun?.heard.filter(({ data }) => data.includes('"offer"')).length;
  });

const audience = (page: Page) => page.getByRole('region', { name: 'Audience' });

/** What a player says, in two live regions. */
const says = (page: Page, headline: string, explanation: string) =>
  expect(main(page).locator('.player').getByRole('status')).toHaveText([headline, explanation]);

test('the sound plays before the code that draws the page has come', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const release = await holdCode(listener, DRAWING);
  setTimeout(release, LATE_MS);
  await comeEarly(listener, code);
  await showsState(listener, 'listening');
  await says(listener, 'Listening', 'You hear what the host hears, live.');
  await expect(main(listener).locator('.badge')).toHaveAttribute('data-status', 'live');
  await expect(main(listener).locator('.orb')).toHaveAttribute('data-tone', 'live');
  await noteWords(listener);
  await listener.getByLabel('Volume').fill('40');
  expect(await readPlayer(listener)).toEqual({ muted: false, volume: 40, plays: true });
  await expect(main(listener)).not.toHaveAttribute('data-hydrated');

  await isHydrated(listener);
  await expect(listener.getByLabel('Volume'), 'the page goes on with what was chosen').toHaveValue('40');
  await expect(button(listener, 'Mute')).not.toHaveAttribute('aria-pressed');
  await hear(listener, TAB_TONE_HZ);
  await showsState(listener, 'listening');
  expect(await noted(listener), 'nothing else is said when the page is taken over').toEqual(['Listening']);
  const { longestSilenceMs } = await readWatch(listener);
  expect(longestSilenceMs, 'nothing breaks when the page is taken over').toBeLessThan(200);
});

test('the code runs once the sound is there, or none is to be expected', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  await listener.addInitScript(noteOrder, NO_WAIT_MS);
  await listener.goto(`/listen/${code}`);
  await isHydrated(listener);
  expect(await orderOf(listener), 'nothing is shared yet').toEqual(['code']);

  await shareTab(tabHost);
  await showsState(listener, 'listening');
  await listener.reload();
  await showsState(listener, 'listening');
  await isHydrated(listener);
  expect(await orderOf(listener)).toEqual(['sound', 'code']);
});

test('where no sound comes, the code runs a while after the last sign of a connection', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  await listener.addInitScript(noteOrder, QUIET_WAIT_MS);
  await listener.addInitScript(() => {
    RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});
  });
  await listener.goto(`/listen/${code}`);
  await isHydrated(listener);
  expect(await orderOf(listener)).toEqual(['code']);
});

test('where there are always signs of a connection and no sound comes, the code runs all the same', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  await listener.addInitScript(noteOrder);
  await listener.addInitScript(() => {
    RTCPeerConnection.prototype.setRemoteDescription = function () {
      setInterval(() => this.dispatchEvent(new Event('connectionstatechange')), 300);
      return new Promise(() => {});
    };
  });
  await listener.goto(`/listen/${code}`);
  await expect.poll(() => orderOf(listener)).toEqual(['code']);
  await isHydrated(listener);
});

test('where the sound never comes and the room changes all the time, the page is drawn all the same', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await tabHost.evaluate(() => {
    const press = () => [...document.querySelectorAll('button')].find(({ innerText }) => /^(Pause|Resume)$/.test(innerText))?.click();
    setInterval(press, 700);
  });
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  await listener.addInitScript(() => {
    RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});
  });
  await listener.goto(`/listen/${code}`);
  await isHydrated(listener);
  await expect(main(listener)).not.toHaveAttribute('data-state', 'listening');
});

test('the sound plays, as loud as it was left, before any code has come', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const release = await holdCode(listener);
  await listener.addInitScript(keepPeers);
  await listener.addInitScript(() => localStorage.setItem('heartogether.volume', '40'));
  await comeEarly(listener, code);
  expect(await readPlayer(listener)).toEqual({ muted: false, volume: 40, plays: true });

  release();
  await isHydrated(listener);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  const { longestSilenceMs } = await readWatch(listener);
  expect(longestSilenceMs, 'nothing breaks when the code takes it over').toBeLessThan(200);
  expect(await countPeers(listener), 'nothing is negotiated twice').toBe(1);
  await expect(audience(tabHost).getByTestId('listener-state')).toHaveText('connected');
  await listener.getByLabel('Volume').fill('70');
  expect(await readPlayer(listener), 'the code has the player').toEqual({ muted: false, volume: 70, plays: true });
});

test('where no code comes, the sound plays, and leaving works', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listener.route(ALL_CODE, (route) => route.abort());
  await comeEarly(listener, code);
  await expect(audience(tabHost)).toContainText('Grace');
  await listener.getByRole('link', { name: 'Leave' }).click();
  await expect(main(listener)).toHaveAttribute('data-page', 'home');
  await expect(audience(tabHost)).not.toContainText('Grace');
});

test('whoever hides their address makes no connection before the code has come', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  await holdCode(listener);
  await listener.addInitScript(keepPeers);
  await listener.addInitScript(() => localStorage.setItem('heartogether.hide-address', '1'));
  await listener.goto(`/listen/${code}`);
  await expect.poll(() => countOffers(listener)).toBe(1);
  expect(await countPeers(listener)).toBe(0);
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
  expect(await readPlayer(listener)).toMatchObject({ muted: true });
  await says(listener, 'Muted by you', 'The sound comes in, but you have muted it here.');
  await listener.getByLabel('Volume').fill('30');
  expect(await readPlayer(listener), 'who moves the slider wants to hear').toEqual({ muted: false, volume: 30, plays: true });
  await expect(mute).toHaveAttribute('aria-pressed', 'false');

  await button(tabHost, 'Pause').click();
  await showsState(listener, 'paused');
  await says(listener, 'Paused', 'The host has paused. Stay, it goes on here.');
  await button(tabHost, 'Resume').click();
  await says(listener, 'Listening', 'You hear what the host hears, live.');
  await lasts(SLOW_MS);
  await expect(listener.locator('#page-failure'), 'the page is not called slow while it plays').toBeHidden();

  await listener.getByRole('link', { name: 'Leave' }).click();
  await expect(main(listener)).toHaveAttribute('data-page', 'home');
  await expect(audience(tabHost)).not.toContainText('Grace');
});

for (const [language, headline, explanation] of [
  ['de', 'Du hörst zu', 'Du hörst live, was der Host hört.'],
  ['zh-Hans', '正在收听', '房主听到什么，你就实时听到什么。'],
] as const) {
  test(`the early page speaks the visitor’s language: ${language}`, async ({ tabHost, newVisitor }) => {
    const code = await createRoom(tabHost, 'Ada');
    await shareTab(tabHost);
    const listener = await newVisitor();
    await listener.route(DRAWING, (route) => route.abort());
    await comeEarly(listener, code, language);
    await says(listener, headline, explanation);
  });
}

test('a page that is translated before the code that draws it has come says what is true, then and afterwards', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const release = await holdCode(listener, DRAWING);
  await comeEarly(listener, code);
  await translate(listener);
  const badge = main(listener).locator('.badge');
  const followsTheHost = async () => {
    await expect(badge).toHaveText(translated('Listening'));
    await button(tabHost, 'Pause').click();
    await expect(badge).toHaveText(translated('Paused'));
    await expect(main(listener)).toContainText(translated('The host has paused.'));
    await expect(main(listener)).not.toContainText('You hear what the host hears');
    await button(tabHost, 'Resume').click();
    await expect(badge).toHaveText(translated('Listening'));
  };
  await followsTheHost();
  await expect(main(listener)).not.toHaveAttribute('data-hydrated');
  release();
  await isHydrated(listener);
  await followsTheHost();
  await hear(listener, TAB_TONE_HZ);
});
