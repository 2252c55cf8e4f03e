// The sound continues when the server is killed, because it flows between browsers, and both pages reconnect by themselves.
import { expect, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../tone_detection';
import { button, createRoom, hasLink, listen, shareTab, showsState } from '../page_actions';
import { DROPOUT_MS, readWatch, watchPage } from '../sound_watch.mjs';
import { report } from './silence_report';

const BACK_MS = 3000;

test('the tone continues while the server is killed and started again', async ({ server, tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  const pages = [tabHost, listener];
  for (const page of pages) {
    await hasLink(page, 'attached');
    await watchPage(page, TAB_TONE_HZ);
  }

  await server.kill();
  for (const page of pages) await hasLink(page, 'reconnecting');
  await hear(listener, TAB_TONE_HZ);
  await server.start();
  const readyAt = Date.now();
  for (const page of pages) await hasLink(page, 'attached');
  await hear(listener, TAB_TONE_HZ);

  for (const page of pages) {
    const attachedAt = (await readWatch(page)).states.findLast(({ link }) => link === 'attached')?.at;
    expect(attachedAt! - readyAt, 'back in time').toBeLessThan(BACK_MS);
  }
  await report('the server killed and started again', listener);
  expect((await readWatch(listener)).longestSilenceMs, 'the tone never stops').toBeLessThan(DROPOUT_MS);

  // They are members as before: what the host does reaches the listener, and somebody new hears it too.
  await button(tabHost, 'Pause').click();
  await showsState(listener, 'paused');
  await button(tabHost, 'Resume').click();
  await showsState(listener, 'listening');
  const late = await newVisitor();
  await listen(late, code);
  await hear(late, TAB_TONE_HZ);
});
