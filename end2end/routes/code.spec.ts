// Which code a page loads, when, what happens if the code cannot be loaded, and what the HTML weighs.
import { get, type IncomingMessage } from 'node:http';

import { expect, test, type Page } from '../fixtures';
import { button, createRoom, isHydrated, main, signIn } from '../page_actions';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

/** The name of a piece of code, without its hash. */
const ofPiece = /\/pkg\/(piece_\w+)\./;

/** Notes every piece of code, each time it is asked for. */
function watchCode(page: Page): string[] {
  const loaded: string[] = [];
  page.on('request', (request) => {
    const name = ofPiece.exec(request.url())?.[1];
    if (name) loaded.push(name);
  });
  return loaded;
}

test('the landing page loads no other page’s code', async ({ newVisitor }) => {
  const page = await newVisitor();
  const loaded = watchCode(page);
  await page.goto('/');
  await isHydrated(page);
  await page.waitForLoadState('networkidle');
  expect(loaded).toEqual(['piece_frame']);
});

/** Every file of a page's code. */
const CODE = /\/pkg\/.*\.(js|wasm)$/;
const QUIET_MS = 1_000;

/** Keeps the browser from being idle: it is when `goIdle` is called in the page. */
function holdIdle(): void {
  const waiting: IdleRequestCallback[] = [];
  const goIdle = () => waiting.splice(0).forEach((act) => act({ didTimeout: false, timeRemaining: () => 50 }));
  const countWaiting = () => waiting.length;
  Object.assign(window, { goIdle, countWaiting, requestIdleCallback: (act: IdleRequestCallback) => waiting.push(act) });
}

/** A landing page that is not loaded until the returned function is called: a picture in it is on its way. Notes the code it asks for. */
async function openUnloaded(page: Page): Promise<{ asked: string[]; load: () => Promise<void> }> {
  const asked: string[] = [];
  page.on('request', (request) => void (CODE.test(request.url()) && asked.push(request.url())));
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/on-its-way.png', async (route) => {
    await arrived;
    await route.abort();
  });
  await page.addInitScript(holdIdle);
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => (document.body.appendChild(new Image()).src = '/on-its-way.png'));
  });
  await page.goto('/', { waitUntil: 'domcontentloaded' });
  const load = async () => {
    arrive();
    await page.waitForLoadState('load');
  };
  return { asked, load };
}

const countWaiting = (page: Page) => page.evaluate(() => (window as unknown as { countWaiting: () => number }).countWaiting());

test('the landing page loads its code once it is loaded and the browser is idle', async ({ newVisitor }) => {
  const page = await newVisitor();
  const { asked, load } = await openUnloaded(page);
  await page.waitForTimeout(QUIET_MS);
  expect(asked, 'the page is still loading').toEqual([]);
  expect(await countWaiting(page)).toBe(0);
  await load();
  await expect.poll(() => countWaiting(page)).toBe(1);
  await page.waitForTimeout(QUIET_MS);
  expect(asked, 'the browser is not idle yet').toEqual([]);
  await page.evaluate(() => (window as unknown as { goIdle: () => void }).goIdle());
  await isHydrated(page);
  expect(asked.filter((url) => url.endsWith('.wasm'))).toHaveLength(2);
});

for (const [sign, give] of [
  ['points', (page: Page) => page.mouse.move(200, 200)],
  ['presses a key', (page: Page) => page.keyboard.press('Shift')],
] as const) {
  test(`the landing page loads its code at once when the visitor ${sign}`, async ({ newVisitor }) => {
    const page = await newVisitor();
    const { asked, load } = await openUnloaded(page);
    expect(asked).toEqual([]);
    await give(page);
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    await load();
    await isHydrated(page);
  });
}

