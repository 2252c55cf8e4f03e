// The service worker: a page where the server does not answer, nothing old after an upgrade, and nothing loaded twice.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

import { passesAxe, fitsEveryWidth } from '../accessibility';
import { expect, test, type Page } from '../fixtures';
import { OtherBuild } from '../other_build.mjs';
import { button, createRoom, hasWorker, isHydrated, main, sayName, showsState, useMicrophone } from '../page_actions';
import { Proxy } from '../reverse_proxy.mjs';
import type { Server } from '../server.mjs';

const WAITING = 'Waiting for the server';
const OFFLINE = 'You are offline';

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

/** A page of a visitor who has been here before. */
async function knownVisitor(newVisitor: () => Promise<Page>): Promise<Page> {
  const page = await newVisitor();
  await page.goto('/about');
  await hasWorker(page);
  return page;
}

/** What the worker keeps: paths, without hashes. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
    const requests = (await Promise.all(caches.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => url.slice(location.origin.length));
  });

/** Answers at the server's port while the server is away, as what stands in front of it does. */
async function inPlaceOf(server: Server, answer: RequestListener, during: () => Promise<void>): Promise<void> {
  await server.kill();
  const front = createServer(answer);
  await once(front.listen(Number(new URL(server.url).port)), 'listening');
  try {
    await during();
  } finally {
    front.closeAllConnections();
    front.close();
  }
  await server.start();
}

test.describe('where the server does not answer', () => {
  test('an offline visitor is told what still works, and the page comes by itself', async ({ newVisitor }) => {
    const page = await knownVisitor(newVisitor);
    await page.context().setOffline(true);
    await page.goto('/privacy');
    await expect(heading(page, OFFLINE)).toBeVisible();
    await expect(page).toHaveTitle(OFFLINE);
    await expect(page.getByRole('heading', { name: 'What still works' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await page.context().setOffline(false);
    await expect(main(page)).toHaveAttribute('data-page', 'privacy');
    await isHydrated(page);
  });

  test('a sleeping server is waited for on every page, and the page comes by itself', async ({ newVisitor, server }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const page = await knownVisitor(newVisitor);
    await server.kill();
    await page.goto(`/room/${code}`);
    await expect(heading(page, WAITING)).toBeVisible();
    await expect(main(page)).toHaveAttribute('data-state', 'waiting');
    await page.getByRole('link', { name: 'Try again' }).click();
    await expect(heading(page, WAITING)).toBeVisible();
    await server.start();
    await expect(main(page)).toHaveAttribute('data-page', 'room');
    await expect(page).toHaveURL(new RegExp(`/room/${code}$`));
  });

  for (const status of [502, 503, 504]) {
    test(`a proxy’s ${status} is not shown`, async ({ newVisitor, server }) => {
      const page = await knownVisitor(newVisitor);
      const proxy: RequestListener = (_, answer) => answer.writeHead(status, { 'content-type': 'text/html' }).end('<h1>nginx</h1>');
      await inPlaceOf(server, proxy, async () => {
        await page.goto('/about');
        await expect(heading(page, WAITING)).toBeVisible();
      });
      await expect(main(page)).toHaveAttribute('data-page', 'about');
    });
  }

  test('a page of ours that says what is wrong is shown as it is', async ({ newVisitor, server }) => {
    const page = await knownVisitor(newVisitor);
    const ours: RequestListener = (_, answer) =>
      answer.writeHead(503, { 'content-type': 'text/html', 'content-language': 'en' }).end('<h1>No space</h1>');
    await inPlaceOf(server, ours, async () => {
      await page.goto('/about');
      await expect(heading(page, 'No space')).toBeVisible();
    });
  });

  test('a server that takes the request and says nothing is waited for', async ({ newVisitor, server }) => {
    const page = await knownVisitor(newVisitor);
    await inPlaceOf(server, () => {}, async () => {
      await page.goto('/about');
      await expect(heading(page, WAITING)).toBeVisible();
    });
    await expect(main(page)).toHaveAttribute('data-page', 'about');
  });

  test('the page has the language and the colours that were chosen since it was kept', async ({ newVisitor, server }) => {
    const page = await knownVisitor(newVisitor);
    await server.kill();
    for (const [language, theme, title] of [['de', 'dark', 'Warten auf den Server'], ['zh-Hans', 'light', '正在等待服务器']] as const) {
      const cookies = { 'heartogether.language': language, 'heartogether.theme': theme };
      await page.context().addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: server.url })));
      await page.goto('/about');
      await expect(heading(page, title)).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    }
    await server.start();
  });

  test('the page fits every width, and axe finds nothing in either theme', async ({ newVisitor, server }) => {
    const page = await knownVisitor(() => newVisitor({ reducedMotion: 'reduce' }));
    await server.kill();
    await page.goto('/about');
    await expect(heading(page, WAITING)).toBeVisible();
    await fitsEveryWidth(page);
    await passesAxe(page);
  });

  test('whoever opens the page itself is led home', async ({ newVisitor, server }) => {
    const page = await newVisitor();
    await page.goto('/offline');
    await expect(page).toHaveURL(`${server.url}/`);
    await expect(main(page)).toHaveAttribute('data-page', 'home');
  });
});

