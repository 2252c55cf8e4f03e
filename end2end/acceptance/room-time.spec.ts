// How long the host has been live, how long the room will still be open, and rooms that are opened again.
import { expect, test, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear, silence } from '../tone_detection';

import {
  button,
  createRoom,
  listen,
  listenAs,
  main,
  messages,
  shareTab,
  showsRefusal,
  showsState,
  stop,
  write,
} from '../page_actions';

test('the session time counts up while the host is live', async ({ tabHost }) => {
  await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await expect(tabHost.getByTestId('session-time')).toHaveText('00:02');
  await tabHost.reload();
  await expect(tabHost.getByTestId('session-time')).toHaveText(/^00:\d\d$/);
});

test.describe('a room that lives for 20 s', () => {
  test.use({ settings: { ROOM_TTL_MS: '20000' } });

  test('everybody is warned before its end and told of it', async ({ newVisitor }) => {
    const host = await newVisitor();
    const code = await createRoom(host, 'Ada');
    const listener = await newVisitor();
    await listenAs(listener, 'Grace', code);
    const warning = (page: Page) => page.getByText('This room ends in less than a minute.');
    for (const page of [host, listener]) await expect(warning(page)).toBeVisible();
    // What the page advises helps.
    await expect(warning(listener)).toContainText('React or write to the host, and it goes on.');
    await button(listener, 'React with ❤️').click();
    for (const page of [host, listener]) await expect(warning(page)).toBeHidden();
    for (const page of [host, listener]) await expect(warning(page)).toBeVisible();
    for (const page of [host, listener]) await showsState(page, 'ended');
    for (const page of [host, listener]) await expect(main(page)).toContainText('because nothing happened in it for a while');
  });
});

test.describe('a room that waits 8 s for its host', () => {
  test.use({ settings: { ROOM_HOST_ABSENT_MS: '8000' } });

  test('the room ends without its host, and everybody reads why', async ({ tabHost, newVisitor }) => {
    const code = await createRoom(tabHost, 'Ada');
    await shareTab(tabHost);
    const [listener, late] = [await newVisitor(), await newVisitor()];
    await listen(listener, code);
    await hear(listener, TAB_TONE_HZ);
    await tabHost.goto('about:blank');
    // Whoever comes while the host is away reads it too.
    await listen(late, code);
    for (const page of [listener, late]) {
      await showsState(page, 'ended');
      await expect(main(page)).toContainText('because the host did not come back');
    }
    await silence(listener);
    await tabHost.goto(`/host/${code}`);
    await expect(main(tabHost)).toContainText('This room has ended');
    await expect(button(tabHost, 'Open it again')).toBeVisible();
  });
});

test('an ended room is opened again by its owner under the same code, with its chat', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await hear(listener, TAB_TONE_HZ);
  await write(listener, 'thank you');
  await expect(messages(tabHost)).toHaveCount(1);
  await stop(tabHost);
  await showsState(listener, 'ended');
  await button(tabHost, 'Open it again').click();
  await showsState(tabHost, 'idle');
  await expect(messages(tabHost)).toContainText('thank you');
  await shareTab(tabHost);
  await listener.goto(`/listen/${code}`);
  await hear(listener, TAB_TONE_HZ);

  await stop(tabHost);
  await showsState(tabHost, 'ended');
  await tabHost.goto(`/host/${code}`);
  await button(tabHost, 'Open it again').click();
  await showsState(tabHost, 'idle');
});

test('a listener cannot open an ended room', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  const listener = await newVisitor();
  await listenAs(listener, 'Grace', code);
  await stop(host);
  await showsState(listener, 'ended');
  await listener.goto(`/host/${code}`);
  await showsRefusal(listener, 'room_not_found');
  await expect(button(listener, 'Open it again')).toBeHidden();
});
