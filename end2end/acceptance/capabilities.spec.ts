// Browsers that lack or block a feature, the notes on the pages, and the diagnostics.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { loudspeakerOf, nameLoudspeakers, plugIn } from '../loudspeakers';
import { hear, silence } from '../tone_detection';
import {
  button,
  createRoom,
  isHydrated,
  listen,
  main,
  pasted,
  shareTab,
  showsRefusal,
  showsState,
  signIn,
  useMicrophone,
} from '../page_actions';

const quality = (page: Page) => page.getByTestId('quality');
const gathered = (page: Page) => page.getByTestId('gathered');

/** Takes a global away before a page's scripts run. */
const takeAway = (page: Page, name: string) =>
  page.addInitScript((name) => Object.defineProperty(window, name, { value: undefined }), name);

for (const [name, refusal, text] of [
  ['RTCPeerConnection', 'web_rtc_missing', 'This browser has no WebRTC'],
  ['WebSocket', 'web_socket_missing', 'This browser has no WebSocket'],
] as const) {
  test(`without ${name} host and listener are told what is missing`, async ({ newVisitor }) => {
    const host = await newVisitor();
    const code = await createRoom(host, 'Ada');
    await takeAway(host, name);
    await host.reload();
    await showsRefusal(host, refusal);
    await expect(main(host)).toContainText(text);
    await expect(button(host, 'Reload the page')).toBeVisible();
    // What was put off until the page is drawn has run by then.
    await host.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect(host.locator('#page-failure')).toBeHidden();
    await host.evaluate(() => Object.assign(window, { isOld: true }));
    await button(host, 'Reload the page').click();
    await expect.poll(() => host.evaluate(() => 'isOld' in window)).toBe(false);
    await showsRefusal(host, refusal);

    const listener = await newVisitor();
    await takeAway(listener, name);
    await listen(listener, code);
    await showsRefusal(listener, refusal);
    await expect(main(listener)).toContainText(text);
    await expect(main(listener)).not.toContainText('mobile data');
    await expect(button(listener, 'Reload the page')).toBeVisible();
  });
}

test('a failing constructor is not reported as a network problem', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await listener.addInitScript(() => {
    window.RTCPeerConnection = class {
      constructor() {
        throw new DOMException('blocked', 'NotSupportedError');
      }
    } as unknown as typeof RTCPeerConnection;
  });
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await showsRefusal(listener, 'web_rtc_missing');
});

test('without storage, everything else works', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  for (const page of [tabHost, listener]) {
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      }
    });
  }
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  await button(listener, 'Mute').click();
  await expect(main(listener)).toContainText('Muted by you');
  await quality(listener).click();
  await expect(gathered(listener)).toContainText('no storage');
});

test('without Web Audio a listener hears', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listener.addInitScript(() => {
    // The test itself measures with one.
    const all = window as unknown as Record<string, unknown>;
    all.KeptAudioContext = window.AudioContext;
    Object.defineProperty(window, 'AudioContext', { value: undefined, writable: true });
    Object.defineProperty(window, 'webkitAudioContext', { value: undefined });
  });
  await listen(listener, code);
  await showsState(listener, 'listening');
  await quality(listener).click();
  await expect(gathered(listener)).toContainText('no Web Audio');
  await listener.evaluate(() => {
    window.AudioContext = (window as unknown as { KeptAudioContext: typeof AudioContext }).KeptAudioContext;
  });
  await hear(listener, TAB_TONE_HZ);
});

test('without Web Audio a microphone that needs no mixing is heard', async ({ microphoneHost, newVisitor }) => {
  await takeAway(microphoneHost, 'AudioContext');
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
  await button(microphoneHost, 'Pause').click();
  await silence(listener);
  await button(microphoneHost, 'Resume').click();
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('without Web Audio a host shares one source at a time, and is told so', async ({ mixHost, newVisitor }) => {
  await takeAway(mixHost, 'AudioContext');
  const code = await createRoom(mixHost, 'Ada');
  await isHydrated(mixHost);
  await expect(button(mixHost, 'Try it out first')).toBeHidden();
  await useMicrophone(mixHost);
  await expect(main(mixHost)).toContainText('This browser lacks Web Audio, so you share one source at a time');
  await expect(main(mixHost)).not.toContainText('stopped mixing');
  for (const name of ['Add a tab', 'Mute the microphone']) await expect(button(mixHost, name)).toBeHidden();
  await expect(mixHost.getByLabel('Microphone volume')).toBeHidden();
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
  await button(mixHost, 'Remove the microphone').click();
  await showsState(mixHost, 'interrupted');
  await shareTab(mixHost);
  await hear(listener, TAB_TONE_HZ);
});

test('where cookies are blocked the sign-in page says so', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/login');
  await isHydrated(page);
  await expect(main(page)).not.toContainText('keeps no cookies');
  await page.addInitScript(() => Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} }));
  await page.reload();
  await expect(main(page)).toContainText('This browser keeps no cookies for this site');
});

