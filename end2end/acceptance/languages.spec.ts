// Visitors read their own language and can change it at any time, without losing anything.
import { reachable } from '../chromium.mjs';
import { expect, MICROPHONE_TONE_HZ, test, type Page } from '../fixtures';
import { holdCode } from '../held_code';
import { hear } from '../tone_detection';
import { createRoom, isHydrated, listen, main, showsState, useMicrophone } from '../page_actions';
import { DROPOUT_MS, readWatch, watchPage } from '../sound_watch.mjs';

const CHINESE = { locale: 'zh-CN' };
const html = (page: Page) => page.locator('html');
const choose = (page: Page, name: string) => page.locator('.languages').getByRole('button', { name, exact: true }).click();

/** Nothing on the page is in English but what is meant to be, and the names of devices. */
async function showsNoEnglish(page: Page): Promise<void> {
  const text = await page.evaluate(() => {
    const body = document.body.cloneNode(true) as HTMLElement;
    for (const own of body.querySelectorAll('script, option, [translate=no], [lang=en], [lang=de], svg')) own.remove();
    return [body.textContent, document.title].join(' ');
  });
  const known = ['HearTogether', 'WebRTC', 'WebAssembly', 'WebSocket', 'JavaScript', 'Cookie', 'TURN', 'Windows', 'ChromeOS', 'Chrome', 'Edge', 'IP', 'QR'];
  const words = (text.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !known.includes(word));
  expect(words, text).toEqual([]);
}

test('a room is opened, heard, written in and ended in Chinese', async ({ microphoneBrowser, newVisitor, server }) => {
  const context = await microphoneBrowser.newContext({ ...reachable, ...CHINESE, baseURL: server.url });
  const host = await context.newPage();
  await host.goto('/');
  await expect(html(host)).toHaveAttribute('lang', 'zh-Hans');
  await isHydrated(host);
  await showsNoEnglish(host);
  await host.getByRole('button', { name: '创建房间' }).click();
  await expect(main(host)).toHaveAttribute('data-page', 'login');
  await showsNoEnglish(host);
  await host.getByLabel('你的名字').fill('小明');
  await host.getByRole('button', { name: '以访客身份继续' }).click();
  await expect(host).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  await expect(host).toHaveTitle('你的房间 · HearTogether');
  await isHydrated(host);
  await host.getByRole('button', { name: '使用麦克风' }).click();
  await showsState(host, 'live');

  const listener = await newVisitor(CHINESE);
  await listener.goto(`/room/${host.url().slice(-6)}`);
  await expect(main(listener).getByRole('heading', { level: 1 })).toHaveText('小明 的房间');
  await listener.getByRole('button', { name: '收听', exact: true }).click();
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
  await showsNoEnglish(listener);
  await listener.getByLabel('给房主的消息').fill('你好');
  await listener.getByRole('button', { name: '发送', exact: true }).click();
  await expect(host.getByTestId('message')).toContainText('你好');
  await expect(listener.getByTestId('own-message')).toContainText('已送达');
  // Who said no name has a friendly one in their language: an adjective and an animal.
  await expect(host.getByTestId('listener').locator('bdi').first()).toHaveText(/^\p{Script=Han}{3,}$/u);
  await showsNoEnglish(host);

  await host.getByRole('button', { name: '结束', exact: true }).click();
  await host.getByRole('button', { name: '为所有人结束' }).click();
  for (const page of [host, listener]) await showsState(page, 'ended');
  await expect(main(listener)).toContainText('房主结束了这个房间');
  await context.close();
});

