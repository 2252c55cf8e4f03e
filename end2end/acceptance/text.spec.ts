// Text from people is shown as text everywhere, and does not change the direction of other text.
import { expect, test, type Page } from '../fixtures';
import { button, createRoom, listen, main, signIn } from '../page_actions';

const MARKUP = '<img src=x onerror="document.title=1">';
const MARKUP_MESSAGE = '"><script>document.title=1</script><b>&amp;';
/** Turns around what follows it, and hides in between. */
const TRICKS = { typed: '\u202eAda\u200b\u2066 L.', shown: 'Ada L.' };
const HEBREW = 'שרה';

const rowOf = (host: Page, name: string) => host.getByTestId('listener').filter({ hasText: name });

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message to the host').fill(text);
  await page.keyboard.press('Enter');
}

/** No element came out of the text, and nothing of it ran. */
async function holdsNoMarkup(page: Page): Promise<void> {
  await expect(page.locator('img[src="x"], main script, main b')).toHaveCount(0);
  expect(await page.title()).not.toBe('1');
}

test('markup in names and messages is text at host and listener, in titles and on the lock screen', async ({ newVisitor }) => {
  const [host, listener] = [await newVisitor(), await newVisitor()];
  const code = await createRoom(host, MARKUP);
  await signIn(listener, `${MARKUP}2`);
  await listener.goto(`/room/${code}`);
  await expect(main(listener).getByRole('heading', { level: 1 })).toHaveText(`${MARKUP}’s room`);
  await expect(listener).toHaveTitle(`${MARKUP}’s room · HearTogether`);
  await listen(listener, code);
  await expect(main(listener).getByRole('heading', { level: 1 })).toHaveText(`${MARKUP}’s room`);
  await expect(listener).toHaveTitle(`${MARKUP}’s room · HearTogether`);
  await expect.poll(() => listener.evaluate(() => navigator.mediaSession.metadata?.title)).toBe(`${MARKUP}’s room`);

  await write(listener, MARKUP_MESSAGE);
  await expect(listener.getByTestId('own-message')).toContainText(MARKUP_MESSAGE);
  await expect(host.getByTestId('message')).toContainText(MARKUP_MESSAGE);
  await expect(host.getByTestId('message')).toContainText(`${MARKUP}2`);
  await expect(rowOf(host, `${MARKUP}2`)).toContainText(`“${MARKUP_MESSAGE}”`);
  await button(host, `Remove ${MARKUP}2`).click();
  await expect(host.getByText(`${MARKUP}2 is being removed.`)).toBeVisible();
  await listener.goto('/');
  await expect(listener.locator('.recent')).toContainText(`${MARKUP}’s room`);
  for (const page of [host, listener]) await holdsNoMarkup(page);
});

test('invisible and bidirectional characters are removed, and other directions stay within their names', async ({ newVisitor }) => {
  const [host, listener] = [await newVisitor(), await newVisitor()];
  const code = await createRoom(host, TRICKS.typed);
  await signIn(listener, HEBREW);
  await listener.goto(`/room/${code}`);
  expect(await main(listener).getByRole('heading', { level: 1 }).textContent()).toBe(`${TRICKS.shown}’s room`);
  await listen(listener, code);
  await write(listener, `\u202e${HEBREW} 1\u200b`);
  await expect(host.getByTestId('message')).toContainText(HEBREW);
  const [name, time] = [host.getByTestId('message').locator('bdi'), host.getByTestId('message').locator('time')];
  expect(await name.textContent()).toBe(HEBREW);
  expect(await host.getByTestId('message').locator('[dir=auto]').textContent()).toBe(`${HEBREW} 1`);
  const [left, right] = [await name.boundingBox(), await time.boundingBox()];
  expect(left!.x, 'the time stands right of a name that runs from right to left').toBeLessThan(right!.x);
});
