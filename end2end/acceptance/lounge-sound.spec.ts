// A member of a lounge lets the others hear what they hear. Others listen with one tap, and talk meanwhile.
import { expect, MICROPHONE_TONE_HZ, TAB_TONE_HZ, test } from '../fixtures';

import { comeIn, memberOf, openLounge, say, messageOf } from '../lounge_actions';
import { bar, countPeers, isHearing, isShared, peersMade, share, tapListen } from '../lounge_sound_actions';
import { loudspeakerOf, nameLoudspeakers } from '../loudspeakers';
import { hear, silence } from '../tone_detection';
import { button } from '../page_actions';

const TAB = 'Share a tab or system audio';
const MICROPHONE = 'Use a microphone';

test('a tab is heard with one tap by who asks for it, while all talk', async ({ tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  const [grace, linus] = [await newVisitor(), await newVisitor()];
  await linus.addInitScript(countPeers);
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');

  await share(tabHost, TAB);
  for (const page of [grace, linus]) {
    await expect(bar(page)).toContainText('Ada lets everybody hear a tab');
    await expect(page.getByTestId('sound-news')).toContainText('Ada lets everybody hear a tab');
    await expect(bar(page)).toContainText('Nobody is listening');
    await expect(button(page, 'Let others hear')).toBeHidden();
  }
  await silence(grace);
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);
  for (const page of [tabHost, linus]) await expect(bar(page)).toContainText('1 is listening: Grace');

  await say(grace, 'what is it?');
  await say(tabHost, 'a tone');
  await expect(messageOf(grace, 'a tone')).toBeVisible();
  await hear(grace, TAB_TONE_HZ);
  expect(await peersMade(linus), 'who has not asked connects with nobody').toBe(0);

  await button(tabHost, 'Pause').click();
  await expect(bar(grace)).toContainText('Ada has paused the sound');
  await silence(grace);
  await button(tabHost, 'Resume').click();
  await hear(grace, TAB_TONE_HZ);

  await button(grace, 'Stop listening').click();
  await silence(grace);
  await expect(bar(tabHost)).toContainText('Nobody is listening');
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);

  await button(tabHost, 'Stop sharing').click();
  await expect(button(tabHost, 'Let others hear')).toBeVisible();
  await expect(button(grace, 'Let others hear')).toBeVisible();
  await silence(grace);
  await expect(grace.getByTestId('sound-news')).toContainText('Nobody shares sound');
});

test('who listens chooses the loudspeaker, which is kept, and reads why an address cannot be hidden', async ({ tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  const grace = await newVisitor();
  await nameLoudspeakers(grace);
  await comeIn(grace, code, 'Grace');
  await share(tabHost, TAB);
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);
  await button(grace, 'Sound settings').click();
  const choice = grace.getByLabel('Loudspeaker');
  await choice.selectOption('Headset');
  await expect.poll(() => loudspeakerOf(grace)).toBe('headset');
  await hear(grace, TAB_TONE_HZ);
  await expect(grace.getByRole('switch', { name: 'Hide my address' })).toBeDisabled();
  await expect(grace.getByTestId('hearing')).toContainText('This server has no relay (TURN) to go through');

  await grace.reload();
  await isHearing(grace);
  await hear(grace, TAB_TONE_HZ);
  await expect.poll(() => loudspeakerOf(grace)).toBe('headset');
  await button(grace, 'Sound settings').click();
  await expect(choice).toHaveValue('headset');
});

