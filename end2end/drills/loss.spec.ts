// A listener loses packets: the sound stays recognisable, and other listeners are not affected.
import { expect, TAB_TONE_HZ, type Page } from '../fixtures';
import { hear, measure } from '../tone_detection';
import { readPeers } from '../peer_connection_stats.mjs';
import { createRoom, shareTab, showsState } from '../page_actions';
import { report } from './silence_report';
import { lasts, listenWatched, test } from './fixtures';

const MEASURED_MS = 6000;
/** The tone stands out of what concealment makes of it. */
const ABOVE_FLOOR_DB = 20;

test("one listener's packets are lost", async ({ tabHost, newVisitor, pathUnder }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const [lossy, untouched] = [await newVisitor(), await newVisitor()];
  const path = await pathUnder(lossy);
  for (const listener of [lossy, untouched]) await listenWatched(listener, code);

  for (const percent of [5, 10, 20]) {
    path.turn({ lossShare: percent / 100 });
    const before = [await counters(lossy), await counters(untouched)] as const;
    await lasts(MEASURED_MS);
    await expect
      .poll(async () => {
        const { frequencyHz, levelDb, floorDb } = await measure(lossy);
        return Math.abs(frequencyHz - TAB_TONE_HZ) < 20 && levelDb - floorDb > ABOVE_FLOOR_DB;
      }, `the tone is recognised with ${percent} % lost`)
      .toBe(true);
    const [lost, other] = [share(before[0], await counters(lossy)), share(before[1], await counters(untouched))];
    expect(lost.lost, 'packets are lost').toBeGreaterThan(0);
    expect(other.lost, "nobody else's are").toBe(0);
    await showsState(lossy, 'listening');
    await report(`${percent} % of one listener's packets lost`, lossy, {
      concealedPercent: lost.concealed,
      'concealedPercent of another': other.concealed,
    });
  }

  const redundant = async (listener: Page) => (await counters(listener)).redundantPackets;
  await expect.poll(() => redundant(lossy), 'packets come twice to the one').toBeGreaterThan(0);
  expect(await redundant(untouched), 'and to nobody else').toBe(0);
  path.turn({});
  await hear(lossy, TAB_TONE_HZ);
  await hear(untouched, TAB_TONE_HZ);
  await report("a listener beside the one whose packets were lost", untouched);
});

async function counters(listener: Page) {
  const peer = (await readPeers(listener)).at(-1);
  expect(peer).toBeDefined();
  return peer!;
}

type Counters = Awaited<ReturnType<typeof counters>>;

/** Per cent of the samples that were made up in between, and the packets that were lost. */
function share(before: Counters, after: Counters): { concealed: number; lost: number } {
  const samples = after.receivedSamples - before.receivedSamples;
  const concealed = (100 * (after.concealedSamples - before.concealedSamples)) / samples;
  return { concealed: Math.round(concealed * 10) / 10, lost: after.lostPackets - before.lostPackets };
}
