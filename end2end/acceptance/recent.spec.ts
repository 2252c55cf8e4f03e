// The links to recent rooms on the landing page.
import { expect, test } from '../fixtures';
import { button, createRoom, isHydrated, listen, main, recentRooms, showsState } from '../page_actions';

test('host and listener find their way back from the landing page, also after the end', async ({ newVisitor }) => {
  const [host, listener] = [await newVisitor(), await newVisitor()];
  await listener.goto('/');
  await isHydrated(listener);
  await expect(recentRooms(listener)).toHaveCount(0);

  const code = await createRoom(host, 'Ada');
  await showsState(host, 'idle');
  await expect(main(host)).toHaveAttribute('data-link', 'attached');
  await listen(listener, code);
  await showsState(listener, 'connecting');
  await expect(main(listener)).toHaveAttribute('data-link', 'attached');

  await listener.goto('/');
  await expect(recentRooms(listener)).toContainText('Ada’s room');
  await recentRooms(listener).getByRole('link', { name: 'Listen to Ada’s room' }).click();
  await expect(listener).toHaveURL(new RegExp(`/listen/${code}$`));

  await host.goto('/');
  await expect(recentRooms(host)).toContainText(code);
  await recentRooms(host).getByRole('link', { name: /^Host again/ }).click();
  await expect(host).toHaveURL(new RegExp(`/host/${code}$`));
  await isHydrated(host);
  await button(host, 'Stop').click();
  const confirm = button(host, 'Stop for everyone');
  await expect(confirm.or(host.locator('main[data-state=ended]')).first()).toBeVisible();
  if (await confirm.isVisible()) await confirm.click();
  await showsState(host, 'ended');

  await host.goto('/');
  await expect(recentRooms(host)).toContainText('Ended');
  await recentRooms(host).getByRole('button', { name: `Open it again: room ${code}` }).click();
  await expect(host).toHaveURL(new RegExp(`/host/${code}$`));
  await showsState(host, 'idle');
});
