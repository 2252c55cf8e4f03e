// The download of what the server has of an account.
import { readFileSync } from 'node:fs';

import { expect, test } from '../fixtures';
import { comeIn, openLounge, say } from '../lounge_actions';
import { main } from '../page_actions';

test('the account menu downloads what the server has of the account, and nothing of others', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'from Ada');
  await say(grace, 'from Grace');
  await grace.locator('details.menu summary').first().click();
  const begun = grace.waitForEvent('download');
  await grace.getByRole('link', { name: 'Download my data' }).click();
  const download = await begun;
  expect(download.suggestedFilename()).toBe('heartogether.json');
  const text = readFileSync(await download.path(), 'utf8');
  const { account, rooms } = JSON.parse(text) as {
    account: { guest: boolean };
    rooms: { room: { code: string }; messages: { text: string }[] }[];
  };
  expect(account.guest).toBe(true);
  expect(rooms.map(({ room, messages }) => [room.code, messages.map((message) => message.text)])).toEqual([[code, ['from Grace']]]);
  expect(text).not.toContain('from Ada');
  await grace.goto('/privacy');
  await expect(main(grace).getByRole('link', { name: 'Download my data' })).toHaveAttribute('href', '/auth/export');
});
