// Tokens for programs, in the account menu.
import { expect, test } from '../fixtures';
import { field, messageOf, openLounge } from '../lounge_actions';
import { button, isHydrated } from '../page_actions';

test('a token is made, shown once, used by a program, and revoked', async ({ newVisitor }) => {
  const page = await newVisitor();
  const code = await openLounge(page, 'Ada');
  await page.goto('/');
  await isHydrated(page);
  await page.locator('summary', { hasText: 'Ada' }).click();
  await page.getByRole('link', { name: 'Programs and tokens' }).click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByText('No tokens yet')).toBeVisible();
  await page.getByLabel('What it is for').fill('Rain bot');
  await button(page, 'Make the token').click();
  await expect(page.getByText('Please choose at least one thing that it allows.')).toBeVisible();
  await page.getByLabel('Write messages there').check();
  await page.getByLabel('List your rooms').check();
  await button(page, 'Make the token').click();
  const token = await page.getByTestId('new-token').locator('code').innerText();
  expect(token).toMatch(/^ht_[\w-]{43}$/);
  await expect(page.getByTestId('token')).toContainText('Rain bot');
  await expect(page.getByTestId('token')).toContainText('List your rooms, Write messages there');
  await expect(page.getByTestId('token')).toContainText('Never used.');

  const ask = (path: string, body?: object) =>
    page.request.fetch(path, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${token}`, cookie: '' }, data: body });
  const sent = await ask(`/api/rooms/${code}/messages`, { nonce: 1, text: 'It rains.' });
  expect(sent.status()).toBe(201);
  expect(await sent.json()).toEqual({ number: 1 });
  expect((await ask(`/api/rooms/${code}/messages`)).status()).toBe(403);

  await page.reload();
  await isHydrated(page);
  await expect(page.getByTestId('new-token')).toHaveCount(0);
  await expect(page.getByTestId('token')).toContainText('Last used on');
  await button(page, 'Revoke Rain bot').click();
  await expect(page.getByText('No tokens yet')).toBeVisible();
  expect((await ask('/api/rooms')).status()).toBe(401);

  await page.goto(`/lounge/${code}`);
  await expect(messageOf(page, 'It rains.')).toBeVisible();
  await expect(field(page)).toBeVisible();
});

test('who is not signed in is asked to, and comes back', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/login\?next=\/account$/);
  await isHydrated(page);
  await page.getByLabel('Your name').fill('Grace');
  await button(page, 'Continue as guest').click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Programs' })).toBeVisible();
});
