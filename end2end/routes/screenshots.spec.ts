// Pictures of each page in each language for people to look at: target/screenshots. Nothing is asserted by pixels, but that
// nothing reaches beyond the page's edge.
import { join } from 'node:path';

import { expect, test, type Page } from '../fixtures';
import { target } from '../build_target.mjs';
import { createRoom, hasWorker, isHydrated, listen, main, showsState, stop, UNKNOWN_CODE, useMicrophone } from '../page_actions';

const looks = [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })));

/** The last one is that of the names by which the steps find what they press. */
const LANGUAGES = ['zh-Hans', 'de', 'en'];

/** Takes the page in every language and look. */
async function picture(page: Page, name: string): Promise<void> {
  for (const language of LANGUAGES) {
    await page.locator(`.languages button[value=${language}]`).click();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await pictureAsItIs(page, `${name}-${language}`);
  }
}

async function pictureAsItIs(page: Page, name: string): Promise<void> {
  for (const { width, colorScheme } of looks) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(main(page)).toBeVisible();
    const reach = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(reach, `${name} at ${width} px`).toBeLessThanOrEqual(width);
    await page.screenshot({ path: join(target, 'screenshots', `${name}-${width}-${colorScheme}.png`), fullPage: true });
  }
}

test('screenshots', async ({ microphoneHost, newVisitor }) => {
  test.setTimeout(300_000);
  const visitor = await newVisitor();
  for (const [name, path] of [
    ['home', '/'],
    ['login', '/login'],
    ['about', '/about'],
    ['privacy', '/privacy'],
    ['not-found', '/nowhere'],
    ['room-not-found', `/room/${UNKNOWN_CODE}`],
  ] as const) {
    await visitor.goto(path);
    await isHydrated(visitor);
    await picture(visitor, name);
  }

  const code = await createRoom(microphoneHost, 'Ada Lovelace');
  await isHydrated(microphoneHost);
  await picture(microphoneHost, 'host-idle');
  await visitor.goto(`/room/${code}`);
  await isHydrated(visitor);
  await picture(visitor, 'room-waiting');
  const early = await newVisitor();
  await listen(early, code);
  await showsState(early, 'connecting');
  await picture(early, 'listen-waiting');

  await useMicrophone(microphoneHost);
  await visitor.reload();
  await isHydrated(visitor);
  await picture(visitor, 'room-live');
  await listen(visitor, code);
  await showsState(visitor, 'listening');
  await picture(visitor, 'listen-listening');
  await picture(microphoneHost, 'host-live');

  const stranger = await visitor.context().newPage();
  await stranger.goto(`/host/${code}`);
  await showsState(stranger, 'refused');
  await picture(stranger, 'host-refused');
  await stop(microphoneHost);
  await showsState(visitor, 'ended');
  await picture(visitor, 'listen-ended');
  await picture(microphoneHost, 'host-ended');
});

test('screenshots of the page for a server that does not answer', async ({ newVisitor, server }) => {
  const page = await newVisitor();
  await page.goto('/');
  await hasWorker(page);
  await server.kill();
  for (const isOffline of [false, true]) {
    await page.context().setOffline(isOffline);
    for (const language of LANGUAGES) {
      await page.context().addCookies([{ name: 'heartogether.language', value: language, url: server.url }]);
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(main(page)).toHaveAttribute('data-state', isOffline ? 'offline' : 'waiting');
      await pictureAsItIs(page, `${isOffline ? 'offline' : 'server-silent'}-${language}`);
    }
  }
});
