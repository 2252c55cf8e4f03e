// Firefox as a listener and as a host with a microphone.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test as base } from '../fixtures';
import { byRole, executablePath, FIREFOX_TONE_HZ, launchFirefox, says, showsState, type Firefox, type FirefoxPage } from '../firefox.mjs';
import { hear, silence } from '../tone_detection';
import { button, createRoom, listen, shareTab, showsState as chromiumShowsState, stop, useMicrophone } from '../page_actions';

const test = base.extend<{ firefoxPage: FirefoxPage }, { firefox: Firefox }>({
  firefox: [
    async ({}, use) => {
      const firefox = await launchFirefox();
      await use(firefox.browser);
      await firefox.close();
    },
    { scope: 'worker' },
  ],
  firefoxPage: async ({ firefox }, use) => {
    const context = await firefox.createBrowserContext();
    await use(await context.newPage());
    await context.close();
  },
});

test.skip(!executablePath, 'there is no Firefox: FIREFOX names one, and ./dev installs it where it can');

async function listenInFirefox(page: FirefoxPage, url: string, code: string): Promise<void> {
  await page.goto(`${url}/room/${code}`);
  await byRole(page, 'button', 'Listen').click();
  await showsState(page, 'listening');
}

/** Opens a room as a new guest, who ends up on its host page. Returns its code. */
async function createRoomInFirefox(page: FirefoxPage, url: string): Promise<string> {
  await page.goto(`${url}/`);
  await byRole(page, 'button', 'Create a room').click();
  await byRole(page, 'textbox', 'Your name').fill('Ada');
  await byRole(page, 'button', 'Continue as guest').click();
  await page.waitForSelector('main[data-page="host"][data-hydrated]');
  return page.url().slice(-6);
}

test('Firefox hears a shared tab, its pause and its end', async ({ tabHost, firefoxPage, server }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listenInFirefox(firefoxPage, server.url, code);
  await hear(firefoxPage, TAB_TONE_HZ);

  await button(tabHost, 'Pause').click();
  await showsState(firefoxPage, 'paused');
  await silence(firefoxPage);
  await button(tabHost, 'Resume').click();
  await showsState(firefoxPage, 'listening');
  await hear(firefoxPage, TAB_TONE_HZ);

  await stop(tabHost);
  await showsState(firefoxPage, 'ended');
});

test('Firefox hears a microphone, reacts and writes to the host', async ({ microphoneHost, firefoxPage, server }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  await listenInFirefox(firefoxPage, server.url, code);
  await hear(firefoxPage, MICROPHONE_TONE_HZ);

  await byRole(firefoxPage, 'button', 'React with ❤️').click();
  await expect(microphoneHost.getByTestId('listener')).toContainText('❤️');
  await byRole(firefoxPage, 'textbox', 'Message to the host').fill('from Firefox');
  await firefoxPage.keyboard.press('Enter');
  await expect(microphoneHost.getByTestId('message')).toContainText('from Firefox');
});

test('Firefox hosts a microphone, pauses and stops; Chromium hears it', async ({ newVisitor, firefoxPage, server }) => {
  const code = await createRoomInFirefox(firefoxPage, server.url);
  await byRole(firefoxPage, 'button', 'Use a microphone').click();
  await showsState(firefoxPage, 'live');
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, FIREFOX_TONE_HZ);

  await byRole(firefoxPage, 'button', 'Pause').click();
  await chromiumShowsState(listener, 'paused');
  await silence(listener);
  await byRole(firefoxPage, 'button', 'Resume').click();
  await hear(listener, FIREFOX_TONE_HZ);

  await byRole(firefoxPage, 'button', 'Stop').click();
  await byRole(firefoxPage, 'button', 'Stop for everyone').click();
  await chromiumShowsState(listener, 'ended');
});

test('a reloaded Firefox has its microphone back with one click, and listens again by itself', async ({ firefox, firefoxPage, server }) => {
  const code = await createRoomInFirefox(firefoxPage, server.url);
  await byRole(firefoxPage, 'button', 'Use a microphone').click();
  await showsState(firefoxPage, 'live');
  const context = await firefox.createBrowserContext();
  const listener = await context.newPage();
  await listenInFirefox(listener, server.url, code);
  await hear(listener, FIREFOX_TONE_HZ);

  // A live host is asked before the page goes.
  firefoxPage.on('dialog', (dialog) => void dialog.accept());
  await firefoxPage.reload();
  // Its permission is for one visit, so that no page opens the microphone by itself.
  await byRole(firefoxPage, 'button', 'Share again').click();
  await showsState(firefoxPage, 'live');
  await hear(listener, FIREFOX_TONE_HZ);
  await listener.reload();
  await hear(listener, FIREFOX_TONE_HZ);
  await context.close();
});

test('Firefox, which shares no sound of tabs, offers the microphone and says why', async ({ firefoxPage, server }) => {
  await createRoomInFirefox(firefoxPage, server.url);
  await says(firefoxPage, 'This browser cannot share the sound of a tab');
  expect(await firefoxPage.$('::-p-aria([role="button"][name="Share a tab or system audio"])')).toBeNull();
});