test('the language is changed while live, and the sound never stops', async ({ microphoneHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  await listen(listener, code);
  await hear(listener, MICROPHONE_TONE_HZ);
  const player = await listener.getByTestId('stream').elementHandle();
  const loaded: string[] = [];
  for (const page of [microphoneHost, listener]) page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await listener.getByLabel('Message to the host').fill('half a sentence');
  await watchPage(listener, MICROPHONE_TONE_HZ);
  await expect.poll(async () => (await readWatch(listener)).firstHeardAt).toBeDefined();

  await choose(listener, '简体中文');
  await expect(main(listener)).toContainText('正在收听');
  await expect(listener).toHaveTitle('Ada 的房间 · HearTogether');
  await expect.poll(() => listener.evaluate(() => navigator.mediaSession.metadata?.title)).toBe('Ada 的房间');
  await expect(html(listener)).toHaveAttribute('lang', 'zh-Hans');
  await expect(listener.getByLabel('给房主的消息')).toHaveValue('half a sentence');
  await choose(microphoneHost, 'Deutsch');
  await expect(main(microphoneHost).getByRole('heading', { level: 1 })).toHaveText('Dein Raum');
  await expect(main(microphoneHost).getByRole('button', { name: 'Pause' })).toBeVisible();

  await hear(listener, MICROPHONE_TONE_HZ);
  await showsState(listener, 'listening');
  const { longestSilenceMs, states } = await readWatch(listener);
  expect(longestSilenceMs).toBeLessThan(DROPOUT_MS);
  expect(states.map(({ state }) => state)).toEqual(['listening']);
  expect(await listener.getByTestId('stream').evaluate((now, before) => now === before, player)).toBe(true);
  expect(loaded.filter((path) => !/^\/locale\/(zh-Hans|de)\.[0-9a-f]+\.json$/.test(path))).toEqual([]);

  await listener.reload();
  await expect(html(listener)).toHaveAttribute('lang', 'zh-Hans');
});

/** Goes from the landing page to the preview of a room. The document that this begins in is marked. */
async function goToPreview(visitor: Page, code: string): Promise<void> {
  await visitor.goto('/');
  await isHydrated(visitor);
  await visitor.evaluate(() => Object.assign(window, { isFirstDocument: true }));
  await visitor.getByLabel('Raumcode').fill(code);
  await visitor.getByRole('button', { name: 'Beitreten' }).click();
  await expect(main(visitor)).toHaveAttribute('data-page', 'room');
}

const isFirstDocument = (page: Page) => page.evaluate(() => 'isFirstDocument' in window);

test('a page that comes without a reload has its texts', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await expect(main(host)).toContainText('What your listeners write to you appears here.');
  const listener = await newVisitor({ locale: 'de-DE' });
  const loaded: string[] = [];
  listener.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await goToPreview(listener, code);
  await expect.poll(() => loaded.filter((path) => path.startsWith('/locale/de.'))).toHaveLength(1);
  await listener.getByRole('button', { name: 'Zuhören', exact: true }).click();
  await showsState(listener, 'connecting');
  await expect(main(listener)).toContainText('Du bist drin. Der Ton beginnt, sobald der Host ihn teilt.');
  await expect(listener.getByLabel('Nachricht an den Host')).toBeVisible();
  await expect(listener.getByTestId('quality')).not.toBeEmpty();
  expect(await isFirstDocument(listener)).toBe(true);
});

test('a page whose texts cannot be loaded comes from the server with them', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor({ locale: 'de-DE' });
  await listener.route('**/locale/**', (route) => route.abort());
  await goToPreview(listener, code);
  await listener.getByRole('button', { name: 'Zuhören', exact: true }).click();
  await showsState(listener, 'connecting');
  await expect(main(listener)).toContainText('Du bist drin. Der Ton beginnt, sobald der Host ihn teilt.');
  await expect(listener.getByLabel('Nachricht an den Host')).toBeVisible();
  expect(await isFirstDocument(listener)).toBe(false);
});

test('the language can change before another page’s texts are there', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const listener = await newVisitor({ locale: 'de-DE' });
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  await listener.route('**/locale/de.*', async (route) => {
    await held;
    await route.continue();
  });
  await goToPreview(listener, code);
  await choose(listener, 'English');
  await expect(html(listener)).toHaveAttribute('lang', 'en');
  letThrough();
  await listener.getByRole('button', { name: 'Listen', exact: true }).click();
  await showsState(listener, 'connecting');
  await expect(listener.getByLabel('Message to the host')).toBeVisible();
  expect(await isFirstDocument(listener)).toBe(true);
});

test('the cookie takes precedence over the browser’s languages', async ({ newVisitor }) => {
  const visitor = await newVisitor({ locale: 'de-AT' });
  await visitor.goto('/');
  await expect(html(visitor)).toHaveAttribute('lang', 'de');
  await isHydrated(visitor);
  await choose(visitor, 'English');
  await expect(main(visitor)).toContainText('Let others hear what you hear.');
  await visitor.goto('/privacy');
  await expect(html(visitor)).toHaveAttribute('lang', 'en');
});