test('each member may share, and nobody hears it without asking again', async ({ microphoneHost, tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  await comeIn(microphoneHost, code, 'Grace');
  const linus = await newVisitor();
  await comeIn(linus, code, 'Linus');
  await share(microphoneHost, MICROPHONE);
  await tapListen(linus);
  await hear(linus, MICROPHONE_TONE_HZ);
  await expect(bar(linus)).toContainText('Grace lets everybody hear the microphone');

  // The owner can end it.
  await button(tabHost, 'Stop this sound for everybody').click();
  await expect(bar(microphoneHost)).toContainText('The owner has stopped your sound.');
  await silence(linus);
  await share(tabHost, TAB);
  await expect(bar(linus)).toContainText('Ada lets everybody hear a tab');
  await silence(linus);
  await expect(button(microphoneHost, 'Stop this sound for everybody')).toHaveCount(0);
  await tapListen(linus);
  await hear(linus, TAB_TONE_HZ);
});

test('who shares a moment too late is told why, and captures nothing more', async ({ microphoneHost, tabHost }) => {
  // The browser's question takes its time.
  await microphoneHost.addInitScript(() => {
    const page = window as unknown as { answer: () => void; captured: MediaStream };
    const answered = new Promise<void>((resolve) => (page.answer = resolve));
    const capture = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (constraints) {
      page.captured = await capture.call(this, constraints);
      await answered;
      return page.captured;
    };
  });
  const code = await openLounge(tabHost, 'Ada');
  await comeIn(microphoneHost, code, 'Grace');
  await button(microphoneHost, 'Let others hear').click();
  await button(microphoneHost, MICROPHONE).click();
  await share(tabHost, TAB);
  await expect(bar(microphoneHost)).toContainText('Ada lets everybody hear a tab');
  await microphoneHost.evaluate(() => (window as unknown as { answer: () => void }).answer());
  await expect(bar(microphoneHost)).toContainText('Somebody else is sharing sound here.');
  const state = () => microphoneHost.evaluate(() => (window as unknown as { captured: MediaStream }).captured.getTracks()[0]!.readyState);
  await expect.poll(state, 'the microphone is off').toBe('ended');
  await tapListen(microphoneHost);
  await hear(microphoneHost, TAB_TONE_HZ);
});

test('a member who reloads goes on sharing the microphone, and asks for the tab', async ({ mixHost, newVisitor }) => {
  const code = await openLounge(mixHost, 'Ada');
  const grace = await newVisitor();
  await comeIn(grace, code, 'Grace');
  await share(mixHost, MICROPHONE);
  await tapListen(grace);
  await hear(grace, MICROPHONE_TONE_HZ);

  mixHost.on('dialog', (dialog) => void dialog.accept());
  await mixHost.reload();
  await isShared(mixHost);
  await isHearing(grace);
  await hear(grace, MICROPHONE_TONE_HZ);

  await button(mixHost, 'Stop sharing').click();
  await share(mixHost, TAB);
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);
  await mixHost.reload();
  await button(mixHost, 'Share again').click();
  await isShared(mixHost);
  await hear(grace, TAB_TONE_HZ);
});

test('a listener who reloads hears again, and who leaves makes room', async ({ tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  const grace = await newVisitor();
  await comeIn(grace, code, 'Grace');
  await share(tabHost, TAB);
  await tapListen(grace);
  await hear(grace, TAB_TONE_HZ);

  await grace.reload();
  await isHearing(grace);
  await hear(grace, TAB_TONE_HZ);
  await expect(bar(tabHost)).toContainText('1 is listening: Grace');

  await grace.close();
  await expect(bar(tabHost)).toContainText('Nobody is listening');
  await expect(memberOf(tabHost, 'Grace')).toBeVisible();
});

test('where as many listen as can, a page says so and offers nothing', async ({ tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  const grace = await newVisitor();
  await grace.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(String(message).replaceAll('"source":"display"', '"source":"display","is_full":true')));
  });
  await comeIn(grace, code, 'Grace');
  await share(tabHost, TAB);
  await expect(bar(grace)).toContainText('Full: nobody else can listen right now');
  await expect(button(grace, 'Listen')).toHaveCount(0);
});

test('a tap on a second page of the same person takes the sound there', async ({ tabHost, newVisitor }) => {
  const code = await openLounge(tabHost, 'Ada');
  const desk = await newVisitor();
  await comeIn(desk, code, 'Grace');
  await share(tabHost, TAB);
  await tapListen(desk);
  await hear(desk, TAB_TONE_HZ);

  const phone = await desk.context().newPage();
  await phone.goto(`/lounge/${code}`);
  await expect(button(phone, 'Listen')).toBeVisible();
  await hear(desk, TAB_TONE_HZ);
  await tapListen(phone);
  await hear(phone, TAB_TONE_HZ);
  await silence(desk);
  await expect(button(desk, 'Listen')).toBeVisible();
  await expect(bar(tabHost)).toContainText('1 is listening: Grace');
});
