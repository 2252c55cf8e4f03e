// The host's sound: sources, faders, qualities, and everything that can happen to a source.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { listening } from '../chromium.mjs';
import { hear, hearTogether, silence } from '../tone_detection';
import { button, createRoom, isHydrated, listen, main, shareTab, showsRefusal, showsState, useMicrophone } from '../page_actions';

const BOTH = [MICROPHONE_TONE_HZ, TAB_TONE_HZ];
const volume = (page: Page, name: string) => page.getByRole('slider', { name: `${name} volume` });
const quality = (page: Page, name: string) => page.getByRole('radio', { name });
const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ });

interface Captured {
  kind: 'getUserMedia' | 'getDisplayMedia';
  constraints: MediaStreamConstraints;
  stream: MediaStream;
}
type Observed = Window & { captured: Captured[]; answers: number };

/** Keeps what the page captures and counts the offers that it answers: give it to `addInitScript`. */
function observe(): void {
  const page = window as unknown as Observed;
  [page.captured, page.answers] = [[], 0];
  for (const kind of ['getUserMedia', 'getDisplayMedia'] as const) {
    const capture = MediaDevices.prototype[kind];
    MediaDevices.prototype[kind] = async function (constraints) {
      const stream = await capture.call(this, constraints);
      page.captured.push({ kind, constraints: constraints ?? {}, stream });
      return stream;
    };
  }
  RTCPeerConnection.prototype.createAnswer = new Proxy(RTCPeerConnection.prototype.createAnswer, {
    apply(createAnswer, connection, options) {
      page.answers += 1;
      return Reflect.apply(createAnswer, connection, options);
    },
  });
}

const answers = (page: Page) => page.evaluate(() => (window as unknown as Observed).answers);

/** What the browser says of a source that goes away by itself. */
const unplug = (page: Page) =>
  page.evaluate(() => {
    const { captured } = window as unknown as Observed;
    captured.at(-1)!.stream.getAudioTracks()[0]!.dispatchEvent(new Event('ended'));
  });

test('tab and microphone are mixed, each with its fader, and nobody negotiates for it', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  await shareTab(mixHost);
  await expect(quality(mixHost, 'Music')).toBeChecked();
  const listener = await newVisitor();
  await listener.addInitScript(observe);
  await listen(listener, code);
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  expect(await answers(listener)).toBe(1);

  await button(mixHost, 'Add the microphone').click();
  await hearTogether(listener, BOTH);
  await volume(mixHost, 'Tab').fill('0');
  await hearTogether(listener, [MICROPHONE_TONE_HZ], [TAB_TONE_HZ]);
  await volume(mixHost, 'Tab').fill('100');
  await hearTogether(listener, BOTH);
  await button(mixHost, 'Mute the microphone').click();
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  await button(mixHost, 'Mute the microphone').click();
  await hearTogether(listener, BOTH);

  await button(mixHost, 'Pause').click();
  await showsState(listener, 'paused');
  await silence(listener);
  await button(mixHost, 'Resume').click();
  await hearTogether(listener, BOTH);

  await button(mixHost, 'Remove the tab').click();
  await hearTogether(listener, [MICROPHONE_TONE_HZ], [TAB_TONE_HZ]);
  await button(mixHost, 'Add a tab').click();
  await hearTogether(listener, BOTH);
  await button(mixHost, 'Remove the microphone').click();
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  await showsState(mixHost, 'live');
  expect(await answers(listener)).toBe(1);
});

test('another tab takes the place of the one that is shared, and nobody negotiates for it', async ({ tabHost, newVisitor }) => {
  await tabHost.addInitScript(observe);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listener.addInitScript(observe);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  await button(tabHost, 'Share another tab').click();
  const live = () =>
    tabHost.evaluate(() => {
      const { captured } = window as unknown as Observed;
      return captured.map(({ stream }) => stream.getAudioTracks()[0]!.readyState);
    });
  await expect.poll(live).toEqual(['ended', 'live']);
  await hear(listener, TAB_TONE_HZ);
  await showsState(tabHost, 'live');
  await showsState(listener, 'listening');
  expect(await answers(listener)).toBe(1);
});

