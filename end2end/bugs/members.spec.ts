// Visitors who may not enter are told the reason, and others are not affected.
import { expect, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../tone_detection';
import { button, createRoom, isHydrated, listen, shareTab, showsRefusal, showsState, signIn } from '../page_actions';
import { readWatch, watchPage } from '../sound_watch.mjs';

test.describe('with room for two', () => {
  test.use({ settings: { MAX_LISTENERS: '2' } });

  test('a third listener is refused', async ({ tabHost, newVisitor, request }) => {
    const code = await createRoom(tabHost, 'Ada');
    await shareTab(tabHost);
    const inside = [await newVisitor(), await newVisitor()];
    for (const listener of inside) {
      await listen(listener, code);
      await hear(listener, TAB_TONE_HZ);
      await watchPage(listener, TAB_TONE_HZ);
    }
    expect(await (await request.get(`/api/rooms/${code}`)).json()).toMatchObject({ isFull: true, listenerCount: 2 });

    const third = await newVisitor();
    // Straight to the player: the preview may not offer to listen when the room is full.
    await signIn(third, 'Grace');
    await third.goto(`/listen/${code}`);
    await showsRefusal(third, 'room_full');

    for (const listener of inside) {
      await hear(listener, TAB_TONE_HZ);
      expect((await readWatch(listener)).states).toHaveLength(1);
    }
    await showsState(tabHost, 'live');
  });
});

test("the host's second page is refused, and may take over", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  const second = await tabHost.context().newPage();
  await second.goto(`/host/${code}`);
  await showsRefusal(second, 'host_elsewhere');
  await showsState(tabHost, 'live');
  await hear(listener, TAB_TONE_HZ);

  await isHydrated(second);
  await button(second, 'Host here instead').click();
  await showsRefusal(tabHost, 'session_replaced');
  await expect(button(second, 'Host here instead')).toBeHidden();
  await shareTab(second);
  await hear(listener, TAB_TONE_HZ);
});

test("a stranger is refused on a host's page", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  const stranger = await newVisitor();
  await signIn(stranger, 'Mallory');
  await stranger.goto(`/host/${code}`);
  await showsRefusal(stranger, 'not_owner');
  await expect(button(stranger, 'Use a microphone')).toBeHidden();
  await showsState(tabHost, 'live');
  await hear(listener, TAB_TONE_HZ);
});

test("a listener's older tab leaves the room", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const older = await newVisitor();
  await listen(older, code);
  await hear(older, TAB_TONE_HZ);

  const newer = await older.context().newPage();
  await newer.goto(`/listen/${code}`);
  await showsRefusal(older, 'session_replaced');
  await hear(newer, TAB_TONE_HZ);
});
