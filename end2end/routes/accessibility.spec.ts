// The host's and the listener's page in every state, for everybody: axe, every width, and the keyboard alone. A player that
// waits for a tap is looked at in acceptance/tap.spec.ts.
import { fitsEveryWidth, keepsFocus, passesAxe, tabTo } from '../accessibility';
import { expect, test, type Page } from '../fixtures';
import { imaginedMessage, nameOf, toRoom } from '../frames';
import {
  button,
  createRoom,
  isHydrated,
  listen,
  main,
  sayName,
  shareTab,
  showsRefusal,
  showsState,
  signIn,
  stop,
  useMicrophone,
} from '../page_actions';

/** Looked at as people with all kinds of eyes and devices do. */
async function isForEverybody(page: Page): Promise<void> {
  await fitsEveryWidth(page);
  await passesAxe(page, [390]);
}

/** Keeps what the microphone gives, so that {@link unplug} can take it away. */
const keepTracks = (page: Page) =>
  page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    const tracks: MediaStreamTrack[] = [];
    Object.assign(window, { keptTracks: tracks });
    devices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });

/** What the browser does when a device goes away. */
const unplug = (page: Page) =>
  page.evaluate(() => {
    const { keptTracks } = window as unknown as { keptTracks: MediaStreamTrack[] };
    for (const track of keptTracks) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });

test('the host’s page is accessible in each of its states', async ({ microphoneHost: host, newVisitor }) => {
  test.slow();
  await keepTracks(host);
  const code = await createRoom(host, 'Ada');
  await isHydrated(host);
  await isForEverybody(host);
  await useMicrophone(host);
  const guest = await newVisitor();
  await listen(guest, code);
  await showsState(guest, 'listening');
  await isForEverybody(host);
  await button(host, 'Stop').click();
  await isForEverybody(host);
  await button(host, 'Go on').click();
  await button(host, 'Pause').click();
  await showsState(host, 'paused');
  await isForEverybody(host);
  await unplug(host);
  await showsState(host, 'interrupted');
  await isForEverybody(host);

  const stranger = await newVisitor();
  await stranger.goto(`/host/${code}`);
  await sayName(stranger, 'Grace');
  await showsRefusal(stranger, 'not_owner');
  await isForEverybody(stranger);

  await stop(host);
  await showsState(host, 'ended');
  await isForEverybody(host);
});

/** Gives the host all the time there is to take a removal back. */
const stopTheClockOfRemovals = (page: Page) =>
  page.addInitScript(() => {
    const { setTimeout } = window;
    const patient = (act: () => void, ms?: number) => (ms === 5000 ? 0 : setTimeout(act, ms));
    Object.assign(window, { setTimeout: patient });
  });

