// A browser that plays sound only after a tap, as phones do.
import { fitsEveryWidth, passesAxe } from '../accessibility';
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { DRAWING } from '../held_code';
import { hear, measure } from '../tone_detection';
import { button, createRoom, shareTab, showsState, signIn } from '../page_actions';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

// A trace looks into the page, and a look counts as a tap; see below.
test.use({ trace: 'off' });

/**
 * A page of its own in a signed-in browser: what was tapped while signing in does not count in it. `look` is the value of an
 * expression in it. Playwright's own look at a page counts as a tap.
 */
async function untapped(visitor: Page): Promise<{ page: Page; look: (expression: string) => Promise<unknown> }> {
  await signIn(visitor, 'Grace');
  const page = await visitor.context().newPage();
  const devtools = await page.context().newCDPSession(page);
  const look = async (expression: string) =>
    (await devtools.send('Runtime.evaluate', { expression, userGesture: false, returnByValue: true })).result.value;
  return { page, look };
}

const refusal = "document.querySelector('main')?.dataset.refusal";

test('a browser that asks for a tap gets one, and then plays', async ({ tabHost, cautiousListener }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const { page, look } = await untapped(cautiousListener);
  await page.goto(`/listen/${code}`);
  await expect.poll(() => look(refusal)).toBe('playback_blocked');
  expect((await measure(page)).obstacle).not.toBe('');
  await fitsEveryWidth(page);
  await passesAxe(page, [390]);

  await button(page, 'Tap to hear').click();
  await showsState(page, 'listening');
  await expect(button(page, 'Tap to hear')).toBeHidden();
  await hear(page, TAB_TONE_HZ);
});

test('before the code that draws the page has come, the page asks for a tap anywhere', async ({ tabHost, cautiousListener }) => {
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const { page, look } = await untapped(cautiousListener);
  await page.route(DRAWING, (route) => route.abort());
  await page.goto(`/listen/${code}`);
  await expect.poll(() => look(refusal)).toBe('playback_blocked');
  const said = "[...document.querySelectorAll('.player [role=status]')].map((status) => status.textContent)";
  expect(await look(said)).toEqual(['Ready', 'Your browser plays sound only after a tap.']);

  await page.getByRole('heading', { level: 1 }).click();
  await showsState(page, 'listening');
  await expect(page.locator('main')).not.toHaveAttribute('data-refusal');
  await expect(page.locator('.player').getByRole('status')).toHaveText(['Listening', 'You hear what the host hears, live.']);
  await expect(page.locator('main')).not.toHaveAttribute('data-hydrated');
});
