// The pages that are complete without code work while it has not come.
import { expect, test, type Page } from '../fixtures';
import { button, createRoom, hasLink, isHydrated, listen, main, recentRooms, sayName, showsState, stop } from '../page_actions';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

const CODE = /\/pkg\/.*\.(js|wasm)$/;

/** The code never comes, and does not fail either. */
async function withoutCode(page: Page): Promise<void> {
  await page.route(CODE, () => {});
}

const html = (page: Page) => page.locator('html');

test('theme, language, code and account work before the landing page’s code has come', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const visitor = await newVisitor();
  await withoutCode(visitor);
  await visitor.goto('/', { waitUntil: 'commit' });
  await visitor.getByLabel('Theme').selectOption('dark');
  await expect(html(visitor)).toHaveAttribute('data-theme', 'dark');
  await expect(visitor.locator('meta[name=theme-color]').first()).toHaveAttribute('content', '#0c1214');
  await visitor.reload({ waitUntil: 'commit' });
  await expect(html(visitor), 'it is kept').toHaveAttribute('data-theme', 'dark');
  await visitor.getByLabel('Theme').selectOption('system');
  await expect(html(visitor)).not.toHaveAttribute('data-theme');
  await expect(visitor.locator('meta[name=theme-color]').first()).toHaveAttribute('content', '#fbfaf7');

  await button(visitor, 'Deutsch').click();
  await expect(html(visitor)).toHaveAttribute('lang', 'de');
  await button(visitor, 'English').click();
  await expect(html(visitor)).toHaveAttribute('lang', 'en');

  await visitor.getByLabel('Room code').fill(code.toLowerCase());
  await button(visitor, 'Join').click();
  await expect(main(visitor)).toHaveAttribute('data-page', 'room');
  await button(visitor, 'Listen').click();
  await expect(main(visitor)).toHaveAttribute('data-page', 'listen');

  await visitor.goto('/', { waitUntil: 'commit' });
  await visitor.locator('header summary').first().click();
  await expect(button(visitor, 'Log out')).toBeVisible();
  await expect(main(visitor), 'no code was there').not.toHaveAttribute('data-hydrated');
});

test('a room is created before any code has come', async ({ newVisitor }) => {
  const host = await newVisitor();
  await withoutCode(host);
  await host.goto('/', { waitUntil: 'commit' });
  await button(host, 'Create a room').click();
  await sayName(host, 'Ada');
  await expect(main(host)).toHaveAttribute('data-page', 'host');
  await expect(main(host)).not.toHaveAttribute('data-hydrated');
});

test('the landing page’s recent rooms lead back before its code has come', async ({ newVisitor }) => {
  const [host, listener] = [await newVisitor(), await newVisitor()];
  const code = await createRoom(host, 'Ada');
  await hasLink(host, 'attached');
  await listen(listener, code);
  await hasLink(listener, 'attached');
  const land = async (page: Page) => {
    await withoutCode(page);
    await page.goto('/', { waitUntil: 'commit' });
    await expect(recentRooms(page)).toContainText(code);
    await expect(main(page), 'no code is there').not.toHaveAttribute('data-hydrated');
  };
  await land(listener);
  await recentRooms(listener).getByRole('link', { name: 'Listen to Ada’s room' }).click();
  await expect(main(listener)).toHaveAttribute('data-page', 'listen');
  await land(host);
  await recentRooms(host).getByRole('link', { name: /^Host again/ }).click();
  await expect(main(host)).toHaveAttribute('data-page', 'host');

  await host.unroute(CODE);
  await host.reload();
  await isHydrated(host);
  await stop(host);
  await showsState(host, 'ended');
  await land(host);
  await recentRooms(host).getByRole('button', { name: `Open it again: room ${code}` }).click();
  await expect(main(host)).toHaveAttribute('data-page', 'host');
  await expect(main(host)).not.toHaveAttribute('data-hydrated');
});
