// Pictures in a lounge: added in every way, laid out, seen by the others, looked at, and gone with their message.
import { fitsEveryWidth, passesAxe } from '../accessibility';
import { expect, test, type Page } from '../fixtures';
import { act, belowPx, comeIn, field, isIn, messageOf, messages, openLounge, say, write } from '../lounge_actions';
import { button } from '../page_actions';
import { bring, picture, type Picture } from '../pictures_to_add';

const added = (page: Page) => page.getByTestId('adding');
const shown = (page: Page) => page.getByTestId('picture');
const viewer = (page: Page) => page.getByRole('dialog', { name: 'Pictures' });

/** Chooses files as the button does. */
async function choose(page: Page, ...files: Picture[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Add pictures').click();
  await (await chooser).setFiles(files);
}

async function areReady(page: Page, count: number): Promise<void> {
  await expect(added(page)).toHaveCount(count);
  await expect(added(page).and(page.locator('[data-state="ready"]'))).toHaveCount(count);
}

/** Whether the browser has drawn a picture. */
const isDrawn = (page: Page, place = 0) => expect
  .poll(() => shown(page).nth(place).locator('img').evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth))
  .toBeGreaterThan(0);

test('pictures are chosen, sent with words, seen by the others, and there after a reload', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await choose(ada, await picture(ada, 'one.png'), await picture(ada, 'two.png', 200, 320));
  await areReady(ada, 2);
  await button(ada, 'Remove two.png').click();
  await areReady(ada, 1);
  await field(ada).fill('look at this');
  await field(ada).press('Enter');
  await expect(added(ada)).toHaveCount(0);
  await expect(messageOf(ada, 'look at this')).toHaveAttribute('data-state', 'kept');
  for (const page of [ada, grace]) {
    await expect(shown(page)).toHaveCount(1);
    await isDrawn(page);
    await expect(shown(page).getByRole('img', { name: 'Picture 1 of 1 by Ada' })).toBeVisible();
  }
  await grace.reload();
  await isIn(grace);
  await isDrawn(grace);
});

test('a picture alone is a message, many are made small, and its space is kept before it is there', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  // The picture never comes, so all that is seen is its space.
  await grace.route('**/pictures/**', () => {});
  await choose(ada, await picture(ada, 'large.png', 4000, 2000));
  await areReady(ada, 1);
  expect(ada.workers().map((worker) => new URL(worker.url()).pathname), 'the page’s own thread stays free').toContain('/pictures.js');
  await field(ada).press('Enter');
  await expect(messages(ada)).toHaveCount(1);
  const image = shown(ada).locator('img');
  await isDrawn(ada);
  expect(await image.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([2560, 1280]);
  expect((await ada.request.get(await image.getAttribute('src') ?? '')).headers()['content-type']).toBe('image/webp');
  const space = await shown(grace).locator('img').boundingBox();
  expect(space?.width).toBeGreaterThan(100);
  expect((space?.width ?? 0) / (space?.height ?? 1)).toBeCloseTo(2, 1);
});

test('the words beside a picture are taken away by an edit', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await choose(ada, await picture(ada, 'one.png'));
  await areReady(ada, 1);
  await field(ada).fill('look at this');
  await field(ada).press('Enter');
  await expect(messageOf(grace, 'look at this')).toHaveCount(1);
  await act(ada, 'look at this', 'Edit');
  await field(ada).fill('');
  await field(ada).press('Enter');
  for (const page of [ada, grace]) {
    await expect(messageOf(page, 'look at this')).toHaveCount(0);
    await expect(messages(page)).toContainText('edited');
    await expect(shown(page)).toHaveCount(1);
  }
  await expect(field(ada)).toHaveValue('');
  await expect(ada.getByText('Editing')).toBeHidden();
  // A message of words alone keeps them.
  await say(ada, 'words alone');
  await act(ada, 'words alone', 'Edit');
  await field(ada).fill('');
  await field(ada).press('Enter');
  await field(ada).press('Escape');
  await expect(messageOf(grace, 'words alone')).toHaveCount(1);
});

test('emoji go on a picture as on words', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await choose(page, await picture(page, 'one.png'));
  await areReady(page, 1);
  await field(page).press('Enter');
  await expect(messages(page)).toHaveAttribute('data-state', 'kept');
  await messages(page).hover();
  await messages(page).getByRole('button', { name: 'Actions' }).click();
  await button(page, 'React with ❤️').click();
  await expect(messages(page).locator('.chip')).toHaveText('❤️1');
});