test('the host’s page is accessible with all its elements', async ({ mixHost: host, newVisitor }) => {
  test.slow();
  await stopTheClockOfRemovals(host);
  const code = await createRoom(host, 'Ada');
  await shareTab(host);
  await button(host, 'Add the microphone').click();
  const guest = await newVisitor();
  await signIn(guest, 'Grace');
  await listen(guest, code);
  await guest.getByLabel('Message to the host').fill('louder, please');
  await guest.keyboard.press('Enter');
  await expect(host.getByRole('log').getByRole('listitem')).toContainText('louder, please');
  await main(host).getByText('Diagnostics', { exact: true }).click();
  await expect(host.getByTestId('measured')).toContainText('Codec');
  await isForEverybody(host);

  await host.evaluate(() => {
    MediaDevices.prototype.getDisplayMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await button(host, 'Share another tab').click();
  await expect(host.getByRole('alert').filter({ hasText: 'Nothing was shared' })).toBeVisible();
  await button(host, 'Remove Grace').click();
  await expect(host.getByText('Grace is being removed.')).toBeVisible();
  await isForEverybody(host);
  await expect(host.getByText('Grace is being removed.')).toBeVisible();

  const second = await host.context().newPage();
  await second.goto(`/host/${code}`);
  await showsRefusal(second, 'host_elsewhere');
  await isForEverybody(second);
  await host.goto('/');
  await showsRefusal(guest, 'removed');
  await isForEverybody(guest);
});

test.describe('with room for one listener', () => {
  test.use({ settings: { MAX_LISTENERS: '1' } });

  test('the listener’s page is accessible in each of its states', async ({ microphoneHost: host, newVisitor }) => {
    test.slow();
    const code = await createRoom(host, 'Ada');
    const guest = await newVisitor();
    await listen(guest, code);
    await showsState(guest, 'connecting');
    await isForEverybody(guest);
    await useMicrophone(host);
    await showsState(guest, 'listening');
    await isForEverybody(guest);

    const late = await newVisitor();
    await late.goto(`/room/${code}`);
    await isHydrated(late);
    await isForEverybody(late);
    await signIn(late, 'Linus');
    await late.goto(`/listen/${code}`);
    await showsRefusal(late, 'room_full');
    await isForEverybody(late);

    await button(host, 'Pause').click();
    await showsState(guest, 'paused');
    await isForEverybody(guest);
    await button(host, 'Resume').click();
    await showsState(guest, 'listening');
    await host.goto('/about');
    await showsState(guest, 'reconnecting');
    await isForEverybody(guest);
    await host.goto(`/host/${code}`);
    await isHydrated(host);
    await stop(host);
    await showsState(guest, 'ended');
    await isForEverybody(guest);
  });
});

test('a host can use the page without a mouse', async ({ microphoneHost: host, newVisitor }) => {
  await host.goto('/');
  await isHydrated(host);
  await tabTo(host, button(host, 'Create a room'), 'Shift+Tab');
  await host.keyboard.press('Enter');
  await expect(host.getByLabel('Your name')).toBeFocused();
  await host.keyboard.type('Ada');
  await host.keyboard.press('Enter');
  await expect(host).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  await keepsFocus(host);

  await tabTo(host, button(host, 'Use a microphone'));
  await host.keyboard.press('Enter');
  await showsState(host, 'live');
  await keepsFocus(host);
  await tabTo(host, button(host, 'Pause'));
  await host.keyboard.press('Enter');
  await expect(button(host, 'Resume')).toBeFocused();
  await host.keyboard.press('Enter');
  await expect(button(host, 'Pause')).toBeFocused();

  const guest = await newVisitor();
  await listen(guest, host.url().slice(-6));
  await showsState(guest, 'listening');
  await tabTo(host, button(host, 'Stop'));
  await host.keyboard.press('Enter');
  const question = host.getByRole('group', { name: 'End the room?' });
  await expect(question).toBeFocused();
  await host.keyboard.press('Escape');
  await expect(button(host, 'Stop')).toBeFocused();
  await host.keyboard.press('Enter');
  await tabTo(host, button(host, 'Go on'));
  await host.keyboard.press('Enter');
  await expect(button(host, 'Stop')).toBeFocused();
  await host.keyboard.press('Enter');
  await tabTo(host, button(host, 'Stop for everyone'));
  await host.keyboard.press('Enter');
  await showsState(host, 'ended');
  await expect(main(host)).toBeFocused();
});

test('a listener can use the page without a mouse', async ({ microphoneHost, newVisitor }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const guest = await newVisitor();
  await guest.goto('/');
  await expect(guest.getByLabel('Room code')).toBeFocused();
  await guest.keyboard.type(code);
  await guest.keyboard.press('Enter');
  await expect(button(guest, 'Listen')).toBeVisible();
  await keepsFocus(guest);
  await tabTo(guest, button(guest, 'Listen'));
  await guest.keyboard.press('Enter');
  await showsState(guest, 'listening');
  await keepsFocus(guest);
  await tabTo(guest, button(guest, 'Mute'));
  await guest.keyboard.press('Enter');
  await expect(button(guest, 'Unmute')).toBeFocused();
  await tabTo(guest, guest.getByRole('link', { name: 'Leave' }));
  await guest.keyboard.press('Enter');
  await expect(guest).toHaveURL(/\/$/);
  await keepsFocus(guest);
});

test('a row of the audience keeps the focus, and a toast passes it on', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const guest = await newVisitor();
  await signIn(guest, 'Grace');
  await listen(guest, code);
  const remove = button(host, 'Remove Grace');
  await tabTo(host, remove);
  await host.keyboard.press('Enter');
  await expect(host.getByTestId('listener').getByRole('button', { name: 'Undo' })).toBeFocused();
  await host.keyboard.press('Enter');
  await expect(remove).toBeFocused();

  await host.keyboard.press('Enter');
  await host.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).focus();
  await showsRefusal(guest, 'removed');
  await expect(host.getByText('Grace is being removed.')).toBeHidden();
  await expect(host.getByRole('list', { name: 'Listeners' })).toBeFocused();

  const another = await newVisitor();
  await signIn(another, 'Edsger');
  await listen(another, code);
  await tabTo(host, button(host, 'Remove Edsger'));
  await another.close();
  await expect(host.getByRole('list', { name: 'Listeners' })).toBeFocused();
});

