// Voice goes to each listener in short packets while their path is good, and in long ones from the moment it loses some.
import { expect, MICROPHONE_TONE_HZ, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { readPeers } from '../peer_connection_stats.mjs';
import { createRoom, useMicrophone } from '../page_actions';
import { report } from './silence_report';
import { lasts, listenWatched, test } from './fixtures';

const COUNTED_MS = 2000;
const SAMPLES_A_MS = 48;
/** A line that is only fairly good by the browser's first guess has to be calm for ten seconds first. */
const CALM = { timeout: 30_000 };

test('voice comes in short packets, and in long ones where packets are lost', async ({ microphoneHost, newVisitor, pathUnder }) => {
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const [lossy, untouched] = [await newVisitor(), await newVisitor()];
  const path = await pathUnder(lossy);
  for (const listener of [lossy, untouched]) await listenWatched(listener, code, MICROPHONE_TONE_HZ);
  for (const listener of [lossy, untouched]) await expect.poll(() => packetMs(listener), CALM).toBe(10);

  expect(await report('packets become short', untouched), 'the change is not heard').toBeLessThan(200);

  path.turn({ lossShare: 0.1 });
  await expect.poll(() => packetMs(lossy), CALM).toBe(20);
  expect(await packetMs(untouched), "nobody else's are longer").toBe(10);
  path.turn({});
  for (const listener of [lossy, untouched]) await hear(listener, MICROPHONE_TONE_HZ);
  await report('packets become long, as 10 % are lost', lossy);
});

test('packets become long also where the browser fails to set a description', async ({ microphoneHost, newVisitor, pathUnder }) => {
  test.setTimeout(150_000);
  await microphoneHost.addInitScript(failOnDemand);
  const code = await createRoom(microphoneHost, 'Ada');
  await useMicrophone(microphoneHost);
  const lossy = await newVisitor();
  const path = await pathUnder(lossy);
  await listenWatched(lossy, code, MICROPHONE_TONE_HZ);
  await expect.poll(() => packetMs(lossy), CALM).toBe(10);

  await microphoneHost.evaluate(() => Object.assign(window, { failsOnce: true }));
  path.turn({ lossShare: 0.1 });
  await expect.poll(() => microphoneHost.evaluate(() => (window as unknown as Failing).failsOnce), CALM).toBe(false);
  await expect.poll(() => packetMs(lossy), { message: 'it is set soon after', timeout: 8_000 }).toBe(20);
  path.turn({});
  await hear(lossy, MICROPHONE_TONE_HZ);
});

interface Failing {
  failsOnce?: boolean;
}

/** Lets the next description that the page sets fail, once `failsOnce` is set. */
function failOnDemand(): void {
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
    if (!(window as unknown as Failing).failsOnce) return (setRemoteDescription as (description: RTCSessionDescriptionInit) => Promise<void>).call(this, description);
    Object.assign(window, { failsOnce: false });
    return Promise.reject(new DOMException('not now', 'OperationError'));
  };
}

/** Milliseconds of sound in a packet that comes, by the packets of a while: ten or twenty. */
async function packetMs(listener: Page): Promise<number> {
  const counted = async () => {
    const peer = (await readPeers(listener)).at(-1);
    expect(peer).toBeDefined();
    return { samples: peer!.receivedSamples, packets: peer!.receivedPackets + peer!.lostPackets };
  };
  const before = await counted();
  await lasts(COUNTED_MS);
  const after = await counted();
  return Math.round((after.samples - before.samples) / SAMPLES_A_MS / (after.packets - before.packets) / 10) * 10;
}
