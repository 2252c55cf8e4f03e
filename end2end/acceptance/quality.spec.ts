// The encoding of each profile, as the peer connections report it, and the quality that the pages show.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { keepPeers } from '../peer_connection_stats.mjs';
import { button, createRoom, isHydrated, listen, main, pasted, shareTab, showsState, useMicrophone } from '../page_actions';

/** A tone that only the left channel has. */
const LEFT_TONE_HZ = 2000;

/** The parameters that a page's peer connection encodes or decodes by. */
function codecLine(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { peers } = window as Window & { peers?: RTCPeerConnection[] };
    const peer = peers?.findLast((one) => one.connectionState === 'connected');
    const reports = new Map((await peer?.getStats()) as Iterable<[string, { type: string; sdpFmtpLine?: string }]> | undefined);
    return [...reports.values()].find((report) => report.type === 'codec')?.sdpFmtpLine ?? '';
  });
}

/** How much louder a tone is on the left of what the player plays than on the right. */
function leanDb(page: Page, frequencyHz: number): Promise<number> {
  return page.getByTestId('stream').evaluate((player: HTMLAudioElement, frequencyHz) => {
    const page = window as Window & { sides?: AnalyserNode[] };
    if (!page.sides) {
      const context = new AudioContext({ sampleRate: 48_000 });
      const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
      context.createMediaStreamSource(player.srcObject as MediaStream).connect(splitter);
      page.sides = [0, 1].map((side) => {
        const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        splitter.connect(analyser, side);
        return analyser;
      });
    }
    const [left, right] = page.sides.map((side) => {
      const bins = new Float32Array(side.frequencyBinCount);
      side.getFloatFrequencyData(bins);
      return Math.max(-120, bins[Math.round((frequencyHz * side.fftSize) / side.context.sampleRate)]!);
    });
    return left! - right!;
  }, frequencyHz);
}

test('there is one transport, and only hosts gather candidates in advance', async ({ tabHost, newVisitor }) => {
  const keepConfigurations = () => {
    const configurations: RTCConfiguration[] = [];
    Object.assign(window, { configurations });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        // One that is made for the sake of the browser alone has none.
        if (configuration) configurations.push(configuration);
      }
    };
  };
  const configured = (page: Page) =>
    page.evaluate(() => {
      const { configurations } = window as unknown as { configurations: RTCConfiguration[] };
      return configurations.map(({ bundlePolicy, iceCandidatePoolSize }) => [bundlePolicy, iceCandidatePoolSize]);
    });
  const listener = await newVisitor();
  for (const page of [tabHost, listener]) await page.addInitScript(keepConfigurations);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  expect(await configured(tabHost)).toEqual([['max-bundle', 4]]);
  expect(await configured(listener)).toEqual([['max-bundle', undefined]]);
});

test('a shared tab is sent in stereo, and left and right are heard separately', async ({ tabHost, newVisitor }) => {
  const tone = tabHost.context().pages().find((page) => page !== tabHost)!;
  await tone.evaluate((frequency) => {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new StereoPannerNode(context, { pan: -1 })).connect(context.destination);
    oscillator.start();
  }, LEFT_TONE_HZ);
  await tabHost.addInitScript(keepPeers);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await showsState(listener, 'listening');
  await expect.poll(() => leanDb(listener, LEFT_TONE_HZ)).toBeGreaterThan(30);
  expect(Math.abs(await leanDb(listener, TAB_TONE_HZ))).toBeLessThan(3);
  const line = await codecLine(tabHost);
  for (const parameter of ['stereo=1', 'sprop-stereo=1', 'useinbandfec=1', 'maxaveragebitrate=256000']) {
    expect(line).toContain(parameter);
  }
});

test('a voice is sent with the settings for speech', async ({ microphoneHost, newVisitor }) => {
  await microphoneHost.addInitScript(keepPeers);
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  await listen(await newVisitor(), code);
  for (const parameter of ['usedtx=1', 'useinbandfec=1', 'minptime=10', 'maxaveragebitrate=64000']) {
    await expect.poll(() => codecLine(microphoneHost)).toContain(parameter);
  }
  expect(await codecLine(microphoneHost)).not.toContain('stereo=1');
});

test('another quality is used at once, over the same peer connection', async ({ microphoneHost, newVisitor }) => {
  await microphoneHost.addInitScript(keepPeers);
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await expect.poll(() => codecLine(microphoneHost)).toContain('usedtx=1');
  await microphoneHost.getByRole('radio', { name: 'Music' }).check();
  await expect.poll(() => codecLine(microphoneHost)).toContain('maxaveragebitrate=256000');
  expect(await codecLine(microphoneHost)).not.toContain('usedtx=1');
  await hear(listener, MICROPHONE_TONE_HZ);
  expect(await microphoneHost.evaluate(() => (window as Window & { peers?: unknown[] }).peers?.length)).toBe(1);
});

test('host and listener see the quality of the connection, and copy it without names or addresses', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  await main(tabHost).getByText('Diagnostics', { exact: true }).click();
  const measured = tabHost.getByTestId('measured');
  const figures = [
    /Path\s*direct, (host|prflx) to (host|prflx) over UDP/,
    /Round trip\s*\d+ ms/,
    /Jitter\s*\d+ ms/,
    /Loss\s*0\.0 %/,
    /Codec\s*audio\/(opus|red)/,
  ];
  for (const figure of figures) await expect(measured).toContainText(figure);
  await expect(measured).toContainText(/Bitrate\s*[1-9]\d* kbit\/s of at most \d+ kbit\/s/);
  await expect(measured.getByRole('img', { name: 'Bitrate and loss' })).toBeVisible();
  await expect(main(tabHost)).toContainText('No TURN server is configured');

  const badge = listener.getByTestId('quality');
  await expect(badge).toHaveText(/^Direct · [1-9]\d* kbit\/s · behind live \d+ ms$/);
  await badge.click();
  for (const figure of [/Jitter\s*\d+ ms/, /Jitter buffer\s*\d+ ms/, /Codec\s*audio\/(opus|red)/]) {
    await expect(main(listener)).toContainText(figure);
  }

  const name = await measured.getByRole('heading').innerText();
  for (const page of [tabHost, listener]) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write', 'microphone']);
    await button(page, 'Copy diagnostics').click();
    await expect(button(page, 'Copied')).toBeVisible();
    const copied = await pasted(page);
    expect(copied).toMatch(/Path: direct/);
    for (const secret of [name, 'Ada', code]) expect(copied).not.toContain(secret);
    expect(copied.replace(/^Browser:.*$/m, '')).not.toMatch(/\d+\.\d+\.\d+\.\d+|[0-9a-f]*::[0-9a-f]+|\.local/);
  }
});

test('where a browser copies nothing, the diagnostics stay and the page says so', async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new DOMException()) } });
    document.execCommand = () => false;
  });
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await main(host).getByText('Diagnostics', { exact: true }).click();
  await button(host, 'Copy diagnostics').click();
  await expect(host.getByRole('status').filter({ hasText: 'does not let this page copy' })).toBeVisible();
  await expect(button(host, 'Copy diagnostics')).toBeFocused();
});
