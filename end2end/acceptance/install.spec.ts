// The site as an installed app: what browsers ask for before they offer it, its shortcuts, and what is shared with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listening } from '../chromium.mjs';
import { expect, test, type Page } from '../fixtures';
import { button, createRoom, isHydrated, main, signIn } from '../page_actions';

interface Icon {
  src: string;
  sizes: string;
  purpose: string;
}

/** The manifest that a page names. */
const manifestOf = (page: Page) =>
  page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
    return (await fetch(link!.href)).json();
  });

test('Chromium finds everything that it needs to install the site', async ({ playwright, server }) => {
  // A private window, as tests have it, installs nothing.
  const folder = mkdtempSync(join(tmpdir(), 'heartogether-profile-'));
  const context = await playwright.chromium.launchPersistentContext(folder, listening);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(server.url);
  await isHydrated(page);
  const devtools = await context.newCDPSession(page);
  const manifest = await devtools.send('Page.getAppManifest');
  expect(manifest.errors).toEqual([]);
  expect(manifest.url).toBe(`${server.url}/manifest.webmanifest?language=en`);
  expect(JSON.parse(manifest.data ?? '')).toMatchObject({ name: 'HearTogether', display: 'standalone', id: '/' });
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
  const { appId } = await devtools.send('Page.getAppId');
  expect(appId).toBe(`${server.url}/`);
  expect(complaints).toEqual([]);
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The colours of a picture at its middle line and in its corner, as red, green, blue and opacity. */
const coloursOf = (page: Page, src: string) =>
  page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const at = (x: number, y: number) => [...data.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];
    const isWhite = (x: number, y: number) => at(x, y).every((part) => part > 240);
    const whites = Array.from({ length: width * height }, (_, place) => [place % width, Math.floor(place / width)] as const);
    const drawn = whites.filter(([x, y]) => isWhite(x, y));
    const reach = Math.max(...drawn.map(([x, y]) => Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2)));
    return { width, height, corner: at(0, 0), whites: drawn.length / (width * height), reach: reach / width };
  }, src);

test('the icons have their sizes, show the waves, and may be cut to any shape where they say so', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/');
  const { icons } = (await manifestOf(page)) as { icons: Icon[] };
  const apple = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
  const pictures = icons.filter(({ sizes }) => sizes !== 'any').concat({ src: apple!, sizes: '180x180', purpose: 'apple' });
  expect(pictures).toHaveLength(5);
  for (const { src, sizes, purpose } of pictures) {
    const { width, height, corner, whites, reach } = await coloursOf(page, src);
    expect(`${width}x${height}`, src).toBe(sizes);
    expect(whites, src).toBeGreaterThan(0.03);
    const isWhole = purpose !== 'any';
    expect(corner, src).toEqual(isWhole ? [0x0b, 0x64, 0x70, 255] : [0, 0, 0, 0]);
    if (purpose === 'maskable') expect(reach, src).toBeLessThan(0.38);
  }
});

test('the shortcuts lead to a new room and to the field for a code', async ({ newVisitor, server }) => {
  const page = await newVisitor();
  await page.goto('/');
  const [create, join] = ((await manifestOf(page)) as { shortcuts: { url: string }[] }).shortcuts;
  await page.goto(create!.url);
  await page.getByLabel('Your name').fill('Ada');
  await button(page, 'Continue as guest').click();
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  // Whoever is signed in has one click to go.
  await page.goto(create!.url);
  await button(page, 'Create a room').click();
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);

  const phone = await newVisitor({ isMobile: true, hasTouch: true, viewport: { width: 390, height: 844 } });
  await phone.goto(server.url + join!.url);
  await isHydrated(phone);
  await expect(phone.getByLabel('Room code')).toBeFocused();
});

test('a shared link leads to its room, and anything else to the field for the code, which says so', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await page.goto('/');
  const { share_target: target } = await manifestOf(page);
  expect(target.method).toBe('GET');
  const share = (shared: Record<string, string>) => {
    const named = Object.entries(shared).map(([name, value]) => [target.params[name], value]);
    return page.goto(`${target.action}?${new URLSearchParams(Object.fromEntries(named))}`);
  };
  await share({ title: 'A room', text: `Listen to this: http://hear.example/room/${code}` });
  await expect(main(page)).toHaveAttribute('data-page', 'room');
  await expect(page).toHaveURL(new RegExp(`/room/${code}$`));

  await share({ url: 'https://news.example/story' });
  await isHydrated(page);
  await expect(page.getByText('What you shared leads to no room.')).toBeVisible();
  await expect(page.getByLabel('Room code')).toBeVisible();
  // It is said once.
  await expect(page).toHaveURL(/\/$/);
  await page.reload();
  await isHydrated(page);
  await expect(page.getByText('What you shared leads to no room.')).toHaveCount(0);
});

test('Apple’s home screen gets its name, its picture and a window of its own', async ({ newVisitor }) => {
  const page = await newVisitor();
  await signIn(page, 'Ada');
  const content = (name: string) => page.locator(`meta[name=${name}]`).getAttribute('content');
  expect(await content('apple-mobile-web-app-title')).toBe('HearTogether');
  for (const name of ['apple-mobile-web-app-capable', 'mobile-web-app-capable']) expect(await content(name)).toBe('yes');
});
