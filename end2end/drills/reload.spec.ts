// After a reload, host or listener continue.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test } from '../fixtures';
import { hear } from '../tone_detection';
import { createRoom, isHydrated, main, shareTab, showsState, useMicrophone } from '../page_actions';
import { report } from './silence_report';
import { listenWatched } from './fixtures';

test("a listener's reload", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listenWatched(listener, code);

  await listener.reload();
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await report("a listener's reload", listener);
});

test("the host's reload, with a tab: it comes back with one click", async ({ tabHost, newVisitor }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  await listenWatched(listener, code);

  await tabHost.reload();
  await showsState(listener, 'reconnecting');
  await expect(main(listener)).toContainText('host is reconnecting');
  await isHydrated(tabHost);
  await shareTab(tabHost);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await report("the host's reload with a tab, clicked by the test", listener);
});

test("the host's reload, with the microphone: it comes back by itself", async ({ mixHost, newVisitor }) => {
  const code = await createRoom(mixHost, 'Ada');
  await useMicrophone(mixHost);
  // A steady tone is a noise that the quality for voice takes out after a while.
  await mixHost.getByRole('radio', { name: 'Music' }).check();
  const listener = await newVisitor();
  await listenWatched(listener, code, MICROPHONE_TONE_HZ);

  await mixHost.reload();
  await showsState(mixHost, 'live');
  await showsState(listener, 'listening');
  await hear(listener, MICROPHONE_TONE_HZ);
  await report("the host's reload with the microphone", listener);
});
