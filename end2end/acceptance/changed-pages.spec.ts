// Pages that translators or extensions change, and networks and policies that block the code.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, silence } from '../tone_detection';
import { holdCode } from '../held_code';
import { extend, translate, translated } from '../translator';
import { button, createRoom, isHydrated, listen, main, shareTab, showsState, signIn, stop } from '../page_actions';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

const badge = (page: Page) => main(page).locator('.badge');
const failure = (page: Page) => page.locator('#page-failure');

/** Waits until the notice is there, for this reason. */
async function showsFailure(page: Page, why: string): Promise<void> {
  await expect(failure(page)).toBeVisible();
  await expect(failure(page)).toHaveAttribute('data-failure', why);
  await expect(failure(page).locator('p:visible')).toHaveCount(1);
}

/** Hears the states change on a page that is being translated. */
async function followsTheHost(host: Page, listener: Page): Promise<void> {
  await hear(listener, TAB_TONE_HZ);
  await expect(badge(listener)).toHaveText(translated('Listening'));
  await button(host, 'Pause').click();
  await expect(badge(listener)).toHaveText(translated('Paused'));
  await expect(main(listener)).toContainText(translated('The host has paused.'));
  await expect(main(listener)).not.toContainText('You hear what the host hears');
  await button(host, 'Resume').click();
  await expect(badge(listener)).toHaveText(translated('Listening'));
  await hear(listener, TAB_TONE_HZ);
  await button(listener, translated('Mute')).click();
  await silence(listener);
  await expect(badge(listener)).toHaveText(translated('Muted by you'));
  await button(listener, translated('Unmute')).click();
  await hear(listener, TAB_TONE_HZ);
  await stop(host);
  await showsState(listener, 'ended');
  await expect(badge(listener)).toHaveText(translated('Ended'));
  await expect(main(listener)).toContainText(translated('Thank you for listening.'));
  await expect(failure(listener)).toBeHidden();
}

test('a page that is translated while it runs keeps working, and its states stay up to date', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await showsState(listener, 'listening');
  await translate(listener);
  await expect(listener.getByRole('heading', { level: 1 })).toContainText('Ada');
  await followsTheHost(tabHost, listener);
});

test('a page that is translated before its code has loaded still works', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(listener, 'Grace');
  const release = await holdCode(listener);
  await listener.goto(`/listen/${code}`, { waitUntil: 'domcontentloaded' });
  await translate(listener);
  await expect(badge(listener)).toHaveText(translated('Connecting'));
  release();
  await followsTheHost(tabHost, listener);
});

test('elements that extensions add before the code has loaded do no harm', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(listener, 'Grace');
  for (const path of ['/', '/login', `/room/${code}`, `/listen/${code}`]) {
    const release = await holdCode(listener);
    await listener.goto(path, { waitUntil: 'domcontentloaded' });
    await extend(listener);
    release();
    await isHydrated(listener);
    // Its own surface is its own business.
    await expect(listener.locator('#extension')).toBeAttached();
    await expect(failure(listener)).toBeHidden();
    await listener.unrouteAll();
  }
  await hear(listener, TAB_TONE_HZ);
  await button(listener, 'Mute').click();
  await silence(listener);
});

test('a host’s translated page goes live, and the room’s code is not translated', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const release = await holdCode(tabHost);
  await tabHost.goto(`/host/${code}`, { waitUntil: 'domcontentloaded' });
  await translate(tabHost);
  await extend(tabHost);
  release();
  await isHydrated(tabHost);
  await button(tabHost, translated('Share a tab or system audio')).click();
  await showsState(tabHost, 'live');
  await expect(tabHost.getByTestId('room-code')).toHaveText(code);
  await expect(badge(tabHost)).toHaveText(translated('Live'));
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  await expect(tabHost.getByTestId('listener')).toHaveCount(1);
  await expect(tabHost.getByTestId('listener-state')).toHaveText(translated('connected'), { ignoreCase: true });
});

test('a page whose translation is undone shows the original texts', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/login');
  await isHydrated(page);
  const heading = page.getByRole('heading', { level: 1 });
  await heading.evaluate((element) => {
    const text = element.firstChild as Text;
    const font = document.createElement('font');
    font.textContent = '‹Wie heißt du?›';
    text.replaceWith(font);
    Object.assign(window, { takeBack: () => font.replaceWith(text) });
  });
  await expect(heading).toHaveText('‹Wie heißt du?›');
  await page.evaluate(() => (window as unknown as { takeBack: () => void }).takeBack());
  await expect(heading).toHaveText('What should we call you?');
});

