// Sound through a real TURN server, where no direct path is allowed.
import { Coturn, freePort } from '../coturn.mjs';
import { expect, MICROPHONE_TONE_HZ, test as base, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { keepPeers } from '../peer_connection_stats.mjs';
import { holdCode } from '../held_code';
import { comeIn, openLounge } from '../lounge_actions';
import { share, tapListen } from '../lounge_sound_actions';
import { button, createRoom, isHydrated, listen, showsState, signIn, useMicrophone } from '../page_actions';

const SECRET = 'north of everything';

const test = base.extend<{ transport: 'udp' | 'tcp'; more: Record<string, string>; coturn: Coturn }>({
  transport: ['udp', { option: true }],
  more: [{}, { option: true }],
  coturn: async ({}, use, testInfo) => {
    const coturn = await Coturn.start(SECRET);
    await use(coturn);
    await coturn.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('coturn.log', { body: coturn.log, contentType: 'text/plain' });
    }
  },
  settings: async ({ coturn, transport, more }, use) =>
    use({ TURN_URLS: coturn.url(transport), TURN_SECRET: SECRET, ICE_TRANSPORT_POLICY: 'relay', ...more }),
});

const problem = (page: Page) => page.getByTestId('turn-problem');

/** The kinds of both candidates that a page's sound goes by, and how it gets to the TURN server. */
async function path(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const { peers } = window as Window & { peers?: RTCPeerConnection[] };
    const peer = peers?.findLast((one) => one.connectionState === 'connected');
    const report = new Map((await peer?.getStats()) as Iterable<[string, Record<string, string>]> | undefined);
    const transport = [...report.values()].find((entry) => entry['type'] === 'transport');
    const pair = report.get(transport?.['selectedCandidatePairId'] ?? '');
    const [local, remote] = [report.get(pair?.['localCandidateId'] ?? ''), report.get(pair?.['remoteCandidateId'] ?? '')];
    return `${local?.['candidateType']} over ${local?.['relayProtocol']} to ${remote?.['candidateType']}`;
  });
}

/** The kinds of the candidates that a page has found itself. */
const candidates = (page: Page) =>
  page.evaluate(async () => {
    const kinds = new Set<string>();
    for (const peer of (window as Window & { peers?: RTCPeerConnection[] }).peers ?? []) {
      for (const [, entry] of (await peer.getStats()) as unknown as Iterable<[string, Record<string, string>]>) {
        if (entry['type'] === 'local-candidate') kinds.add(entry['candidateType'] ?? '');
      }
    }
    return [...kinds];
  });

/** The TURN passwords that a page's peer connection has. */
const passwords = (page: Page) =>
  page.evaluate(() => {
    const peer = (window as Window & { peers?: RTCPeerConnection[] }).peers?.find((one) => one.connectionState === 'connected');
    return peer?.getConfiguration().iceServers?.flatMap(({ credential }) => credential ?? []);
  });

const hide = (page: Page) => page.getByRole('switch', { name: 'Hide my address' });

/** How many peer connections a page has made. */
const made = (page: Page) => page.evaluate(() => (window as Window & { peers?: RTCPeerConnection[] }).peers?.length ?? 0);

/** Opens a room and speaks in it. Returns its code. */
async function speak(host: Page): Promise<string> {
  const code = await createRoom(host, 'Ada');
  await useMicrophone(host);
  return code;
}

/** Listens until the host is heard. */
async function hearHost(listener: Page, code: string): Promise<void> {
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
}

for (const transport of ['udp', 'tcp'] as const) {
  test.describe(`over ${transport.toUpperCase()}`, () => {
    test.use({ transport });

    test(`the tone is heard through the TURN server over ${transport.toUpperCase()}`, async ({ microphoneHost, newVisitor }) => {
      const code = await speak(microphoneHost);
      const listener = await newVisitor();
      await listener.addInitScript(keepPeers);
      await hearHost(listener, code);
      await expect.poll(() => path(listener)).toBe(`relay over ${transport} to relay`);
      await expect(listener.getByTestId('quality')).toContainText('Relayed');
      await expect(problem(microphoneHost)).toBeEmpty();
      await expect(microphoneHost.getByText('No TURN server is configured')).toHaveCount(0);
    });
  });
}

test.describe('a secret that the TURN server does not know', () => {
  test.use({ more: { TURN_SECRET: 'south of everything' } });

  test('the host is told that the TURN server refuses the password', async ({ microphoneHost, newVisitor }) => {
    const code = await speak(microphoneHost);
    const listener = await newVisitor();
    await listen(listener, code);
    await expect(problem(microphoneHost)).toContainText("does not take this server's password");
    await expect(problem(listener)).toContainText("does not take this server's password");
    await showsState(listener, 'connecting');
  });
});

test.describe('an expired password', () => {
  test.use({ more: { TURN_TTL_SECONDS: '2' } });

  test('the host is told if no new one can be fetched', async ({ microphoneHost, newVisitor }) => {
    await microphoneHost.route('**/api/fn/ice_servers*', (route) => route.abort());
    const code = await createRoom(microphoneHost, 'Ada');
    await isHydrated(microphoneHost);
    const known = Date.now();
    await expect.poll(() => Date.now() - known).toBeGreaterThan(4000);
    await useMicrophone(microphoneHost);
    const listener = await newVisitor();
    await listen(listener, code);
    await expect(problem(microphoneHost)).toContainText('its time is over');
  });
});

