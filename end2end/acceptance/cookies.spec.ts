// A browser that does not keep the session's cookie is told so, and is not asked for a name repeatedly.
import { expect, test } from '../fixtures';
import { button, isHydrated, main } from '../page_actions';

test.describe('where the cookie is for HTTPS and the page is not', () => {
  test.use({ settings: { SESSION_COOKIE_SECURE: 'true' } });

  test('the sign-in page says that the cookie was not kept', async ({ newVisitor }) => {
    const visitor = await newVisitor();
    // To this machine's own name browsers keep such cookies over plain HTTP too, so the answer loses it here.
    await visitor.route('**/api/fn/sign_in_as_guest', async (route) => {
      const answer = await route.fetch();
      const headers = Object.entries(answer.headers()).filter(([name]) => name !== 'set-cookie');
      await visitor.context().clearCookies();
      await route.fulfill({ response: answer, headers: Object.fromEntries(headers) });
    });
    await visitor.goto('/login?next=/new');
    await isHydrated(visitor);
    await visitor.getByLabel('Your name').fill('Ada');
    await button(visitor, 'Continue as guest').click();
    await expect(main(visitor)).toHaveAttribute('data-page', 'login');
    await expect(main(visitor)).toContainText('Your browser did not keep');
  });
});