test('pictures are pasted among words and dropped, nine at most', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await field(page).fill('before after');
  await field(page).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(6, 6));
  await bring(page, '#message', 'paste', [await picture(page, 'pasted.png'), await picture(page, 'too.png')], 'words');
  await areReady(page, 2);
  await expect(field(page)).toBeFocused();
  expect(await field(page).evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(6);
  await bring(page, '.lounge-main', 'drop', [await picture(page, 'dropped.png')]);
  await areReady(page, 3);
  const more = await Promise.all(Array.from({ length: 7 }, (_, place) => picture(page, `more${place}.png`)));
  await bring(page, '.lounge-main', 'drop', more);
  await areReady(page, 9);
  await expect(page.getByText('A message can have nine pictures at most.')).toBeVisible();
  await bring(page, '.lounge-main', 'drop', [{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') }]);
  await expect(page.getByText('This is no picture that can be shown here')).toBeVisible();
  await field(page).press('Enter');
  await expect(shown(page)).toHaveCount(9);
});

test('what is no picture is refused, and an upload that failed is tried again or removed', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await choose(page, { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
  await expect(added(page)).toHaveAttribute('data-state', 'failed');
  await expect(added(page).getByRole('alert')).toContainText('This is no picture');
  await button(page, 'Remove drawing.svg').click();
  await expect(added(page)).toHaveCount(0);

  await choose(page, { name: 'long.gif', mimeType: 'image/gif', buffer: Buffer.alloc(10_000_001, 'GIF89a') });
  await expect(added(page).getByRole('alert')).toContainText('This picture is too large');
  await button(page, 'Remove long.gif').click();

  let fails = true;
  await page.context().route('**/api/rooms/*/pictures', (route) => (fails ? route.abort() : route.continue()));
  await choose(page, await picture(page, 'one.png'));
  await expect(added(page)).toHaveAttribute('data-state', 'failed');
  await field(page).fill('with a picture');
  await field(page).press('Enter');
  await expect(page.getByText('A picture is not uploaded.')).toBeVisible();
  await expect(messages(page)).toHaveCount(0);
  fails = false;
  await added(page).getByRole('button', { name: 'Try again' }).click();
  await areReady(page, 1);
  await field(page).press('Enter');
  await expect(shown(page)).toHaveCount(1);
  await expect(messages(page)).toHaveCount(1);
});

test('a message waits for its pictures, and an upload can be cancelled', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  const held: (() => void)[] = [];
  await page.context().route('**/api/rooms/*/pictures', async (route) => {
    await new Promise<void>((go) => held.push(go));
    // One that was cancelled is gone by now.
    await route.continue().catch(() => {});
  });
  await choose(page, await picture(page, 'one.png'), await picture(page, 'two.png'));
  await expect.poll(() => held.length).toBe(2);
  await expect(added(page).getByRole('progressbar', { name: 'two.png' })).toBeVisible();
  await field(page).fill('wait for me');
  await field(page).press('Enter');
  await expect(page.getByText('Sent as soon as the pictures are uploaded.')).toBeVisible();
  await button(page, 'Remove one.png').click();
  await expect(added(page)).toHaveCount(1);
  held.forEach((go) => go());
  await expect(messageOf(page, 'wait for me')).toHaveAttribute('data-state', 'kept');
  await expect(shown(page)).toHaveCount(1);
});

test('the viewer goes from picture to picture by keys, enlarges, and gives the file', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  await choose(page, await picture(page, 'one.png'), await picture(page, 'two.png'), await picture(page, 'three.png'));
  await areReady(page, 3);
  await field(page).press('Enter');
  await expect(shown(page)).toHaveCount(3);
  await shown(page).nth(1).focus();
  await page.keyboard.press('Enter');
  const at = (number: number) => expect(viewer(page).getByRole('img', { name: `Picture ${number} of 3 by Ada` })).toBeVisible();
  await at(2);
  await page.keyboard.press('ArrowRight');
  await at(3);
  await page.keyboard.press('ArrowRight');
  await at(3);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await at(1);
  const width = async () => (await viewer(page).getByRole('img').boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press('+');
  await expect.poll(width).toBeGreaterThan(before * 1.3);
  await page.keyboard.press('0');
  await expect.poll(width).toBeCloseTo(before, 0);
  await viewer(page).getByRole('button', { name: 'Next picture' }).click();
  await at(2);
  // A finger that goes far enough to the side asks for another one.
  const swipe = async (x: number, y: number) => {
    const box = (await viewer(page).getByRole('img').boundingBox())!;
    const from = [box.x + box.width / 2, box.y + box.height / 2] as const;
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(from[0] + x, from[1] + y, { steps: 4 });
    await page.mouse.up();
  };
  await swipe(-120, 10);
  await at(3);
  await swipe(120, 10);
  await at(2);
  const download = page.waitForEvent('download');
  await viewer(page).getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/^picture\.(png|webp)$/);
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toBeHidden();
  await expect(shown(page).nth(1)).toBeFocused();
  // And down, for the end.
  await page.keyboard.press('Enter');
  await at(2);
  await swipe(10, 120);
  await expect(viewer(page)).toBeHidden();
  // A click beside the picture, too.
  await shown(page).first().click();
  await at(1);
  await viewer(page).getByRole('img').click();
  await at(1);
  await page.mouse.click(100, page.viewportSize()!.height - 20);
  await expect(viewer(page)).toBeHidden();
});

test('a deleted message takes its pictures away, and one that is gone says so', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await grace.context().route('**/pictures/*/*', (route) => route.fulfill({ status: 404 }));
  await choose(ada, await picture(ada, 'one.png'));
  await areReady(ada, 1);
  await write(ada, 'for a moment');
  await expect(shown(grace).getByText('This picture is gone.')).toBeVisible();
  const address = await shown(ada).locator('img').getAttribute('src') ?? '';
  await act(ada, 'for a moment', 'Delete');
  await ada.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(shown(ada)).toHaveCount(0);
  await expect(shown(grace)).toHaveCount(0);
  await expect.poll(async () => (await ada.request.get(address)).status()).toBe(404);
});

