// The ways to a room, and what must not stand in between.
import { expect, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../hearing';
import { button, createRoom, sayName, shareTab, showsState } from '../visiting';

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

test('a room that is created signed out opens after signing in, with no further click', async ({ page }) => {
  await page.goto('/');
  await button(page, 'Create a room').click();
  await expect(page).toHaveURL(/\/login\?next=/);
  expect(new URL(page.url()).searchParams.get('next')).toBe('/new');
  await sayName(page, 'Ada');
  await expect(page).toHaveURL(/\/host\/[A-Z2-9]{6}$/);
  await showsState(page, 'idle');
});
