// The host's sound: sources, faders, qualities, and all events of a source.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, hearTogether, silence } from '../tone_detection';
import { button, createRoom, isHydrated, listen, main, shareTab, showsState, useMicrophone } from '../page_actions';
import { type Observed, observe, answers, unplug } from '../capture_observer';

const BOTH = [MICROPHONE_TONE_HZ, TAB_TONE_HZ];
const volume = (page: Page, name: string) => page.getByRole('slider', { name: `${name} volume` });
const quality = (page: Page, name: string) => page.getByRole('radio', { name });
const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ });

test('tab and microphone are mixed, each with its fader, without negotiation', async ({ mixHost, newVisitor }) => {
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

test('another tab replaces the shared one, without negotiation', async ({ tabHost, newVisitor }) => {
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

test('one of two sources ends, and the other continues', async ({ mixHost, newVisitor }) => {
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

test('the last source ends, and is shared again', async ({ microphoneHost, newVisitor }) => {
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

test('a closed tab interrupts the stream, and the room continues', async ({ tabHost }) => {
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
  test(`${source} that is allowed after the page was left is released`, async ({ mixHost }) => {
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

test('a quality other than voice captures the sound without processing', async ({ microphoneHost }) => {
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
