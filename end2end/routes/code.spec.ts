// Which code a page loads, when, and what happens if the code cannot be loaded.
import { expect, test, type Page } from '../fixtures';
import { button, createRoom, isHydrated, main, signIn } from '../page_actions';

/** The name of a file of code that only some pages need, without its hash. */
const ofSomePages = /\/pkg\/((?:split|chunk)_\w+)\./;

/** Notes every file of code that only some pages need, each time it is asked for. */
function watchCode(page: Page): string[] {
  const loaded: string[] = [];
  page.on('request', (request) => {
    const name = ofSomePages.exec(request.url())?.[1];
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
  expect(loaded).toEqual([]);
});

test('a page’s HTML names the needed code, which is loaded once', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  const loaded = watchCode(page);
  const html = await (await page.goto(`/listen/${code}`))?.text();
  await isHydrated(page);
  const links = [...(html ?? '').matchAll(/<link [^>]*>/g)].map(([link]) => link).filter((link) => link.includes('rel="preload"'));
  const named = links.map((link) => ofSomePages.exec(link)?.[1]);
  expect(loaded).toContain('split_listen');
  expect(loaded).not.toContain('split_host');
  expect(named.filter(Boolean).sort()).toEqual([...loaded].sort());
  expect(new Set(loaded).size).toBe(loaded.length);
});

test('every response names the code, however many are rendered at once', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  const answers = await Promise.all(Array.from({ length: 60 }, () => page.request.get(`/listen/${code}`)));
  for (const answer of answers) {
    const html = await answer.text();
    expect(html.match(/<link rel="preload" href="[^"]*split_listen/g)).toHaveLength(1);
  }
});

test('the preview loads the player’s code in advance', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  const loaded = watchCode(page);
  await page.goto(`/room/${code}`);
  await expect.poll(() => loaded).toContain('split_listen');
  expect(loaded).not.toContain('split_host');
});

test('a page whose code cannot be loaded comes from the server', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  await page.route(/split_listen/, (route) => route.abort());
  await page.goto(`/room/${code}`);
  await isHydrated(page);
  const loading = page.waitForEvent('domcontentloaded');
  await button(page, 'Listen').click();
  await loading;
  await expect(page).toHaveURL(new RegExp(`/listen/${code}$`));
  await expect(main(page)).toHaveAttribute('data-page', 'listen');
  await page.unroute(/split_listen/);
  await page.reload();
  await isHydrated(page);
});
