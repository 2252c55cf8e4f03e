// The ways into a room, and what must not interrupt them.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { nameOf } from '../frames';
import { hear } from '../tone_detection';
import { button, createRoom, isHydrated, listen, sayName, shareTab, showsRefusal, showsState, signIn, UNKNOWN_CODE } from '../page_actions';

test("a link to a room's player survives signing in", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listener.goto(`/listen/${code}`);
  await expect(listener).toHaveURL(/\/login\?next=/);
  await sayName(listener, 'Grace');
  await expect(listener).toHaveURL(new RegExp(`/listen/${code}$`));
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
});

test('a link to a stage survives signing in', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const stranger = await newVisitor();
  await stranger.goto(`/host/${code}`);
  await expect(stranger).toHaveURL(/\/login\?next=/);
  await sayName(stranger, 'Mallory');
  await expect(stranger).toHaveURL(new RegExp(`/host/${code}$`));
});

test('a room that is created before signing in opens afterwards without another click', async ({ page }) => {
  await page.goto('/');
  await button(page, 'Create a room').click();
  await expect(page).toHaveURL(/\/login\?next=/);
  expect(new URL(page.url()).searchParams.get('next')).toBe('/new');
  await sayName(page, 'Ada');
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  await showsState(page, 'idle');
});

/** What a page says on its sockets, by its type, how many sockets there are, and how many offers it answers. */
function overhear(page: Page): { sockets: number; said: string[]; answers: number } {
  const overheard = { sockets: 0, said: [] as string[], answers: 0 };
  page.on('websocket', (socket) => {
    overheard.sockets += 1;
    socket.on('framesent', ({ payload }) => {
      overheard.said.push(nameOf(payload));
      if (payload.includes('"answer":')) overheard.answers += 1;
    });
  });
  return overheard;
}

test("a link requests the place once, and answers once, before the page's code has loaded", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  const overheard = overhear(listener);
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  await listener.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await listener.goto(`/listen/${code}`, { waitUntil: 'commit' });
  await expect(tabHost.getByRole('region', { name: 'Audience' })).toContainText('Grace');
  await expect.poll(() => overheard.answers).toBe(1);
  expect(overheard.said.slice(0, 2)).toEqual(['hello', 'join']);
  letThrough();
  await hear(listener, TAB_TONE_HZ);
  expect(overheard.sockets).toBe(1);
  expect(overheard.answers).toBe(1);
  expect(overheard.said.filter((type) => type === 'hello' || type === 'join')).toHaveLength(2);
});

test('a visitor without a session requests no place in advance, and an unknown room is requested once', async ({ newVisitor }) => {
  const visitor = await newVisitor();
  const overheard = overhear(visitor);
  await visitor.goto(`/listen/${UNKNOWN_CODE}`);
  await showsRefusal(visitor, 'room_not_found');
  await isHydrated(visitor);
  expect(overheard.sockets).toBe(0);
  await signIn(visitor, 'Grace');
  await visitor.goto(`/listen/${UNKNOWN_CODE}`);
  await showsRefusal(visitor, 'room_not_found');
  await isHydrated(visitor);
  expect(overheard.sockets).toBe(1);
  // The page knows better by the time a slow socket is open, and then nothing is asked at all.
  expect(overheard.said.filter((type) => type === 'join').length).toBeLessThan(2);
});

test('a click on Listen requests the place once, before the player is drawn', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const overheard = overhear(listener);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  expect(overheard.sockets).toBe(1);
  expect(overheard.said.slice(0, 2)).toEqual(['hello', 'join']);
  expect(overheard.said.filter((type) => type === 'hello' || type === 'join')).toHaveLength(2);
});

test('the player waits for a slow socket and does not open a second one', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const said: string[] = [];
  let sockets = 0;
  await listener.routeWebSocket(/\/ws$/, async (socket) => {
    sockets += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      said.push(nameOf(frame));
      server.send(frame);
    });
  });
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  expect(sockets).toBe(1);
  expect(said.slice(0, 2)).toEqual(['hello', 'join']);
});

test('code that cannot be loaded is requested again, and the sound follows', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await signIn(listener, 'Grace');
  // The call ahead, and the page's own.
  const refusals = 2;
  let asked = 0;
  await listener.route('**/piece_listen*.wasm', (route) => (asked++ < refusals ? route.abort() : route.continue()));
  await listener.goto(`/listen/${code}`);
  await hear(listener, TAB_TONE_HZ);
  expect(asked).toBeGreaterThan(refusals);
});

test('a visitor who leaves while entering a room stays on the new page', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const visitor = await newVisitor();
  await visitor.goto(`/room/${code}`);
  await isHydrated(visitor);
  const overheard = overhear(visitor);
  const visited: string[] = [];
  visitor.on('framenavigated', (frame) => visited.push(new URL(frame.url()).pathname));
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  await visitor.route('**/api/fn/enter_room*', async (route) => {
    await held;
    await route.continue();
  });
  const answered = visitor.waitForResponse(/enter_room/);
  await button(visitor, 'Listen').click();
  await visitor.getByRole('contentinfo').getByRole('link', { name: 'About' }).click();
  await expect(visitor).toHaveURL(/\/about$/);
  letThrough();
  await (await answered).finished();
  await visitor.getByRole('contentinfo').getByRole('link', { name: 'Privacy' }).click();
  await expect(visitor).toHaveURL(/\/privacy$/);
  expect(visited).toEqual(['/about', '/privacy']);
  expect(overheard.sockets).toBe(0);
});
