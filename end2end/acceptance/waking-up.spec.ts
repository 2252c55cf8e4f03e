// Providers and servers that are asleep.
import { expect, type Page } from '../fixtures';
import { PROVIDER } from '../openid_provider.mjs';

import { button, isHydrated, main, signIn } from '../page_actions';
import { test, providerLink, menu, allowAs, leavesNoTrace } from '../openid_fixtures';

test.describe('a provider that sleeps', () => {
  test.use({ asleep: true, settings: { AUTH_WARM_UP_TIMEOUT_MS: '6000' } });

  test('is waited for, and the visitor continues without a click', async ({ newVisitor, provider, server }) => {
    const page = await newVisitor();
    await page.goto('/login?next=/about');
    await isHydrated(page);
    await providerLink(page).click();
    const overlay = page.getByRole('dialog', { name: `Waiting for ${PROVIDER}` });
    await expect(overlay).toBeVisible();
    provider.wake(server.url);
    await allowAs(page, 'Ada');
    await expect(page).toHaveURL(`${server.url}/about`);
    await leavesNoTrace(page, server.url);
  });

  test('still lets another account be chosen once it is awake', async ({ newVisitor, provider, server }) => {
    const page = await newVisitor();
    await page.goto('/auth/test-login?next=/about&switch=1');
    await expect(page.getByRole('dialog', { name: `Waiting for ${PROVIDER}` })).toBeVisible();
    provider.wake(server.url);
    await expect(page.locator('main')).toHaveAttribute('data-prompt', 'select_account');
    await allowAs(page, 'Ada');
    await expect(page).toHaveURL(`${server.url}/about`);
    await leavesNoTrace(page, server.url);
  });

  test('ends in an error with a way to try again', async ({ newVisitor, provider, server }) => {
    const page = await newVisitor();
    await page.goto('/login');
    await isHydrated(page);
    await providerLink(page).click();
    const failed = page.getByRole('dialog', { name: `${PROVIDER} did not answer` });
    await expect(failed).toBeVisible();
    provider.wake(server.url);
    await button(page, 'Try again').click();
    await allowAs(page, 'Ada');
    await expect(menu(page)).toContainText('Ada');
  });
});

test.describe('a server that sleeps', () => {
  test.use({ settings: { AUTH_WARM_UP_TIMEOUT_MS: '4000' } });

  /** Shows the page as a browser does that had put it aside. */
  const showAgain = (page: Page) =>
    page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));

  test('is waited for, and the page continues by itself', async ({ newVisitor, server }) => {
    const page = await newVisitor();
    await signIn(page, 'Ada');
    await page.goto('/about');
    await isHydrated(page);
    await server.kill();
    await showAgain(page);
    await expect(page.getByRole('dialog', { name: 'Waiting for the server' })).toBeVisible();
    await server.start();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(menu(page)).toContainText('Ada');
  });

  test('ends in an error with a way to try again, and never in a blank page', async ({ newVisitor, server }) => {
    const page = await newVisitor();
    await page.goto('/');
    await isHydrated(page);
    await server.kill();
    // Signed out, another page asks who the visitor is.
    await page.getByRole('link', { name: 'Privacy' }).click();
    const failed = page.getByRole('dialog', { name: 'The server did not answer' });
    await expect(failed).toBeVisible();
    await expect(main(page)).toHaveAttribute('data-page', 'privacy');
    await server.start();
    const asked = page.waitForResponse(/current_session/);
    await button(page, 'Try again').click();
    expect((await asked).ok()).toBe(true);
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  test('that answers at once is not mentioned', async ({ newVisitor }) => {
    const page = await newVisitor();
    await page.goto('/about');
    await isHydrated(page);
    const shown = page.evaluate(() => new Promise((resolve) => {
      const dialog = document.querySelector('dialog.warm-up')!;
      new MutationObserver(() => resolve(true)).observe(dialog, { attributes: true });
      document.addEventListener('visibilitychange', () => resolve(false));
    }));
    const asked = page.waitForResponse(/current_session/);
    await showAgain(page);
    await asked;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await shown).toBe(false);
  });
});
