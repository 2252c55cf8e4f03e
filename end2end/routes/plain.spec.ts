// The routes for other programs, and the files of the pages.
import { expect, test } from '../fixtures';
import { createRoom, signIn, UNKNOWN_CODE } from '../page_actions';

test('health is 200', async ({ request }) => {
  expect((await request.get('/api/health')).status()).toBe(200);
});

test('a room is described to everybody', async ({ newVisitor, request }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  for (const typed of [code, code.toLowerCase(), `${code.slice(0, 3)}-${code.slice(3)}`]) {
    const response = await request.get(`/api/rooms/${typed}`);
    expect(response.status(), typed).toBe(200);
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      code,
      hostConnected: expect.any(Boolean),
      listenerCount: 0,
      maxListeners: 30,
      isFull: false,
      fetchedAt: expect.anything(),
    });
  }
  expect((await request.get(`/api/rooms/${UNKNOWN_CODE}`)).status()).toBe(404);
});

test('ICE servers require a session', async ({ newVisitor, request }) => {
  expect((await request.get('/api/ice-servers')).status()).toBe(401);
  const page = await newVisitor();
  await signIn(page, 'Ada');
  const response = await page.context().request.get('/api/ice-servers');
  expect(response.status()).toBe(200);
  expect(response.headers()['cache-control']).toContain('private');
});

test('a visitor without a session is asked for a name first', async ({ newVisitor, request }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  for (const path of [`/listen/${code}`, `/host/${code}`]) {
    const response = await request.get(path, { headers: { accept: 'text/html' }, maxRedirects: 0 });
    expect([302, 303, 307]).toContain(response.status());
    const to = new URL(response.headers()['location'] ?? '', response.url());
    expect([to.pathname, to.searchParams.get('next')]).toEqual(['/login', path]);
  }
});

test('scripts cannot read the session cookie', async ({ newVisitor }) => {
  const page = await newVisitor();
  await signIn(page, 'Ada');
  const cookies = await page.context().cookies();
  expect(cookies).not.toEqual([]);
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
});

test('the files of a page are compressed and kept for ever', async ({ newVisitor, request, server }) => {
  const page = await newVisitor();
  // On a first visit the style is in the page.
  await signIn(page, 'Ada');
  const files = new Set<string>();
  page.on('request', (sent) => {
    const { origin, pathname } = new URL(sent.url());
    if (origin === server.url && pathname.startsWith('/pkg/')) files.add(pathname);
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  for (const kind of ['.js', '.wasm', '.css']) expect([...files].join(' '), kind).toContain(kind);

  for (const file of files) {
    for (const encoding of ['br', 'gzip', 'identity']) {
      const response = await request.get(file, { headers: { 'accept-encoding': encoding } });
      const headers = response.headers();
      expect(headers['content-encoding'] ?? 'identity', `${file} as ${encoding}`).toBe(encoding);
      expect(headers['cache-control'], file).toMatch(/max-age=31536000.*immutable|immutable.*max-age=31536000/);
      expect(headers['vary']?.toLowerCase(), file).toContain('accept-encoding');
      if (file.endsWith('.wasm')) expect(headers['content-type']).toBe('application/wasm');
    }
  }
});
