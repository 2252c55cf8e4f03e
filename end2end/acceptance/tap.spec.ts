// A browser that plays sound only after a tap, as phones do.
import { fitsEveryWidth, passesAxe } from '../accessibility';
import { expect, TAB_TONE_HZ, test } from '../fixtures';
import { hear, measure } from '../tone_detection';
import { button, createRoom, shareTab, showsState, signIn } from '../page_actions';

// A trace looks into the page, and a look counts as a tap; see below.
test.use({ trace: 'off' });

test('a browser that asks for a tap gets one, and then plays', async ({ tabHost, cautiousListener }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await signIn(cautiousListener, 'Grace');
  // A page of its own: what was tapped while signing in does not count here.
  const page = await cautiousListener.context().newPage();
  await page.goto(`/listen/${code}`);
  // Playwright's own look at a page counts as a tap in it, so the first one goes another way.
  const devtools = await page.context().newCDPSession(page);
  const refusal = async () => {
    const expression = "document.querySelector('main')?.dataset.refusal";
    return (await devtools.send('Runtime.evaluate', { expression, userGesture: false })).result.value;
  };
  await expect.poll(refusal).toBe('playback_blocked');
  expect((await measure(page)).obstacle).not.toBe('');
  await fitsEveryWidth(page);
  await passesAxe(page, [390]);

  await button(page, 'Tap to hear').click();
  await showsState(page, 'listening');
  await expect(button(page, 'Tap to hear')).toBeHidden();
  await hear(page, TAB_TONE_HZ);
});