test('where a browser writes no WebP, a photograph becomes JPEG, and what may be transparent PNG', async ({ newVisitor }) => {
  const page = await newVisitor();
  const withoutWebp = `{
    const write = OffscreenCanvas.prototype.convertToBlob;
    OffscreenCanvas.prototype.convertToBlob = function (options) {
      return write.call(this, options.type === 'image/webp' ? {} : options);
    };
  }`;
  await page.context().route('**/pictures.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: withoutWebp + (await response.text()) });
  });
  await openLounge(page, 'Ada');
  await choose(page, await picture(page, 'photograph.jpg', 3000, 1500, 'image/jpeg'), await picture(page, 'drawing.png', 3000, 1500));
  await areReady(page, 2);
  await field(page).press('Enter');
  await expect(shown(page)).toHaveCount(2);
  const addresses = await shown(page).locator('img').evaluateAll((images) => images.map((image) => image.getAttribute('src') ?? ''));
  const types = await Promise.all(addresses.map(async (address) => (await page.request.get(address)).headers()['content-type']));
  expect(types).toEqual(['image/jpeg', 'image/png']);
});

test('an animation stays as it is', async ({ newVisitor }) => {
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  await choose(page, { name: 'moves.gif', mimeType: 'image/gif', buffer: gif });
  await areReady(page, 1);
  await field(page).press('Enter');
  const address = await shown(page).locator('img').getAttribute('src') ?? '';
  expect(await (await page.request.get(address)).body()).toEqual(gif);
});

test('pictures are accessible while they are added, in messages of one to nine, and in the viewer', async ({ newVisitor }) => {
  test.slow();
  const page = await newVisitor();
  await openLounge(page, 'Ada');
  // How many, how large, and in how many lines they are laid out.
  const sets = [[1, 200, 500, 1], [2, 400, 200, 2], [2, 200, 400, 1], [3, 200, 400, 2], [5, 300, 300, 2], [7, 400, 300, 3], [9, 300, 400, 3]] as const;
  for (const [count, width, height, lines] of sets) {
    const files = await Promise.all(Array.from({ length: count }, (_, place) => picture(page, `${place}.png`, width, height, 'image/png', `hsl(${place * 40} 60% 40%)`)));
    await choose(page, ...files);
    await areReady(page, count);
    await expect.poll(() => belowPx(page), 'the end stays in sight').toBeLessThan(5);
    if (count === 5) await passesAxe(page);
    await write(page, `${count} pictures`);
    await expect(messageOf(page, `${count} pictures`).last()).toHaveAttribute('data-state', 'kept');
    const tops = await shown(page).evaluateAll((pictures, count) => pictures.slice(-count).map((one) => Math.round(one.getBoundingClientRect().top)), count);
    expect(new Set(tops).size, `the lines of ${count} pictures of ${width} x ${height}`).toBe(lines);
  }
  await fitsEveryWidth(page);
  await passesAxe(page);
  await shown(page).last().click();
  await expect(viewer(page)).toBeVisible();
  await passesAxe(page);
  await fitsEveryWidth(page);
});

test('a picture that the operator removes goes from the page at once, and from the viewer', async ({ newVisitor, server }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await choose(ada, await picture(ada, 'one.png'), await picture(ada, 'two.png', 200, 320));
  await areReady(ada, 2);
  await field(ada).fill('look at these');
  await field(ada).press('Enter');
  for (const page of [ada, grace]) await expect(shown(page)).toHaveCount(2);
  const addressOf = async (place: number) => (await shown(grace).nth(place).locator('img').getAttribute('src')) ?? '';
  const [address, other] = [await addressOf(0), await addressOf(1)];
  await isDrawn(grace);
  await shown(grace).first().click();
  await expect(viewer(grace)).toBeVisible();

  expect(await server.order('pictures', 'remove', `${server.url}${address}`)).toBe('removed\n');
  for (const page of [ada, grace]) {
    await expect(shown(page)).toHaveCount(1);
    await expect(shown(page).getByRole('img', { name: 'Picture 1 of 1 by Ada' })).toHaveAttribute('src', other);
  }
  await expect(viewer(grace)).toBeHidden();
  expect((await grace.request.get(address)).status()).toBe(404);
  await grace.reload();
  await isIn(grace);
  await expect(shown(grace)).toHaveCount(1);
  await isDrawn(grace);

  expect(await server.order('pictures', 'remove', other)).toBe('removed\n');
  for (const page of [ada, grace]) {
    await expect(shown(page)).toHaveCount(0);
    await expect(messageOf(page, 'look at these')).toBeVisible();
  }
});