test.describe('an upgrade', () => {
  let build: OtherBuild;
  test.beforeAll(() => {
    build = new OtherBuild();
  });
  test.afterAll(() => build.remove());

  const buildOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--build'));

  test('is on the first page after it, and what was kept of the old version goes', async ({ newVisitor, server }) => {
    const page = await knownVisitor(newVisitor);
    await page.goto('/');
    await isHydrated(page);
    const before = await kept(page);
    expect(before.filter((path) => path.endsWith('.wasm')).length).toBeGreaterThan(0);
    expect(await buildOf(page)).toBe('');
    await server.kill();
    server.binary = build.binary;
    await server.start();
    await page.goto('/');
    expect(await buildOf(page)).toBe('other');

    // The new worker begins once no page of the old one is open.
    await expect.poll(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting))).toBe(true);
    const context = page.context();
    await page.close();
    const later = await context.newPage();
    await expect.poll(async () => {
      await later.goto('/about');
      return (await kept(later)).filter((path) => /\.css$|^\/offline/.test(path)).length;
    }).toBe(2);
    const after = await kept(later);
    expect(after).toContain(build.style);
    expect(after.filter((path) => path.endsWith('.css') && path !== build.style)).toEqual([]);
    await server.kill();
    await later.goto('/');
    await expect(heading(later, WAITING)).toBeVisible();
    expect(await buildOf(later)).toBe('other');
  });

  test('does not reload a host who is live', async ({ microphoneHost, server }) => {
    const code = await createRoom(microphoneHost, 'Ada');
    await hasWorker(microphoneHost);
    await microphoneHost.reload();
    await useMicrophone(microphoneHost);
    await microphoneHost.evaluate(() => Object.assign(window, { isSamePage: true }));
    await server.kill();
    server.binary = build.binary;
    await server.start();
    const update = () => microphoneHost.evaluate(async () => Boolean((await (await navigator.serviceWorker.ready).update()).waiting));
    await expect.poll(update).toBe(true);
    await showsState(microphoneHost, 'live');
    await expect(main(microphoneHost)).toHaveAttribute('data-link', 'attached');
    expect(await microphoneHost.evaluate(() => 'isSamePage' in window)).toBe(true);
    expect(microphoneHost.url()).toContain(code);
  });
});

test('on the second visit nothing but HTML crosses the line', async ({ newVisitor, server }) => {
  const front = await Proxy.start('', false);
  front.leadTo(server.url);
  const code = await createRoom(await newVisitor(), 'Ada');
  const first = await newVisitor();
  const paths = ['/', `/room/${code}`, `/listen/${code}`];
  await first.goto(`${front.origin}/login`);
  await sayName(first, 'Grace');
  for (const path of paths) {
    await first.goto(front.origin + path, { waitUntil: 'networkidle' });
    await isHydrated(first);
  }
  await hasWorker(first);
  expect(front.passed.filter((path) => path.endsWith('.wasm')).length).toBeGreaterThan(0);

  for (const path of paths) {
    front.passed = [];
    const again = await first.context().newPage();
    await again.goto(front.origin + path, { waitUntil: 'networkidle' });
    await isHydrated(again);
    // The worker's script is asked for without a body in the answer (304), and an open preview asks how many listen.
    const others = front.passed.filter((passed) => !['/sw.js', '/api/fn/look_up_room'].includes(passed));
    expect(others, path).toEqual([path]);
  }
  await front.close();
});

test('the worker keeps files of the build, the texts and its page, and nothing of visitors', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await createRoom(page, 'Ada');
  await hasWorker(page);
  for (const path of ['/', `/room/${code}`, `/host/${code}`, '/auth/me', '/api/health']) await page.goto(path);
  await page.goto('/');
  await isHydrated(page);
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect.poll(async () => (await kept(page)).some((path) => path.startsWith('/locale/de.'))).toBe(true);
  const paths = await kept(page);
  expect(paths.filter((path) => !/^\/(pkg\/[^/]+\.(js|wasm|css)|locale\/[^/]+\.json|offline\?[0-9a-f]+)$/.test(path))).toEqual([]);
});

test('where the worker is switched off it goes from browsers that have it', async ({ newVisitor, server }) => {
  const page = await knownVisitor(newVisitor);
  await server.kill();
  server.set({ SERVICE_WORKER: 'off' });
  await server.start();
  await page.goto('/about');
  await isHydrated(page);
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await expect.poll(() => kept(page)).toEqual([]);
  await page.goto('/');
  await expect(button(page, 'Create a room')).toBeVisible();
});

for (const [what, without] of [
  ['has no service workers', () => delete (Navigator.prototype as { serviceWorker?: unknown }).serviceWorker],
  ['refuses them', () => (ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('', 'SecurityError')))],
] as const) {
  test(`a browser that ${what} goes without, and nothing is logged`, async ({ newVisitor }) => {
    const page = await newVisitor();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.addInitScript(without);
    await page.goto('/');
    await isHydrated(page);
    // As long as it takes others to register one.
    const other = await newVisitor();
    await other.goto('/');
    await hasWorker(other);
    expect(await page.evaluate(async () => (await navigator.serviceWorker?.getRegistrations())?.length ?? 0)).toBe(0);
    expect(complaints).toEqual([]);
  });
}

test.describe('below a path', () => {
  const PATH = '/hear';

  test('the worker has that path alone, and waits for a sleeping server there', async ({ newVisitor, server }) => {
    const front = await Proxy.start(PATH, true);
    await server.kill();
    server.set({ PUBLIC_URL: `${front.origin}${PATH}` });
    await server.start();
    front.leadTo(server.url);
    const page = await newVisitor();
    await page.goto(`${front.origin}${PATH}/about`);
    await hasWorker(page);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(`${front.origin}${PATH}/`);
    await server.kill();
    await page.goto(`${front.origin}${PATH}/privacy`);
    await expect(heading(page, WAITING)).toBeVisible();
    // It has its style.
    await expect(page.getByRole('link', { name: 'HearTogether' })).toHaveCSS('min-height', '44px');
    await server.start();
    await expect(main(page)).toHaveAttribute('data-page', 'privacy');
    expect(front.strayed).toEqual([]);
    await front.close();
  });
});
