// The path between two browsers fails while a peer connection uses it.
import { expect, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { readPeers } from '../peer_connection_stats.mjs';
import { createRoom, listen, main, shareTab, showsRefusal, showsState } from '../page_actions';
import type { Path } from '../network_emulation.mjs';
import { report } from './silence_report';
import { lasts, listenWatched, test } from './fixtures';

/** Three attempts of 8 s, and what lies between them. */
const TOLD_MS = 45_000;

/** Waits until what the listener hears comes along the path. */
async function leadsAlong(path: Path, listener: Page): Promise<void> {
  await expect
    .poll(async () => path.ports.has((await readPeers(listener)).at(-1)?.remotePort ?? 0), 'the selected pair is of the path')
    .toBe(true);
}

/** A tab sounds, and the listener hears it along the path that is put under their page. */
async function hearAlong(host: Page, listener: Page, pathUnder: (page: Page) => Promise<Path>): Promise<Path> {
  const code = await createRoom(host, 'Ada');
  await shareTab(host);
  const path = await pathUnder(listener);
  await listenWatched(listener, code);
  await leadsAlong(path, listener);
  return path;
}

test('the path is cut for 5 s', async ({ tabHost, newVisitor, pathUnder }) => {
  const listener = await newVisitor();
  const path = await hearAlong(tabHost, listener, pathUnder);

  const before = path.counts().down.carried;
  path.cut();
  await lasts(5000);
  expect(path.counts().down.carried, 'nothing comes through').toBe(before);
  path.mend();
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await report('the path cut for 5 s', listener);
});

test('the path fails without notice, and the listener is offered a new one', async ({ tabHost, newVisitor, pathUnder }) => {
  const listener = await newVisitor();
  const path = await hearAlong(tabHost, listener, pathUnder);

  path.move();
  await leadsAlong(path, listener);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await report('the path moved, nobody told', listener);
});

test('without a path, listener and host are told, and the sound is heard once there is one', async ({
  tabHost,
  newVisitor,
  pathUnder,
}) => {
  test.setTimeout(TOLD_MS + 90_000);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const listener = await newVisitor();
  const path = await pathUnder(listener);
  path.cut();
  await listen(listener, code);
  await showsState(listener, 'connecting');
  await expect(main(listener)).toHaveAttribute('data-refusal', 'network', { timeout: TOLD_MS });
  await showsRefusal(listener, 'network');
  for (const advice of ['Try another one', 'whoever runs this server', 'keeps trying']) {
    await expect(main(listener)).toContainText(advice);
  }
  const state = tabHost.getByTestId('listener-state');
  await expect(state).toHaveText('failed');

  path.mend();
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await expect(main(listener)).not.toHaveAttribute('data-refusal');
  await expect(state).toHaveText('connected');
});

test('the listener changes from one network to another', async ({ tabHost, newVisitor, line, pathUnder }) => {
  const listener = await newVisitor({ baseURL: line.url });
  const path = await hearAlong(tabHost, listener, pathUnder);

  // The old addresses are gone, with the socket; the browser tells the page that it is offline and, at once, online.
  path.move();
  line.cut();
  await listener.context().setOffline(true);
  line.mend();
  await listener.context().setOffline(false);
  await leadsAlong(path, listener);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  await report('from one network to another', listener);
});
