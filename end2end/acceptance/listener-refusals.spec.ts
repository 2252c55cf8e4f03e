// Listeners who are refused, or whose place is taken over.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, silence } from '../tone_detection';
import {
  button,
  createRoom,
  isHydrated,
  listen,
  main,
  shareTab,
  showsRefusal,
  showsState,
  signIn,
  UNKNOWN_CODE,
} from '../page_actions';
import { hearing } from '../hearing_room';

/** What screen readers say by themselves. */
const announcement = (page: Page, text: string) => main(page).getByRole('status').filter({ hasText: text });

test('a second tab takes over, and the first one says so', async ({ tabHost, newVisitor }) => {
  const first = await newVisitor();
  const code = await hearing(tabHost, first);
  const second = await first.context().newPage();
  await second.goto(`/listen/${code}`);
  await hear(second, TAB_TONE_HZ);
  await showsRefusal(first, 'session_replaced');
  await expect(main(first)).toContainText('opened in another tab');
  await silence(first);
  await expect(tabHost.getByTestId('listener')).toHaveCount(1);

  await button(first, 'Listen here instead').click();
  await hear(first, TAB_TONE_HZ);
  await showsRefusal(second, 'session_replaced');
});

test.describe('in a small room', () => {
  test.use({ settings: { MAX_LISTENERS: '1' } });

  test('a full room says so, and a new attempt succeeds when there is space', async ({ tabHost, newVisitor }) => {
    const [first, second] = [await newVisitor(), await newVisitor()];
    const code = await hearing(tabHost, first);
    await signIn(second, 'Linus');
    await second.goto(`/listen/${code}`);
    await showsRefusal(second, 'room_full');
    await expect(main(second)).toContainText('This room is full');
    await first.close();
    await expect
      .poll(async () => {
        if (await button(second, 'Try again').isVisible()) await button(second, 'Try again').click();
        return main(second).getAttribute('data-state');
      })
      .toBe('listening');
    await hear(second, TAB_TONE_HZ);
  });
});

for (const [refusal, text, action] of [
  ['version_unsupported', 'This page is out of date.', 'Reload the page'],
  ['room_ended', 'This room has ended.', undefined],
] as const) {
  test(`${refusal}: the page says what happened and offers what helps`, async ({ newVisitor }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const listener = await newVisitor();
    let refuse = true;
    await listener.routeWebSocket(/\/ws$/, (socket) => {
      if (refuse) socket.send(JSON.stringify({ refused: { refusal } }));
      else socket.connectToServer();
    });
    await listen(listener, code);
    await showsRefusal(listener, refusal);
    await expect(announcement(listener, text)).toBeVisible();
    await expect(listener.getByRole('link', { name: 'Back to the start' })).toBeVisible();
    await expect(main(listener).getByRole('button')).toHaveText(action ? [action] : []);
    refuse = false;
    if (action) {
      await button(listener, action).click();
      await showsState(listener, 'connecting');
    }
  });
}

test('a visitor whose session is unknown signs in and comes back', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(listener, 'Grace');
  await listener.goto('/');
  await isHydrated(listener);
  await listener.routeWebSocket(/\/ws$/, (socket) => {
    socket.send(JSON.stringify({ refused: { refusal: 'not_signed_in' } }));
  });
  await listener.goto(`/listen/${code}`);
  await showsRefusal(listener, 'not_signed_in');
  await listener.context().clearCookies();
  await listener.unrouteAll();
  await listener.getByRole('link', { name: 'Sign in' }).last().click();
  await expect(listener).toHaveURL(/\/login\?next=/);
  await listener.getByLabel('Your name').fill('Grace');
  await button(listener, 'Continue as guest').click();
  await expect(listener).toHaveURL(new RegExp(`/listen/${code}$`));
});

test('an unknown room and a fault are shown as different problems', async ({ newVisitor }) => {
  const page = await newVisitor();
  const answer = await page.goto(`/room/${UNKNOWN_CODE}`);
  expect(answer!.status()).toBe(404);
  await showsRefusal(page, 'room_not_found');

  await page.goto('/');
  await isHydrated(page);
  const code = await createRoom(page, 'Ada');
  await page.goto('/');
  await isHydrated(page);
  await page.route(/\/api\/fn\/look_up_room/, (route) => route.abort());
  await page.getByLabel('Room code').fill(code);
  await button(page, 'Join').click();
  await expect(page.getByRole('heading', { name: 'The room did not answer' })).toBeVisible();
  await expect(main(page)).not.toHaveAttribute('data-refusal');
  await page.unrouteAll();
  await button(page, 'Try again').click();
  await showsState(page, 'idle');
  await expect(main(page)).toContainText('Ada’s room');
});

test('only the owner gets the host page', async ({ newVisitor }) => {
  const code = await createRoom(await newVisitor(), 'Ada');
  const stranger = await newVisitor();
  await signIn(stranger, 'Mallory');
  const answer = await stranger.goto(`/host/${code}`);
  expect(answer!.status()).toBe(403);
  await showsRefusal(stranger, 'not_owner');
});
