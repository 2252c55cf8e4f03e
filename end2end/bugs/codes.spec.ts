// Codes as people type them: accepted if the meaning is clear, otherwise refused with a text.
import { expect, test } from '../fixtures';
import { button, createRoom, UNKNOWN_CODE } from '../page_actions';

const MALFORMED = /six letters or digits/;
const NOT_FOUND = /no room with this code/;

const refused = [
  { what: 'an unknown code', code: UNKNOWN_CODE, text: NOT_FOUND },
  { what: 'a short code', code: 'ABC', text: MALFORMED },
  { what: 'a code of look-alikes', code: 'O0I1LL', text: MALFORMED },
  { what: 'markup', code: '<b>ABC2</b>', text: MALFORMED },
];

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without';

  for (const { what, code, text } of refused) {
    test(`${what} is refused, ${how} JavaScript`, async ({ newVisitor }) => {
      const page = await newVisitor({ javaScriptEnabled });
      await page.goto('/');
      await page.getByLabel('Room code').fill(code);
      await button(page, 'Join').click();
      await expect(page.getByText(text)).toBeVisible();
      expect(new URL(page.url()).pathname).toBe('/');
    });
  }

  test(`lower case, spaces and hyphens are accepted, ${how} JavaScript`, async ({ newVisitor }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const page = await newVisitor({ javaScriptEnabled });
    await page.goto('/');
    await page.getByLabel('Room code').fill(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `);
    await button(page, 'Join').click();
    await expect(page).toHaveURL(new RegExp(`/room/${code}$`));
    await expect(button(page, 'Listen')).toBeVisible();
  });

  test(`a pasted link and a decorated code lead to the room, ${how} JavaScript`, async ({ newVisitor }) => {
    const code = await createRoom(await newVisitor(), 'Ada');
    const page = await newVisitor({ javaScriptEnabled });
    const spaced = `${code.slice(0, 3)}\u{2013}${code.slice(3)}`;
    for (const pasted of [`Join me: https://other.example/some/where/listen/${code}?from=mail#top`, `Code: “${spaced}\u{200b}”`]) {
      await page.goto('/');
      await page.getByLabel('Room code').fill(pasted);
      // The field keeps the whole of it.
      await expect(page.getByLabel('Room code')).toHaveValue(pasted);
      await button(page, 'Join').click();
      await expect(page).toHaveURL(new RegExp(`/room/${code}$`));
    }
  });
}

test('pages of unknown rooms and invalid codes have status 404', async ({ newVisitor }) => {
  const page = await newVisitor();
  for (const code of [UNKNOWN_CODE, 'O0I1LL', 'A'.repeat(500), '%3Cb%3E']) {
    const response = await page.goto(`/room/${code}`);
    expect(response?.status(), code).toBe(404);
  }
});
