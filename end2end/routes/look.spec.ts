// Light and dark, motion, toasts and the gallery of components.
import { expect, test, type Page } from '../fixtures';
import { serverBinary } from '../build_target.mjs';
import { isHydrated } from '../page_actions';

/** Debug builds have a page with every component. */
const hasGallery = serverBinary.includes('/debug/');

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const theme = (page: Page) => page.getByLabel('Theme');

test('light and dark follow the system until the visitor chooses, and the choice is kept', async ({ newVisitor }) => {
  const page = await newVisitor({ colorScheme: 'light' });
  await page.goto('/');
  await isHydrated(page);
  const light = await background(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background(page);
  expect(dark).not.toBe(light);

  await theme(page).selectOption('Light');
  expect(await background(page)).toBe(light);
  await expect(page.locator('meta[name=theme-color]').first()).toHaveAttribute('content', '#fbfaf7');
  await expect(page.locator('meta[name=theme-color]').last()).toHaveAttribute('content', '#fbfaf7');

  await page.goto('/about');
  await isHydrated(page);
  await expect(theme(page)).toHaveValue('light');
  expect(await background(page)).toBe(light);
  await theme(page).selectOption('System');
  expect(await background(page)).toBe(dark);
  await page.reload();
  expect(await background(page)).toBe(dark);
});

test('a chosen theme is in the first byte of the page, without a script', async ({ newVisitor, server }) => {
  const page = await newVisitor({ colorScheme: 'light', javaScriptEnabled: false });
  await page.context().addCookies([{ name: 'heartogether.theme', value: 'dark', url: server.url }]);
  const html = await (await page.goto('/nowhere'))?.text();
  expect(html).toContain('data-theme="dark"');
  expect(html).toMatch(/name="color-scheme" content="dark"/);
  const surface = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  expect(surface).toBe('dark');
});

test('a visitor can type a code at once', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/');
  await expect(page.getByLabel('Room code')).toBeFocused();
  const phone = await newVisitor({ isMobile: true, hasTouch: true });
  await phone.goto('/');
  await isHydrated(phone);
  await expect(phone.getByLabel('Room code')).not.toBeFocused();
});

test('the landing page’s wave swings now and then, if it is visible and motion is allowed', async ({ newVisitor }) => {
  const page = await newVisitor({ viewport: { width: 1280, height: 1000 } });
  await page.clock.install();
  await page.goto('/');
  await isHydrated(page);
  const changesInAMinute = async () => {
    await page.clock.runFor(10_000);
    const line = await page.locator('.wave-line').first().elementHandle();
    const counter = await page.evaluateHandle((line) => {
      const seen = { count: 0 };
      new MutationObserver((changes) => (seen.count += changes.length)).observe(line!, { attributes: true });
      return seen;
    }, line);
    await page.clock.runFor(60_000);
    return counter.evaluate(({ count }) => count);
  };
  const changes = await changesInAMinute();
  expect(changes).toBeGreaterThan(20);
  expect(changes, 'it rests most of the time').toBeLessThan(250);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await changesInAMinute()).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.setViewportSize({ width: 390, height: 300 });
  expect(await changesInAMinute(), 'out of sight').toBe(0);
});

test('one key skips the header, and another page gets the focus', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/about');
  await isHydrated(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByLabel('Room code')).toBeFocused();
});

test('only debug builds have the gallery', async ({ request }) => {
  expect((await request.get('/dev/components')).status()).toBe(hasGallery ? 200 : 404);
});

test.describe('toasts', () => {
  test.skip(!hasGallery, 'a debug build has the page for it');

  const region = (page: Page) => page.getByRole('status', { name: 'Messages' });

  test('are announced, disappear by themselves, and stay while they have the focus', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.goto('/dev/components');
    await isHydrated(page);
    await page.getByRole('button', { name: 'Show one with an action' }).click();
    const attended = region(page).getByText('Ada’s room');
    await region(page).getByRole('button', { name: 'Undo' }).focus();
    // Pressed without taking the focus along.
    await page.getByRole('button', { name: 'Show a toast' }).dispatchEvent('click');
    const unattended = region(page).getByText('Hosts do not see it.');
    await expect(unattended).toBeVisible();
    await expect(unattended).toHaveCount(0);
    await expect(attended).toBeVisible();
    await page.getByRole('button', { name: 'Show a toast' }).focus();
    await expect(attended).toHaveCount(0);
  });

  test('can be reached and closed by keyboard', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.goto('/dev/components');
    await isHydrated(page);
    await page.getByRole('button', { name: 'Show one with an action' }).press('Enter');
    const undo = region(page).getByRole('button', { name: 'Undo' });
    await undo.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('Undone 1 times.')).toBeVisible();
    await expect(undo).toHaveCount(0);
    await expect(page.locator('main')).toBeFocused();

    await page.getByRole('button', { name: 'Show one with an action' }).press('Enter');
    await undo.focus();
    await page.keyboard.press('Escape');
    await expect(undo).toHaveCount(0);
    await expect(page.getByText('Undone 1 times.')).toBeVisible();
  });

  test('leave room below the page’s end', async ({ newVisitor }) => {
    const page = await newVisitor({ viewport: { width: 390, height: 844 } });
    await page.goto('/dev/components');
    await isHydrated(page);
    await page.getByRole('button', { name: 'Show one with an action' }).click();
    await expect(region(page).getByRole('button', { name: 'Undo' })).toBeVisible();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const [toasts, last] = await Promise.all([region(page).boundingBox(), theme(page).boundingBox()]);
    expect(last && toasts && last.y + last.height).toBeLessThanOrEqual(toasts?.y ?? 0);
  });
});
