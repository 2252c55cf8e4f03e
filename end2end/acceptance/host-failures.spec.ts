// The host's page when a source cannot be captured.
import { expect, test, type Page } from '../fixtures';
import { listening } from '../chromium.mjs';
import { button, createRoom, isHydrated, main, showsState } from '../page_actions';

const problem = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ });

test.describe('a failure shows its reason and does not end the room', () => {
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

  test('the window for choosing a tab is closed', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.addInitScript(() => {
      MediaDevices.prototype.getDisplayMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await createRoom(page, 'Ada');
    await isHydrated(page);
    await button(page, 'Share a tab or system audio').click();
    await ends(page, /Nothing was shared/);
  });

  test('the chosen source has no sound', async ({ newVisitor }) => {
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

test.describe('where the operator allows cookies over plain HTTP', () => {
  test.use({ settings: { SESSION_COOKIE_SECURE: 'false' } });

  test('a page without HTTPS says that nothing can be shared, and how it can', async ({ playwright, server }) => {
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