test.describe('with a STUN server that does not answer', () => {
  test.use({ settings: { STUN_URLS: 'stun:127.0.0.1:9' } });

  test('diagnostics show candidates and servers, and no addresses', async ({ tabHost, newVisitor }) => {
    const listener = await newVisitor({ permissions: ['clipboard-write', 'clipboard-read'] });
    const code = await createRoom(tabHost, 'Ada');
    await shareTab(tabHost);
    await listen(listener, code);
    await hear(listener, TAB_TONE_HZ);
    await quality(listener).click();
    await expect(gathered(listener)).toContainText(/host over UDP, (IPv4|IPv6|hidden by mDNS)/);
    await expect(gathered(listener)).toContainText(/stun:127\.0\.0\.1:9: (no answer \(error 701\)|not tried)/);
    await button(listener, 'Copy diagnostics').click();
    const text = await pasted(listener);
    expect(text).toContain('Candidate: host over UDP');
    expect(text).toContain('Server: stun:127.0.0.1:9');
    expect(text.replace(/^Browser:.*$/m, '').replaceAll('stun:127.0.0.1:9', '')).not.toMatch(/\d+\.\d+\.\d+\.\d+ |\.local/);
    await tabHost.getByText('Diagnostics', { exact: true }).click();
    await expect(gathered(tabHost)).toContainText('Candidate');
  });
});

/** What the page's trace writes to the console from now on. */
function traceOf(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('[heartogether]')) lines.push(message.text());
  });
  return lines;
}

test("on request the console shows the page's decisions, and no secrets", async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const lines = traceOf(listener);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(listener, 'Grace');
  await listener.goto(`/listen/${code}`);
  await hear(listener, TAB_TONE_HZ);
  expect(lines).toEqual([]);
  await listener.goto(`/listen/${code}?debug`);
  await hear(listener, TAB_TONE_HZ);
  const told = () => lines.join('\n');
  await expect.poll(told).toMatch(/received offer \d+ from .* → .*answer \d+/);
  await expect.poll(told).toContain('is Connected');
  await expect.poll(told).toContain('player stream attached → play; playing');
  expect(told()).not.toMatch(/ice-pwd|fingerprint|Grace|typ host|[0-9a-f]{32}/);
});

test('decisions from before the code for the trace has loaded are written in order', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const lines = traceOf(listener);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(listener, 'Grace');
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  let asked = 0;
  await listener.route('**/piece_trace*.wasm', async (route) => {
    asked += 1;
    if (asked === 1) return route.abort();
    await held;
    await route.continue();
  });
  await listener.goto(`/listen/${code}?debug`);
  await hear(listener, TAB_TONE_HZ);
  await expect.poll(() => asked).toBe(2);
  expect(lines).toEqual([]);
  letThrough();
  const place = (words: string) => lines.findIndex((line) => line.includes(words));
  await expect.poll(() => place('is Connected')).toBeGreaterThan(0);
  const order = ['] started → ', 'received joined', 'received offer', 'is Connected'].map(place);
  expect(order[0]).toBeGreaterThanOrEqual(0);
  expect(order).toEqual([...new Set(order)].sort((one, other) => one - other));
});

test('a switch that cannot be used is disabled and explained in the details', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor();
  await listen(listener, code);
  await isHydrated(listener);
  const hide = listener.getByRole('switch', { name: 'Hide my address' });
  await expect(hide).toBeHidden();
  await quality(listener).click();
  await expect(hide).toBeVisible();
  await expect(hide).toBeDisabled();
  await expect(main(listener)).toContainText('This server has no relay (TURN) to go through');
});

test('a listener chooses the loudspeaker, and it is kept', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  await nameLoudspeakers(listener);
  const plug = (isIn: boolean) => plugIn(listener, 'headset', isIn);
  const sink = () => loudspeakerOf(listener);
  const choice = listener.getByLabel('Loudspeaker');

  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  expect(await sink()).toBe('');
  await choice.selectOption('Headset');
  await expect.poll(sink).toBe('headset');
  await hear(listener, TAB_TONE_HZ);

  await listener.reload();
  await expect.poll(sink).toBe('headset');
  await expect(choice).toHaveValue('headset');
  await plug(false);
  await expect.poll(sink).toBe('');
  await hear(listener, TAB_TONE_HZ);
  await plug(true);
  await expect.poll(sink).toBe('headset');
  await expect(choice).toHaveValue('headset');
});

test('where the browser does not name its loudspeakers yet, the page says when it does', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor();
  // As Chromium answers before the microphone is allowed.
  await listener.addInitScript(() => {
    const outputs = [{ kind: 'audiooutput', deviceId: '', label: '' }];
    navigator.mediaDevices.enumerateDevices = async () => outputs as unknown as MediaDeviceInfo[];
    Object.assign(window, {
      allow: () => {
        outputs[0] = { kind: 'audiooutput', deviceId: 'desk', label: 'Desk' };
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      },
    });
  });
  await listen(listener, code);
  await isHydrated(listener);
  await expect(main(listener)).toContainText('lists your loudspeakers here once it may use the microphone');
  await expect(listener.getByLabel('Loudspeaker')).toBeHidden();
  await listener.evaluate(() => (window as unknown as { allow: () => void }).allow());
  await expect(listener.getByLabel('Loudspeaker')).toBeVisible();
  await expect(main(listener)).not.toContainText('lists your loudspeakers here');
});

test('where the browser has a picker of its own, it is used', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor();
  await listener.addInitScript(() => {
    Object.assign(navigator.mediaDevices, { selectAudioOutput: async () => ({ deviceId: 'kitchen', label: 'Kitchen' }) });
    let sink = '';
    Object.defineProperty(HTMLMediaElement.prototype, 'sinkId', { get: () => sink });
    HTMLMediaElement.prototype.setSinkId = async (id: string) => void (sink = id);
  });
  await listen(listener, code);
  await isHydrated(listener);
  await button(listener, 'Choose a loudspeaker…').click();
  await expect
    .poll(() => listener.getByTestId('stream').evaluate((audio: HTMLAudioElement) => audio.sinkId))
    .toBe('kitchen');
});