test('a page whose code does not arrive says so, and works after a reload', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await createRoom(await newVisitor(), 'Ada');
  await page.route(/\/pkg\/.*\.wasm/, (route) => route.abort());
  await page.goto(`/room/${code}`);
  await showsFailure(page, 'code');
  await page.unrouteAll();
  await button(page, 'Reload the page').click();
  await isHydrated(page);
  await expect(failure(page)).toBeHidden();
});

test('the page also reports a script that does not arrive', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.route(/\/pkg\/[^/]*\.js/, (route) => route.abort());
  await page.goto('/');
  await showsFailure(page, 'code');
});

test('where WebAssembly is not allowed the page says so', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch();
    const headers = response.headers();
    headers['content-security-policy'] = (headers['content-security-policy'] ?? '').replace(" 'wasm-unsafe-eval'", '');
    return route.fulfill({ response, headers });
  });
  await page.goto('/');
  await showsFailure(page, 'wasm');

  const without = await newVisitor();
  await without.addInitScript(() => delete (window as { WebAssembly?: unknown }).WebAssembly);
  await without.goto('/');
  await showsFailure(without, 'wasm');
});

test('the page reports code that fails while taking over', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    const response = await route.fetch();
    // As something between server and browser that writes into pages.
    const body = (await response.text()).replace(/<footer[\s\S]*<\/footer>/, '');
    return route.fulfill({ response, body });
  });
  await page.goto('/');
  await showsFailure(page, 'broken');
});

/** Errors as scripts of extensions make them, and as the browser tells of a script from elsewhere. */
const failElsewhere = (page: Page) =>
  page.evaluate(() => {
    const error = (text: string) => Object.assign(new Error(text), { stack: `Error: ${text}\n    at chrome-extension://abc/x.js:1:1` });
    void Promise.reject(error('a promise'));
    window.dispatchEvent(new ErrorEvent('error', { error: error('a script'), filename: 'chrome-extension://abc/x.js' }));
    window.dispatchEvent(new ErrorEvent('error', { message: 'Script error.', filename: '' }));
    window.dispatchEvent(new ErrorEvent('error', { error: new TypeError('x'), filename: 'https://elsewhere.example/x.js' }));
    // A rejection is told of in a task of its own.
    return new Promise<void>((resolve) => setTimeout(resolve, 50));
  });

test('errors of other scripts are not failures of the page, before and after its code has loaded', async ({ newVisitor }) => {
  const page = await newVisitor();
  const release = await holdCode(page);
  await page.goto('/', { waitUntil: 'domcontentloaded' });
  await failElsewhere(page);
  await expect(failure(page)).toBeHidden();
  release();
  await isHydrated(page);
  await failElsewhere(page);
  await page.evaluate(() => void Promise.reject(new Error('whoever it is')));
  await page.getByLabel('Room code').fill('ZZZZZZ');
  await button(page, 'Join').click();
  await expect(main(page)).toContainText('There is no room with this code');
  await expect(failure(page)).toBeHidden();
});

test('a page whose code takes long says so after 20 seconds, until it runs', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await createRoom(page, 'Ada');
  await page.clock.install();
  const release = await holdCode(page);
  await page.goto(`/host/${code}`, { waitUntil: 'domcontentloaded' });
  await page.clock.runFor(15_000);
  await expect(failure(page)).toBeHidden();
  await page.clock.runFor(5_000);
  await showsFailure(page, 'slow');
  release();
  await isHydrated(page);
  await expect(failure(page)).toBeHidden();
});

test('a page that is complete without code does not say that its code takes long', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await createRoom(await newVisitor(), 'Ada');
  await page.clock.install();
  const release = await holdCode(page);
  for (const path of ['/', '/login', '/about', `/room/${code}`]) {
    await page.goto(path, { waitUntil: 'domcontentloaded' });
    await page.clock.runFor(25_000);
    await expect(failure(page)).toBeHidden();
  }
  release();
  await isHydrated(page);
});

test('without scripts, pages that need them say so', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const page = await newVisitor({ javaScriptEnabled: false });
  await signIn(page, 'Grace');
  await expect(page.getByText('JavaScript is off in this browser')).toHaveCount(0);
  await page.goto(`/listen/${code}`);
  await expect(page.getByText('JavaScript is off in this browser')).toBeVisible();
});