test('a translator’s change of the document’s language does not change ours', async ({ newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.addInitScript(() => document.addEventListener('DOMContentLoaded', () => (document.documentElement.lang = 'fr')));
  await visitor.goto('/');
  await isHydrated(visitor);
  const [english, german] = ['English', 'Deutsch'].map((name) => visitor.getByRole('button', { name, exact: true }));
  await expect(english!).toHaveAttribute('aria-pressed', 'true');
  await choose(visitor, 'Deutsch');
  await expect(german!).toHaveAttribute('aria-pressed', 'true');
  await expect(html(visitor)).toHaveAttribute('lang', 'de');
});

test('without a script the switch returns to the page', async ({ newVisitor }) => {
  const visitor = await newVisitor({ javaScriptEnabled: false });
  await visitor.goto('/login?next=/new');
  await choose(visitor, 'Deutsch');
  await expect(visitor).toHaveURL(/\/login\?next=\/new$/);
  await expect(main(visitor).getByRole('heading', { level: 1 })).toHaveText('Wie heißt du?');
  await expect(html(visitor)).toHaveAttribute('lang', 'de');
});

test('a failure to load texts is reported, and the page stays as it is', async ({ newVisitor }) => {
  const visitor = await newVisitor();
  await visitor.route('**/locale/**', (route) => route.fulfill({ status: 404 }));
  await visitor.goto('/');
  await isHydrated(visitor);
  await choose(visitor, 'Deutsch');
  await expect(visitor.getByText('The language could not be loaded.')).toBeVisible();
  await expect(html(visitor)).toHaveAttribute('lang', 'en');
});

test.describe('Enter that confirms an input method’s text sends nothing', () => {
  /** Composes as an input method does, and confirms with Enter. */
  async function compose(page: Page): Promise<void> {
    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
    await page.keyboard.press('Enter');
    await input.send('Input.insertText', { text: '你好' });
  }

  test('in the fields for the code and the name', async ({ newVisitor }) => {
    const visitor = await newVisitor();
    for (const [path, label, isSent] of [
      ['/', 'Room code', /A room code has six letters/],
      ['/login', 'Your name', /Let others hear what you hear/],
    ] as const) {
      await visitor.goto(path);
      await isHydrated(visitor);
      const sent: string[] = [];
      visitor.on('request', (request) => sent.push(request.method()));
      await visitor.getByLabel(label).focus();
      await compose(visitor);
      await expect(visitor.getByLabel(label)).toHaveValue(/你好/);
      expect(sent.filter((method) => method === 'POST')).toEqual([]);
      await visitor.keyboard.press('Enter');
      await expect(main(visitor)).toContainText(isSent);
    }
  });

  test('before the page’s code has come', async ({ newVisitor }) => {
    const visitor = await newVisitor();
    await holdCode(visitor);
    await visitor.goto('/', { waitUntil: 'domcontentloaded' });
    const field = visitor.getByLabel('Room code');
    const sent: string[] = [];
    visitor.on('request', (request) => sent.push(request.method()));
    await field.focus();
    await compose(visitor);
    await expect(field).toHaveValue('你好');
    expect(sent.filter((method) => method === 'POST')).toEqual([]);
    // As Safari reports the Enter that ends a composition, and as browsers report any other.
    const isHandled = (keyCode: number) =>
      field.evaluate((input, keyCode) => {
        const pressed = new KeyboardEvent('keydown', { key: 'Enter', keyCode, bubbles: true, cancelable: true });
        return !input.dispatchEvent(pressed);
      }, keyCode);
    expect(await isHandled(229)).toBe(true);
    expect(await isHandled(13)).toBe(false);
    await visitor.keyboard.press('Enter');
    await expect(main(visitor)).toContainText('A room code has six letters');
    await expect(main(visitor)).not.toHaveAttribute('data-hydrated');
  });

  test('in the message to the host', async ({ microphoneHost, newVisitor }) => {
    const listener = await newVisitor();
    await listen(listener, await createRoom(microphoneHost, 'Ada'));
    await listener.getByLabel('Message to the host').focus();
    await compose(listener);
    await expect(listener.getByLabel('Message to the host')).toHaveValue(/你好/);
    await expect(listener.getByTestId('own-message')).toHaveCount(0);
    await listener.keyboard.press('Enter');
    await expect(microphoneHost.getByTestId('message')).toContainText('你好');
    await expect(listener.getByTestId('own-message')).toHaveCount(1);
  });
});

test('Chinese pages name fonts with the signs as they are written in China, and others do not', async ({ newVisitor }) => {
  for (const [locale, isChinese] of [['zh-CN', true], ['de-DE', false], ['en-GB', false]] as const) {
    const page = await newVisitor({ locale });
    await page.goto('/');
    const fonts = await page.locator('body').evaluate((body) => getComputedStyle(body).fontFamily);
    expect(['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC'].map((font) => fonts.includes(font)), fonts).toEqual(Array(3).fill(isChinese));
  }
});
