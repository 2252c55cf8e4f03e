// Sound in a lounge goes over the same links as a broadcast's, and recovers like it.
import { expect, TAB_TONE_HZ } from '../fixtures';
import { comeIn, openLounge } from '../lounge_actions';
import { isHearing, share, tapListen } from '../lounge_sound_actions';
import { keepPeers, readPeers } from '../peer_connection_stats.mjs';
import { hear, measure } from '../tone_detection';
import { lasts, test } from './fixtures';

/** The tone stands out of what concealment makes of it. */
const ABOVE_FLOOR_DB = 20;

test('a member who listens in a lounge hears again after the path was cut, and through loss', async ({ tabHost, newVisitor, pathUnder }) => {
  const code = await openLounge(tabHost, 'Ada');
  const grace = await newVisitor();
  const path = await pathUnder(grace);
  await grace.addInitScript(keepPeers);
  await comeIn(grace, code, 'Grace');
  await share(tabHost, 'Share a tab or system audio');
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);
  await expect
    .poll(async () => path.ports.has((await readPeers(grace)).at(-1)?.remotePort ?? 0), 'the sound comes along the path')
    .toBe(true);

  path.cut();
  await lasts(5000);
  path.mend();
  await isHearing(grace);
  await hear(grace, TAB_TONE_HZ);

  path.turn({ lossShare: 0.1 });
  await expect
    .poll(async () => {
      const { frequencyHz, levelDb, floorDb } = await measure(grace);
      return Math.abs(frequencyHz - TAB_TONE_HZ) < 20 && levelDb - floorDb > ABOVE_FLOOR_DB;
    }, 'the tone is recognised with 10 % lost')
    .toBe(true);
  path.turn({});
  await hear(grace, TAB_TONE_HZ);
});
