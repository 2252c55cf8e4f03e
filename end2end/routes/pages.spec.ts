// Every page: its status, its state, its names, and the absence of errors.
import { fitsEveryWidth, passesAxe } from '../accessibility';
import { expect, test, type Page } from '../fixtures';
import { button, createRoom, isHydrated, listen, main, showsState, signIn, UNKNOWN_CODE } from '../page_actions';

type Opener = (page: Page, code: string) => Promise<unknown>;

/** How a visitor gets to see each page, the room's owner being somebody else, except on `host`. */
const pages: { name: string; open: Opener; settled: (page: Page) => Promise<unknown> }[] = [
  { name: 'home', open: (page) => page.goto('/'), settled: isHydrated },
  { name: 'login', open: (page) => page.goto('/login'), settled: isHydrated },
  { name: 'room', open: (page, code) => page.goto(`/room/${code}`), settled: isHydrated },
  { name: 'listen', open: listen, settled: (page) => showsState(page, 'connecting') },
  { name: 'host', open: (page) => createRoom(page, 'Grace'), settled: isHydrated },
  { name: 'about', open: (page) => page.goto('/about'), settled: isHydrated },
  { name: 'privacy', open: (page) => page.goto('/privacy'), settled: isHydrated },
  { name: 'not_found', open: (page) => page.goto('/nowhere'), settled: isHydrated },
];

/** What Chromium itself writes about a page whose status is 404. */
const isNotFoundNote = (text: string, page: string) => page === 'not_found' && text.includes('status of 404');

/** Notes what a page should never do. */
function watchManners(page: Page, name: string, ownOrigin: string): string[] {
  const offences: string[] = [];
  page.on('pageerror', (error) => offences.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type()) || isNotFoundNote(message.text(), name)) return;
    offences.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== ownOrigin) offences.push(`foreign: ${request.url()}`);
  });
  return offences;
}

for (const { name, open, settled } of pages) {
  test(`${name}: has its title and state, no errors, and requests only to our own server`, async ({ newVisitor, server }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const page = await newVisitor();
    const offences = watchManners(page, name, server.url);
    await open(page, code);
    await settled(page);
    await isHydrated(page);
    await expect(page).toHaveTitle(/HearTogether/);
    await expect(main(page)).toHaveAttribute('data-page', name);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    expect(offences).toEqual([]);
  });

  test(`${name}: fits every width, and axe finds nothing in either theme`, async ({ newVisitor }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const page = await newVisitor({ reducedMotion: 'reduce' });
    await open(page, code);
    await settled(page);
    await fitsEveryWidth(page);
    await passesAxe(page);
  });
}

test('buttons and fields have names', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await expect(host.getByTestId('room-code')).toHaveText(code);
  for (const name of ['Share a tab or system audio', 'Use a microphone']) await expect(button(host, name)).toBeVisible();

  const visitor = await newVisitor();
  await visitor.goto('/');
  for (const name of ['Create a room', 'Join']) await expect(button(visitor, name)).toBeVisible();
  await expect(visitor.getByRole('textbox', { name: 'Room code' })).toBeVisible();
  await visitor.goto('/login');
  await expect(visitor.getByRole('textbox', { name: 'Your name' })).toBeVisible();
  await expect(button(visitor, 'Continue as guest')).toBeVisible();
  await visitor.goto(`/room/${code}`);
  await expect(button(visitor, 'Listen')).toBeVisible();
  await expect(main(visitor)).toContainText('Ada');
  await listen(visitor, code);
  await expect(visitor.getByTestId('stream')).toBeAttached();
});

test('a room can be entered by keyboard only', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await page.goto('/');
  await page.getByLabel('Room code').focus();
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/room/${code}$`));
  await button(page, 'Listen').focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/listen/${code}$`));
  await showsState(page, 'connecting');
});

test('without JavaScript a room is created and found', async ({ newVisitor }) => {
  const host = await newVisitor({ javaScriptEnabled: false });
  const code = await createRoom(host, 'Ada');
  await expect(main(host)).toHaveAttribute('data-page', 'host');
  await expect(host.getByTestId('room-code')).toHaveText(code);

  const visitor = await newVisitor({ javaScriptEnabled: false });
  await visitor.goto('/');
  await visitor.getByLabel('Room code').fill(code);
  await button(visitor, 'Join').click();
  await expect(main(visitor)).toHaveAttribute('data-page', 'room');
  await button(visitor, 'Listen').click();
  await expect(visitor).toHaveURL(new RegExp(`/listen/${code}$`));
  await expect(main(visitor)).toHaveAttribute('data-page', 'listen');
});

for (const javaScriptEnabled of [true, false]) {
  test(`a name is checked, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ newVisitor }) => {
    const page = await newVisitor({ javaScriptEnabled });
    await page.goto('/login');
    // A field that limits its length would hide what the server answers.
    await page.getByLabel('Your name').evaluate((field) => field.removeAttribute('maxlength'));
    await page.getByLabel('Your name').fill('A'.repeat(41));
    await button(page, 'Continue as guest').click();
    await expect(page.getByText(/at most 40 characters/)).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/login');
  });
}

test('pages have the correct status', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await createRoom(page, 'Ada');
  const status = async (path: string) => (await page.goto(path))?.status();
  for (const path of ['/', '/login', '/about', '/privacy', `/room/${code}`, `/listen/${code}`, `/host/${code}`]) {
    expect(await status(path), path).toBe(200);
  }
  for (const path of ['/nowhere', `/room/${UNKNOWN_CODE}`, `/listen/${UNKNOWN_CODE}`, `/host/${UNKNOWN_CODE}`]) {
    expect(await status(path), path).toBe(404);
  }
  await page.goto('/nowhere');
  await expect(main(page).getByRole('link').first()).toHaveAttribute('href', '/');
});

test('signing in leads only to pages of this site', async ({ newVisitor, server }) => {
  for (const next of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example', 'javascript:alert(1)']) {
    const page = await newVisitor();
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Your name').fill('Ada');
    await button(page, 'Continue as guest').click();
    await expect(page).toHaveURL(`${server.url}/`);
  }
});

test('a guest keeps the name over pages and reloads', async ({ newVisitor }) => {
  const page = await newVisitor();
  await signIn(page, 'Ada Lovelace');
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Account' }).getByText('Ada Lovelace').first()).toBeVisible();
});
