// Which code a lounge loads, when, and what happens where it comes late or never.
import { expect, test, type Page } from '../fixtures';
import { holdCode } from '../held_code';
import { act, isIn, messageOf, openLounge, say } from '../lounge_actions';
import { button } from '../page_actions';

// A service worker keeps the code, and would give it to the page past the test.
test.use({ serviceWorkers: 'block' });

const EXTRAS = /\/pkg\/piece_extras\./;
const ofPiece = /\/pkg\/piece_(\w+)\./;
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Question' });

/** The pieces of code that a page asks for. */
function watchCode(page: Page): Set<string> {
  const asked = new Set<string>();
  page.on('request', (request) => {
    const name = ofPiece.exec(request.url())?.[1];
    if (name) asked.add(name);
  });
  return asked;
}

test('a member’s page does not load what nobody has opened', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await say(page, 'hello');
  const asked = watchCode(page);
  await page.reload();
  await isIn(page);
  await page.waitForLoadState('networkidle');
  expect([...asked].sort()).toEqual(['client', 'frame', 'lounge', 'owned', 'pages', 'shared']);
  await act(page, 'hello', 'Delete');
  await expect(button(page, 'Delete')).toBeFocused();
  expect([...asked]).toContain('extras');
});

test('a question whose code does not come says so, and can be asked again', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await page.route(EXTRAS, (route) => route.abort());
  await button(page, 'Rename the lounge').click();
  await expect(dialog(page)).toContainText('cannot be reached');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await page.unroute(EXTRAS);
  await button(page, 'Rename the lounge').click();
  await expect(page.getByLabel('Name of the lounge')).toBeFocused();
});

test('nothing moves while the actions of a message come, and all of them are seen', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await say(page, 'hello');
  const release = await holdCode(page, EXTRAS);
  const message = messageOf(page, 'hello');
  const before = await message.boundingBox();
  await message.hover();
  await message.getByRole('button', { name: 'Actions' }).click();
  await expect(message.getByRole('status')).toBeAttached();
  expect(await message.boundingBox()).toEqual(before);
  release();
  await expect(page.getByRole('dialog', { name: 'Actions' }).getByRole('button', { name: 'Delete' })).toBeInViewport({ ratio: 1 });
});
