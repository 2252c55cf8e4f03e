// The main purpose: all listeners hear the host's sound.
import type { APIRequestContext } from '@playwright/test';

import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear, silence } from '../tone_detection';
import { button, createRoom, hasLink, listen, main, shareTab, showsState, stop, useMicrophone } from '../page_actions';
import { readWatch, watchPage } from '../sound_watch.mjs';

test('a shared tab is heard by two listeners', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await expect(tabHost.getByTestId('room-code')).toHaveText(code);
  await showsState(tabHost, 'idle');
  await shareTab(tabHost);
  for (const listener of [await newVisitor(), await newVisitor()]) {
    await listen(listener, code);
    await showsState(listener, 'listening');
    await hear(listener, TAB_TONE_HZ);
  }
});

test('a microphone is heard by two listeners', async ({ microphoneHost, newVisitor }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  for (const listener of [await newVisitor(), await newVisitor()]) {
    await listen(listener, code);
    await showsState(listener, 'listening');
    await hear(listener, MICROPHONE_TONE_HZ);
  }
});

test('a listener who comes before the host waits, and then hears', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  const listener = await newVisitor();
  await listen(listener, code);
  await showsState(listener, 'connecting');
  await expect(main(listener)).toContainText('Waiting for the host');
  await silence(listener);
  await shareTab(tabHost);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
});

test('a page that cannot reach the server says so, and works once it can', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  let isBlocked = true;
  for (const page of [tabHost, listener]) {
    // As behind a proxy that lets pages through, and neither WebSockets nor what takes their place.
    await page.routeWebSocket(/\/ws$/, (socket) => {
      if (isBlocked) void socket.close();
      else socket.connectToServer();
    });
    await page.route('**/api/stream', (route) => (isBlocked ? route.abort() : route.continue()));
  }
  const code = await createRoom(tabHost, 'Ada');
  await hasLink(tabHost, 'unreachable');
  await shareTab(tabHost);
  await expect(main(tabHost)).toContainText('The server answers, but no live connection (WebSocket) comes about');
  await expect(main(tabHost)).toContainText('nobody can hear you yet');
  await expect(main(tabHost).getByText('Not connected', { exact: true })).toBeVisible();
  await listen(listener, code);
  await hasLink(listener, 'unreachable');
  await expect(main(listener)).toContainText('most often a proxy or an extension blocks it');

  isBlocked = false;
  for (const page of [tabHost, listener]) {
    // Between two attempts lie up to 30 s.
    await expect(main(page)).toHaveAttribute('data-link', 'attached', { timeout: 40_000 });
    await expect(main(page)).not.toContainText('no live connection');
  }
  await expect(main(tabHost).getByText('Live', { exact: true })).toBeVisible();
  await hear(listener, TAB_TONE_HZ);
});

test('a pause is silent, and the sound after it is heard', async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);

  await button(tabHost, 'Pause').click();
  await showsState(tabHost, 'paused');
  await showsState(listener, 'paused');
  await silence(listener);

  await button(tabHost, 'Resume').click();
  await showsState(tabHost, 'live');
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
});

test('Stop ends a shared tab for everyone within a second', async ({ tabHost, newVisitor, request }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await stopsForEveryone(tabHost, TAB_TONE_HZ, code, newVisitor, request);
});

test('Stop ends a microphone for everyone within a second', async ({ microphoneHost, newVisitor, request }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  await stopsForEveryone(microphoneHost, MICROPHONE_TONE_HZ, code, newVisitor, request);
});

async function stopsForEveryone(
  host: Page,
  toneHz: number,
  code: string,
  newVisitor: () => Promise<Page>,
  request: APIRequestContext,
): Promise<void> {
  const listeners = [await newVisitor(), await newVisitor()];
  const everyone = [host, ...listeners];
  for (const listener of listeners) {
    await listen(listener, code);
    await hear(listener, toneHz);
  }
  for (const page of everyone) await watchPage(page, toneHz);
  for (const listener of listeners) {
    await expect.poll(async () => (await readWatch(listener)).firstHeardAt).toBeDefined();
  }

  await stop(host);
  for (const page of everyone) await showsState(page, 'ended');
  for (const listener of listeners) await silence(listener);

  const { clickedAt } = await readWatch(host);
  for (const page of everyone) {
    const { states, lastHeardAt } = await readWatch(page);
    const endedAt = states.find(({ state }) => state === 'ended')?.at;
    expect(endedAt! - clickedAt!, 'the page says so').toBeLessThan(1000);
    if (lastHeardAt) expect(lastHeardAt - clickedAt!, 'it is silent').toBeLessThan(1000);
  }
  expect((await request.get(`/room/${code}`)).status()).toBe(404);
}
