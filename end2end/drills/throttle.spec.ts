// One listener's path has little bandwidth: the host sends less to this listener only.
import { expect, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { keepPeers, readPeers } from '../peer_connection_stats.mjs';
import { createRoom, shareTab } from '../page_actions';
import { report } from './silence_report';
import { lasts, listenWatched, test } from './fixtures';

/** Less than music at its best takes, and more than it takes at least with every packet sent twice. */
const PATH_BPS = 200_000;
/** What a path gives to the headers of 50 packets a second, each 60 bytes. */
const HEADERS_BPS = 24_000;
const MEASURED_MS = 3000;

test('the bitrate to one listener adapts to the bandwidth of the path', async ({ tabHost, newVisitor, pathUnder }) => {
  await tabHost.addInitScript(keepPeers);
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const [narrow, wide] = [await newVisitor(), await newVisitor()];
  const path = await pathUnder(narrow);
  for (const listener of [narrow, wide]) await listenWatched(listener, code);
  // What the browser sends grows for a while, until it knows what the paths carry.
  await expect.poll(async () => Math.min(...(await bitratesBps(tabHost)))).toBeGreaterThan(PATH_BPS);

  path.turn({ bitrateBps: PATH_BPS });
  let sent: number[] = [];
  await expect
    .poll(
      async () => {
        const before = path.counts().down.lost;
        sent = await bitratesBps(tabHost);
        return { fits: sent[0]! + HEADERS_BPS < PATH_BPS, lost: path.counts().down.lost - before };
      },
      { message: 'the path carries what is sent, and loses nothing of it', timeout: 40_000 },
    )
    .toEqual({ fits: true, lost: 0 });
  expect(sent[1], 'the other listener is sent as much as before').toBeGreaterThan(PATH_BPS);
  await hear(narrow, TAB_TONE_HZ);
  await hear(wide, TAB_TONE_HZ);
  await report(`a path of ${PATH_BPS / 1000} kbit/s`, narrow, { bitrateBps: sent[0]!, 'bitrateBps to another': sent[1]! });
});

/** What the host sends to each listener, in order of arrival, headers not counted. */
async function bitratesBps(host: Page): Promise<number[]> {
  const before = await readPeers(host);
  await lasts(MEASURED_MS);
  const after = await readPeers(host);
  return after.map(({ sentBytes }, i) => Math.round(((sentBytes - (before[i]?.sentBytes ?? 0)) * 8000) / MEASURED_MS));
}
