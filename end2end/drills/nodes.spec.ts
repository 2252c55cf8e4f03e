// Three nodes behind nginx, with live sound: nodes are restarted in turn or killed, and nobody hears or sees it.
import { expect, TAB_TONE_HZ, test as base, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { button, createRoom, hasLink, listen, listenAs, messages, shareTab, showsState, write } from '../page_actions';
import { SeveralNodes } from '../several_nodes.mjs';
import { awayMs, noteSockets } from '../socket_notes.mjs';
import { DROPOUT_MS, readWatch, watchPage } from '../sound_watch.mjs';
import { lasts } from './fixtures';
import { report } from './silence_report';

const BACK_MS = 3000;
const HEARTBEAT_MS = 10_000;

const test = base.extend<{ nodes: SeveralNodes }>({
  nodes: async ({}, use, testInfo) => {
    const nodes = await SeveralNodes.start({ STOP_SPREAD_MS: '1000' });
    await use(nodes);
    await nodes.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('nodes.log', { body: nodes.log, contentType: 'text/plain' });
    }
  },
  baseURL: async ({ nodes }, use) => use(nodes.url),
});

/** What a watched page showed of its connection beside that it stands. */
async function shownLosses(page: Page): Promise<string[]> {
  const { states } = await readWatch(page);
  return states.map(({ link }) => link).filter((link) => link !== 'attached');
}

/** Each of these pages was without its place at least once, and never for long. Gives the longest time, in milliseconds. */
async function wereBackInTime(pages: Page[]): Promise<number> {
  const away = await Promise.all(pages.map(awayMs));
  for (const times of away) {
    expect(times.length, 'it was connected to one of them').toBeGreaterThan(0);
    expect(Math.max(...times), 'back in time').toBeLessThan(BACK_MS);
  }
  return Math.round(Math.max(...away.flat()));
}

/** A host, live with a tab, and two listeners, who hear it and are watched from now on. */
async function beLive(tabHost: Page, newVisitor: () => Promise<Page>) {
  await tabHost.addInitScript(noteSockets);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const [grace, linus] = [await newVisitor(), await newVisitor()];
  for (const page of [grace, linus]) await page.addInitScript(noteSockets);
  await listenAs(grace, 'Grace', code);
  await listenAs(linus, 'Linus', code);
  for (const page of [grace, linus]) await hear(page, TAB_TONE_HZ);
  const pages = [tabHost, grace, linus];
  for (const page of pages) {
    await hasLink(page, 'attached');
    await watchPage(page, TAB_TONE_HZ);
  }
  return { code, grace, linus, pages };
}

/** What is said and done reaches everybody, and somebody new hears it too. */
async function everythingWorks(tabHost: Page, { code, grace, linus }: { code: string; grace: Page; linus: Page }, newVisitor: () => Promise<Page>) {
  await write(grace, 'Can you hear me?');
  await expect(messages(tabHost).filter({ hasText: 'Can you hear me?' })).toHaveCount(1);
  await button(tabHost, 'Pause').click();
  for (const page of [grace, linus]) await showsState(page, 'paused');
  await button(tabHost, 'Resume').click();
  for (const page of [grace, linus]) await showsState(page, 'listening');
  const late = await newVisitor();
  await listen(late, code);
  await hear(late, TAB_TONE_HZ);
}

test('all nodes are restarted in turn, and nobody hears or sees it', async ({ nodes, tabHost, newVisitor }) => {
  const room = await beLive(tabHost, newVisitor);
  for (const node of nodes.nodes) {
    await node.stop();
    await node.start();
  }
  for (const page of room.pages) await hasLink(page, 'attached');
  await report('three nodes restarted in turn', room.grace, { awayMs: await wereBackInTime(room.pages) });
  for (const page of [room.grace, room.linus]) {
    await hear(page, TAB_TONE_HZ);
    expect((await readWatch(page)).longestSilenceMs, 'the tone never stops').toBeLessThan(DROPOUT_MS);
  }
  for (const page of room.pages) expect(await shownLosses(page), 'no page shows that it was moved').toEqual([]);
  await everythingWorks(tabHost, room, newVisitor);
  await wereBackInTime(room.pages);
});

test('each node is killed, its members are back in time, and the tone never stops', async ({ nodes, tabHost, newVisitor }) => {
  const room = await beLive(tabHost, newVisitor);
  for (const node of nodes.nodes) {
    await node.kill();
    await node.start();
    for (const page of room.pages) await hasLink(page, 'attached');
    // A page that is cut off again before its next heartbeat waits longer, as before a server that keeps failing.
    await lasts(HEARTBEAT_MS);
  }
  await report('each of three nodes killed', room.grace, { awayMs: await wereBackInTime(room.pages) });
  for (const page of [room.grace, room.linus]) {
    await hear(page, TAB_TONE_HZ);
    expect((await readWatch(page)).longestSilenceMs, 'the tone never stops').toBeLessThan(DROPOUT_MS);
  }
  await everythingWorks(tabHost, room, newVisitor);
});