test.describe('passwords of a few seconds', () => {
  test.use({ more: { TURN_TTL_SECONDS: '12' } });

  test('passwords are renewed while listening, and survive a change of network', async ({ microphoneHost, newVisitor }) => {
    const code = await speak(microphoneHost);
    const listener = await newVisitor();
    await listener.addInitScript(keepPeers);
    const renewed = listener.waitForResponse(/api\/fn\/ice_servers/);
    await hearHost(listener, code);
    const [began, first] = [Date.now(), await passwords(listener)];
    await renewed;
    // Where a restart of ICE takes them from.
    await expect.poll(() => passwords(listener), 'what the peer connection at hand knows').not.toEqual(first);
    await expect.poll(() => Date.now() - began, 'the first password is over').toBeGreaterThan(14_000);
    const before = await made(listener);
    await listener.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect.poll(() => made(listener), 'another peer connection').toBeGreaterThan(before);
    await expect.poll(() => path(listener)).toBe('relay over udp to relay');
    await hear(listener, MICROPHONE_TONE_HZ);
    await expect(problem(microphoneHost)).toBeEmpty();
  });
});

test.describe('where direct paths are allowed', () => {
  test.use({ more: { ICE_TRANSPORT_POLICY: 'all' } });

  test('a listener who hides their address is reached only through the relay', async ({ microphoneHost, newVisitor }) => {
    const code = await speak(microphoneHost);
    const listener = await newVisitor();
    await listener.addInitScript(keepPeers);
    await hearHost(listener, code);
    await expect.poll(() => path(listener)).toBe('host over undefined to host');
    await hide(listener).check();
    await expect(hide(listener), 'the control keeps the focus').toBeFocused();
    await listener.reload();
    await hear(listener, MICROPHONE_TONE_HZ);
    await expect(hide(listener)).toBeChecked();
    await expect.poll(() => path(listener)).toMatch(/^relay over udp to /);
    expect(await candidates(listener), 'no other candidate of theirs').toEqual(['relay']);
  });
});

test.describe('where direct paths are allowed, in a lounge', () => {
  test.use({ more: { ICE_TRANSPORT_POLICY: 'all' } });

  test('a member who hides their address hears through the relay from then on', async ({ microphoneHost, newVisitor }) => {
    const code = await openLounge(microphoneHost, 'Ada');
    const grace = await newVisitor();
    await grace.addInitScript(keepPeers);
    await comeIn(grace, code, 'Grace');
    await share(microphoneHost, 'Use a microphone');
    await tapListen(grace);
    await hear(grace, MICROPHONE_TONE_HZ);
    await expect.poll(() => path(grace)).toBe('host over undefined to host');
    await button(grace, 'Sound settings').click();
    await hide(grace).check();
    await button(grace, 'Stop listening').click();
    await tapListen(grace);
    await hear(grace, MICROPHONE_TONE_HZ);
    await expect.poll(() => path(grace)).toMatch(/^relay over udp to /);
    await button(grace, 'Sound settings').click();
    await expect(hide(grace)).toBeChecked();
  });
});

test.describe('where direct paths are allowed, for a host', () => {
  test.use({ more: { ICE_TRANSPORT_POLICY: 'all' } });

  test('a host who hides their address while live is reached only through the relay from then on', async ({
    microphoneHost,
    newVisitor,
  }) => {
    await microphoneHost.addInitScript(keepPeers);
    const code = await speak(microphoneHost);
    await microphoneHost.getByText('Diagnostics', { exact: true }).click();
    await hide(microphoneHost).check();
    const listener = await newVisitor();
    await listener.addInitScript(keepPeers);
    await hearHost(listener, code);
    await expect.poll(() => path(microphoneHost)).toMatch(/^relay over udp to /);
    expect(await candidates(microphoneHost), 'no other candidate of theirs').toEqual(['relay']);
  });
});

test.describe('before the code has come', () => {
  // A service worker keeps the code, and would give it to the page past the test.
  test.use({ more: { ICE_TRANSPORT_POLICY: 'all' }, serviceWorkers: 'block' });

  test('the switch that hides an address cannot be pressed, and can be then', async ({ tabHost, newVisitor }) => {
    const code = await createRoom(tabHost, 'Ada');
    const listener = await newVisitor();
    await signIn(listener, 'Grace');
    const release = await holdCode(listener);
    await listener.goto(`/listen/${code}`, { waitUntil: 'domcontentloaded' });
    await expect(hide(listener)).toBeDisabled();
    release();
    await hide(listener).check();
  });
});

test('where all sound is relayed anyway, the switch says so', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listen(listener, code);
  await expect(hide(listener), 'there is nothing to switch').toBeHidden();
  await listener.getByTestId('quality').click();
  await expect(hide(listener)).toBeChecked();
  await expect(hide(listener)).toBeDisabled();
  await expect(listener.getByText('sends all sound through its relay')).toBeVisible();
});

test.describe('two providers, of which the first does not answer', () => {
  test.use({
    more: async ({}, use) =>
      use({
        EXPRESSTURN_URLS: `turn:127.0.0.1:${await freePort()}`,
        EXPRESSTURN_USERNAME: 'ada',
        EXPRESSTURN_CREDENTIAL: 'lovelace',
      }),
  });

  test('the second provider is used if the first does not answer', async ({ microphoneHost, newVisitor }) => {
    const code = await speak(microphoneHost);
    const listener = await newVisitor();
    await hearHost(listener, code);
    await expect(button(listener, 'React with ❤️')).toBeVisible();
    await expect(problem(microphoneHost)).toBeEmpty();
  });
});