test('a page’s answer names the needed code, which is loaded once', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  // The page before this one asks for its code when it is idle, which must not be taken for this one's.
  await isHydrated(page);
  const loaded = watchCode(page);
  const answer = await page.goto(`/listen/${code}`);
  await isHydrated(page);
  const links = (await answer?.headerValue('link'))?.split(', ') ?? [];
  const named = links.map((link) => ofPiece.exec(link)?.[1]);
  const pieces = ['broadcast', 'client', 'dialogs', 'frame', 'hearing', 'listen', 'pages', 'shared'];
  expect(loaded.toSorted()).toEqual(pieces.map((piece) => `piece_${piece}`));
  expect(loaded[0], 'what plays comes first').toBe('piece_client');
  expect(named.filter(Boolean), 'what draws would only be in its way').toEqual(['piece_client']);
});

test('every response names the code, however many are rendered at once', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  const answers = await Promise.all(Array.from({ length: 60 }, () => page.request.get(`/listen/${code}`)));
  for (const answer of answers) {
    expect(answer.headers()['link']?.match(/piece_client/g)).toHaveLength(1);
  }
});

test('the preview loads the room client before its own code, and the player’s in advance', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  const loaded = watchCode(page);
  await page.goto(`/room/${code}`);
  await expect.poll(() => loaded).toContain('piece_listen');
  expect(loaded[0], 'what the next page needs at once').toBe('piece_client');
  expect(loaded).not.toContain('piece_host');
});

test('a page whose code cannot be loaded comes from the server', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  await page.route(/piece_listen/, (route) => route.abort());
  await page.goto(`/room/${code}`);
  await isHydrated(page);
  const loading = page.waitForEvent('domcontentloaded');
  await button(page, 'Listen').click();
  await loading;
  await expect(page).toHaveURL(new RegExp(`/listen/${code}$`));
  await expect(main(page)).toHaveAttribute('data-page', 'listen');
  await page.unroute(/piece_listen/);
  await page.reload();
  await isHydrated(page);
});

test('the page of a first visit contains its style, and whoever was here has the file', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.route(/\.css$/, (route) => route.abort());
  const first = await page.goto('/');
  expect(first?.headers()['link'] ?? '').not.toContain('.css');
  const isStyled = () => page.locator('.skip-link').evaluate((link) => getComputedStyle(link).position === 'absolute');
  expect(await isStyled()).toBe(true);
  await page.unroute(/\.css$/);

  await signIn(page, 'Grace');
  const next = await page.goto('/');
  expect(next?.headers()['link']).toContain('.css>; rel=preload; as=style');
  expect(await next?.text()).not.toContain('<style');
  expect(await isStyled()).toBe(true);
});

test('the preview of a first visit loads the style for the next page in advance', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  const answer = await page.goto(`/room/${code}`);
  expect(await answer?.text()).toContain('<style');
  await expect.poll(() => asked.filter((path) => path.endsWith('.css')).length).toBe(1);
});

/**
 * Bytes of a page's HTML as the server sends it to a browser, style and scripts in it included. `.ci/budget.mjs` holds the sizes
 * of the code, and says what the HTML is spent on. Whoever raises one of these says there what it buys.
 */
const HTML_BYTES = { landing: 21_400, preview: 21_100, listener: 15_600, host: 17_100 };

test('the HTML of a page stays within its budget', async ({ newVisitor, server }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  const cookieOf = async (page: Page) => (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const weigh = async (path: string, cookie?: string) => {
    const headers = { 'accept-encoding': 'br', ...(cookie && { cookie }) };
    const answer = await new Promise<IncomingMessage>((resolve) => get(`${server.url}${path}`, { headers }, resolve));
    expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([200, 'br']);
    let bytes = 0;
    for await (const chunk of answer) bytes += (chunk as Buffer).length;
    return bytes;
  };
  const weights = {
    landing: await weigh('/'),
    preview: await weigh(`/room/${code}`),
    listener: await weigh(`/listen/${code}`, await cookieOf(listener)),
    host: await weigh(`/host/${code}`, await cookieOf(host)),
  };
  console.log('HTML, in bytes:', weights);
  for (const page of ['landing', 'preview', 'listener', 'host'] as const) expect(weights[page], page).toBeLessThan(HTML_BYTES[page]);
});