test('the focus moves to the chat when the last earlier messages are loaded', async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const said = JSON.parse(String(frame));
      const shown = { messages: [imaginedMessage(2)], has_earlier_messages: true };
      if (nameOf(frame) === 'joined') Object.assign(said.room.message.joined.room, shown);
      socket.send(JSON.stringify(said));
    });
    socket.onMessage((frame) => {
      if (nameOf(frame) !== 'fetch_messages') return server.send(frame);
      const page = { messages: { before: 2, messages: [imaginedMessage(1)], has_earlier: false } };
      socket.send(JSON.stringify(toRoom(JSON.parse(String(frame)).room.room, page)));
    });
  });
  await createRoom(host, 'Ada');
  await tabTo(host, button(host, 'Show earlier messages'));
  await host.keyboard.press('Enter');
  await expect(host.getByTestId('message')).toHaveCount(2);
  await expect(button(host, 'Show earlier messages')).toBeHidden();
  await expect(host.getByRole('log')).toBeFocused();
});

test('a host adds, removes and shares again without a mouse', async ({ mixHost: host }) => {
  await createRoom(host, 'Ada');
  await shareTab(host);
  await tabTo(host, button(host, 'Add the microphone'));
  await host.keyboard.press('Enter');
  await expect(button(host, 'Mute the microphone')).toBeFocused();
  await tabTo(host, button(host, 'Remove the microphone'));
  await host.keyboard.press('Enter');
  await expect(button(host, 'Add the microphone')).toBeFocused();
  await host.keyboard.press('Enter');
  await expect(button(host, 'Mute the microphone')).toBeFocused();

  await host.reload();
  await showsState(host, 'live');
  await tabTo(host, button(host, 'Share again'));
  await host.keyboard.press('Enter');
  await expect(button(host, 'Mute the tab')).toBeFocused();
});

test('a listener continues listening without a mouse', async ({ microphoneHost, newVisitor }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const guest = await newVisitor();
  await listen(guest, code);
  await showsState(guest, 'listening');
  await guest.getByTestId('stream').evaluate((audio: HTMLAudioElement) => audio.pause());
  await tabTo(guest, button(guest, 'Go on listening'));
  await guest.keyboard.press('Enter');
  await expect(button(guest, 'Go on listening')).toBeHidden();
  await expect(main(guest)).toBeFocused();
});

test('controls are visible if the system chooses the colours', async ({ newVisitor }) => {
  const page = await newVisitor({ forcedColors: 'active' });
  await page.goto('/');
  for (const name of ['Create a room', 'Join']) {
    const { border, ground, width } = await button(page, name).evaluate((element) => {
      const { borderTopColor, borderTopWidth } = getComputedStyle(element);
      const { backgroundColor } = getComputedStyle(element.parentElement ?? document.body);
      return { border: borderTopColor, ground: backgroundColor, width: parseFloat(borderTopWidth) };
    });
    expect(width, name).toBeGreaterThan(0);
    expect(border, name).not.toBe(ground);
    expect(border, name).not.toBe('rgba(0, 0, 0, 0)');
  }
});