test('one of two sources goes away, and the other goes on', async ({ mixHost, newVisitor }) => {
  await mixHost.addInitScript(observe);
  const code = await createRoom(mixHost, 'Ada');
  await shareTab(mixHost);
  await button(mixHost, 'Add the microphone').click();
  const listener = await newVisitor();
  await listen(listener, code);
  await hearTogether(listener, BOTH);

  await unplug(mixHost);
  await expect(main(mixHost)).toContainText('Your microphone is gone');
  await expect(main(mixHost)).toContainText('The tab goes on');
  await hearTogether(listener, [TAB_TONE_HZ], [MICROPHONE_TONE_HZ]);
  await button(mixHost, 'Add the microphone').click();
  await expect(main(mixHost)).not.toContainText('Your microphone is gone');
  await hearTogether(listener, BOTH);

  const tone = mixHost.context().pages().find((page) => page !== mixHost)!;
  await tone.close();
  await expect(main(mixHost)).toContainText('The sharing was stopped');
  await expect(main(mixHost)).toContainText('Your microphone goes on');
  await hearTogether(listener, [MICROPHONE_TONE_HZ], [TAB_TONE_HZ]);
  await showsState(mixHost, 'live');
});

test('the last source goes away, and is shared again', async ({ microphoneHost, newVisitor }) => {
  await microphoneHost.addInitScript(observe);
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);

  await unplug(microphoneHost);
  await showsState(microphoneHost, 'interrupted');
  await expect(main(microphoneHost)).toContainText('it was unplugged');
  await showsState(listener, 'reconnecting');
  await useMicrophone(microphoneHost);
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('a closed tab interrupts, and the room goes on', async ({ tabHost }) => {
  await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await tabHost.context().pages().find((page) => page !== tabHost)!.close();
  await showsState(tabHost, 'interrupted');
  await expect(main(tabHost)).toContainText('or because the tab was closed');
  await expect(button(tabHost, 'Share a tab or system audio')).toBeEnabled();
});

test('a microphone is chosen, tried out and remembered', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  await isHydrated(mixHost);
  const picker = mixHost.getByLabel('Microphone', { exact: true });
  const options = picker.getByRole('option');
  await expect.poll(() => options.count()).toBeGreaterThan(1);
  const [name, id] = await options.last().evaluate((option: HTMLOptionElement) => [option.label, option.value]);
  await picker.selectOption({ label: name! });
  // The bar moves, and nothing is sent.
  const bar = mixHost.locator('.meter-fill');
  await expect.poll(() => bar.evaluate((fill: HTMLElement) => fill.getBoundingClientRect().width)).toBeGreaterThan(20);
  await showsState(mixHost, 'idle');
  await expect(picker).toHaveValue(id!);
  await button(mixHost, 'Close the microphone').click();
  await expect(bar).toHaveCount(0);

  await mixHost.reload();
  await isHydrated(mixHost);
  await expect(picker).toHaveValue(id!);
  await useMicrophone(mixHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
  await expect(picker).toHaveValue(id!);
  await picker.selectOption({ index: 0 });
  await expect(picker).not.toHaveValue(id!);
  await hear(listener, MICROPHONE_TONE_HZ);
});

test('a microphone that cannot be opened is not shown as chosen', async ({ mixHost }) => {
  await createRoom(mixHost, 'Ada');
  await useMicrophone(mixHost);
  const picker = mixHost.getByLabel('Microphone', { exact: true });
  const options = picker.getByRole('option');
  await expect.poll(() => options.count()).toBeGreaterThan(1);
  const before = await picker.inputValue();
  const ids = await options.evaluateAll((options: HTMLOptionElement[]) => options.map(({ value }) => value));
  await mixHost.evaluate(() => {
    MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'));
  });
  await picker.selectOption(ids.find((id) => id !== before)!);
  await expect(problem(mixHost)).toHaveText(/Another program may be using it/);
  await expect(picker).toHaveValue(before);
  await showsState(mixHost, 'live');

  await mixHost.reload();
  await showsState(mixHost, 'live');
  await expect(picker).toHaveValue(before);
});

for (const [source, label] of [
  ['a microphone', 'Use a microphone'],
  ['a tab', 'Share a tab or system audio'],
] as const) {
  test(`${source} that is allowed when the page has gone is let go of`, async ({ mixHost }) => {
    await mixHost.addInitScript(observe);
    // The browser's question stands until the test answers it.
    await mixHost.addInitScript(() => {
      const questions: (() => void)[] = [];
      Object.assign(window, { questions });
      for (const kind of ['getUserMedia', 'getDisplayMedia'] as const) {
        const capture = MediaDevices.prototype[kind];
        MediaDevices.prototype[kind] = async function (constraints) {
          await new Promise<void>((allow) => questions.push(allow));
          return capture.call(this, constraints);
        };
      }
    });
    type Asking = Observed & { questions: (() => void)[] };
    const errors: Error[] = [];
    mixHost.on('pageerror', (error) => errors.push(error));
    await createRoom(mixHost, 'Ada');
    await isHydrated(mixHost);
    await button(mixHost, label).click();
    await expect.poll(() => mixHost.evaluate(() => (window as unknown as Asking).questions.length)).toBe(1);
    await mixHost.getByRole('link', { name: 'About', exact: true }).click();
    await expect(main(mixHost)).toHaveAttribute('data-page', 'about');

    await mixHost.evaluate(() => (window as unknown as Asking).questions.forEach((allow) => allow()));
    const states = () =>
      mixHost.evaluate(() => {
        const { captured } = window as unknown as Observed;
        return captured.map(({ stream }) => stream.getAudioTracks()[0]?.readyState);
      });
    await expect.poll(states).toEqual(['ended']);
    expect(errors).toEqual([]);
  });
}

test('a quality other than voice takes the sound as it is', async ({ microphoneHost }) => {
  await microphoneHost.addInitScript(observe);
  await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const captured = () =>
    microphoneHost.evaluate(() => {
      const { captured } = window as unknown as Observed;
      const track = captured.at(-1)!.stream.getAudioTracks()[0]!;
      const { echoCancellation, noiseSuppression, autoGainControl } = track.getSettings();
      const live = captured.filter(({ stream }) => stream.getAudioTracks()[0]!.readyState === 'live').length;
      return { processing: [echoCancellation, noiseSuppression, autoGainControl], hint: track.contentHint, live };
    });
  await expect(quality(microphoneHost, 'Voice')).toBeChecked();
  await expect.poll(captured).toEqual({ processing: [true, true, true], hint: 'speech', live: 1 });
  await quality(microphoneHost, 'Music').check();
  await expect.poll(captured).toEqual({ processing: [false, false, false], hint: 'music', live: 1 });
  await quality(microphoneHost, 'Studio').check();
  await expect(quality(microphoneHost, 'Studio')).toBeChecked();
  await quality(microphoneHost, 'Voice').check();
  await expect.poll(captured).toEqual({ processing: [true, true, true], hint: 'speech', live: 1 });
  await showsState(microphoneHost, 'live');
});

test('a reloaded host is back by itself with the microphone, as it was', async ({ mixHost, newVisitor }) => {
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

test('a reloaded host who shares nothing again is asked no more', async ({ tabHost }) => {
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

/** Goes away from a live page, and answers what the browser asks then. */
async function isAsked(page: Page, answer: 'accept' | 'dismiss', leave: () => Promise<unknown>): Promise<void> {
  const asked = page.waitForEvent('dialog');
  const leaving = leave();
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog[answer]();
  await leaving;
}

test('whoever is live is asked before another page of the site takes the place of theirs', async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
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

test('whoever is not live goes from page to page without a question', async ({ newVisitor }) => {
  const host = await newVisitor();
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await host.evaluate(() => Object.assign(window, { sameDocument: true }));
  await host.getByRole('link', { name: 'About', exact: true }).click();
  await expect(host).toHaveURL(/\/about$/);
  expect(await host.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test.describe('what fails says why, and ends nothing', () => {
  const ends = async (page: Page, text: RegExp) => {
    await expect(problem(page)).toHaveText(text);
    await showsState(page, 'idle');
    await expect(main(page)).toHaveAttribute('data-link', 'attached');
  };

  test('the microphone is refused', async ({ mixBrowser, server }) => {
    const context = await mixBrowser.newContext({ baseURL: server.url, permissions: ['notifications'] });
    const page = await context.newPage();
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Use a microphone').click();
    await ends(page, /does not let this page use the microphone/);
    await context.close();
  });

  test('there is no microphone', async ({ newVisitor }) => {
    const page = await newVisitor();
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Use a microphone').click();
    await ends(page, /No microphone was found/);
  });

  test('another program has the microphone', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.addInitScript(() => {
      MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'));
    });
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Use a microphone').click();
    await ends(page, /Another program may be using it/);
  });

  test('the window in which tabs are chosen is closed', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.addInitScript(() => {
      MediaDevices.prototype.getDisplayMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Share a tab or system audio').click();
    await ends(page, /Nothing was shared/);
  });

  test('what was picked has no sound', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.addInitScript(() => {
      MediaDevices.prototype.getDisplayMedia = () => {
        const stream = document.createElement('canvas').captureStream();
        Object.assign(window, { picture: stream.getVideoTracks()[0] });
        return Promise.resolve(stream);
      };
    });
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Share a tab or system audio').click();
    await ends(page, /came without sound/);
    const picture = () => page.evaluate(() => (window as unknown as { picture: MediaStreamTrack }).picture.readyState);
    expect(await picture()).toBe('ended');
  });
});

test('a browser without display capture offers the microphone and says why', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.addInitScript(() => {
    delete (MediaDevices.prototype as Partial<MediaDevices>).getDisplayMedia;
  });
  await createRoom(page, 'Ada');
  await isHydrated(page);
  await expect(button(page, 'Share a tab or system audio')).toBeHidden();
  await expect(main(page)).toContainText('This browser cannot share the sound of a tab');
  await expect(button(page, 'Use a microphone')).toBeEnabled();
});

test('a browser without a microphone for pages offers the tab and says why', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.addInitScript(() => {
    delete (MediaDevices.prototype as Partial<MediaDevices>).getUserMedia;
  });
  await createRoom(page, 'Ada');
  await isHydrated(page);
  await expect(button(page, 'Use a microphone')).toBeHidden();
  await expect(button(page, 'Try it out first')).toBeHidden();
  await expect(main(page)).toContainText('This browser gives pages no microphone. Try another browser.');
  await expect(button(page, 'Share a tab or system audio')).toBeEnabled();
});

test('a browser that shares pictures alone offers the microphone and says why', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.addInitScript(() => {
    const known = MediaDevices.prototype.getSupportedConstraints;
    MediaDevices.prototype.getSupportedConstraints = function () {
      return { ...known.call(this), suppressLocalAudioPlayback: undefined } as MediaTrackSupportedConstraints;
    };
  });
  await createRoom(page, 'Ada');
  await isHydrated(page);
  await expect(button(page, 'Share a tab or system audio')).toBeHidden();
  await expect(main(page)).toContainText('This browser cannot share the sound of a tab');
});

test.describe('where whoever runs the server lets cookies go over plain HTTP', () => {
  test.use({ settings: { SESSION_COOKIE_SECURE: 'false' } });

  test('an address without HTTPS says that nothing can be shared from it, and how it can', async ({ playwright, server }) => {
    const browser = await playwright.chromium.launch({
      ...listening,
      args: [...(listening.args ?? []), '--host-resolver-rules=MAP heartogether.test 127.0.0.1'],
    });
    const page = await browser.newPage({ baseURL: server.url.replace(/\/\/[^:/]+/, '//heartogether.test') });
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await expect(main(page)).toContainText('Nothing can be shared from this address');
    await expect(main(page)).toContainText('https://');
    await expect(button(page, 'Share a tab or system audio')).toBeHidden();
    await expect(button(page, 'Use a microphone')).toBeHidden();
    await browser.close();
  });
});
