// Who is in a lounge, what the owner can do, what is new to whom, and how it ends.
import { expect, test } from '../fixtures';
import { actOn, comeIn, isIn, memberOf, members, messageOf, openLounge, say, setHidden, write, field } from '../lounge_actions';
import { button, main, showsRefusal, showsState } from '../page_actions';

test('members are seen to be here or away, and rename themselves', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await expect(memberOf(ada, 'Grace')).toHaveAttribute('data-here');
  await expect(memberOf(ada, 'Grace'), 'who comes flashes').toHaveAttribute('data-flash', 'came');
  await expect(memberOf(grace, 'Ada'), 'who was here before does not').not.toHaveAttribute('data-flash');
  await button(grace, 'Change my name here').click();
  await grace.getByRole('dialog').getByLabel('Your name in this lounge').fill('Grace H.');
  await button(grace, 'Save').click();
  await expect(memberOf(ada, 'Grace H.')).toBeVisible();
  await grace.goto('about:blank');
  await expect(memberOf(ada, 'Grace H.')).not.toHaveAttribute('data-here');
  await expect(memberOf(ada, 'Grace H.')).toHaveAttribute('data-flash', 'went');
  await expect(ada.getByTestId('attendance')).toHaveText('2 members, 1 here');
  await grace.goto(`/lounge/${code}`);
  await isIn(grace);
  await expect(memberOf(ada, 'Grace H.')).toHaveAttribute('data-here');
  await expect(memberOf(ada, 'Grace H.')).toHaveAttribute('data-flash', 'came');
});

test('the owner renames the lounge, sends out, bans, and hands over', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await expect(ada.getByRole('heading', { level: 1 })).toHaveText('Ada’s lounge');
  await comeIn(grace, code, 'Grace');
  await comeIn(linus, code, 'Linus');
  await expect(button(grace, 'Rename the lounge')).toHaveCount(0);
  await button(ada, 'Rename the lounge').click();
  await ada.getByRole('dialog').getByLabel('Name of the lounge').fill('Engine room');
  await button(ada, 'Save').click();
  await expect(grace.getByRole('heading', { level: 1 })).toHaveText('Engine room');

  await actOn(ada, 'Grace', 'Send out');
  await showsRefusal(grace, 'sent_out');
  await expect(members(ada)).toHaveCount(2);
  await button(grace, 'Come in').click();
  await isIn(grace);

  await actOn(ada, 'Linus', 'Ban');
  await expect(ada.getByText('Linus is being banned.')).toBeVisible();
  await showsRefusal(linus, 'removed');
  await linus.reload();
  await linus.getByLabel('Your name in this lounge').fill('Linus');
  await button(linus, 'Come in').click();
  await showsRefusal(linus, 'removed');
  await expect(button(linus, 'Come in')).toHaveCount(0);

  await actOn(ada, 'Grace', 'Make owner');
  await expect(memberOf(grace, 'Grace')).toContainText('owner');
  await expect(button(grace, 'Rename the lounge')).toBeVisible();
  await expect(button(ada, 'Rename the lounge')).toHaveCount(0);
});

test('a member leaves after a question, and the lounge is gone from the list', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeIn(grace, code, 'Grace');
  await button(grace, 'Leave').click();
  await grace.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(members(ada)).toHaveCount(2);
  await button(grace, 'Leave').click();
  await grace.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await expect(main(grace)).toHaveAttribute('data-page', 'home');
  await expect(ada.getByTestId('coming').last()).toContainText('Grace left.');
  await grace.reload();
  await expect(grace.getByRole('region', { name: 'Your lounges' })).toHaveCount(0);
});

test('the owner deletes the lounge after a question, and opens it again', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await button(ada, 'Delete the lounge').click();
  await button(ada, 'Delete for everyone').click();
  await showsState(ada, 'ended');
  await showsState(grace, 'ended');
  await expect(button(grace, 'Open it again')).toHaveCount(0);
  await button(ada, 'Open it again').click();
  await isIn(ada);
});

test('what is new is counted in the title, in the list and in the log, and seen on one page is seen on all', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'before');
  await expect(messageOf(grace, 'before')).toHaveCount(1);
  await setHidden(grace, true);
  await say(ada, 'one');
  await say(ada, 'two');
  await expect(grace).toHaveTitle('(2) Engine room · HearTogether');
  const second = await grace.context().newPage();
  await second.goto('/');
  await expect(second.getByRole('region', { name: 'Your lounges' })).toContainText('2 new messages');
  await setHidden(grace, false);
  await expect(grace).toHaveTitle('Engine room · HearTogether');
  await expect(messageOf(grace, 'one').getByText('New since you were here')).toBeVisible();
  await expect
    .poll(async () => {
      await second.reload();
      return second.getByRole('region', { name: 'Your lounges' }).textContent();
    })
    .not.toContain('new message');
});

test('what is unread is counted on the icon of the page and of the installed app, until it is seen', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  await grace.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(window, { badges });
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void badges.push(count),
      clearAppBadge: async () => void badges.push(0),
    });
  });
  const badges = () => grace.evaluate(() => (window as unknown as { badges: number[] }).badges);
  const icon = async () => (await grace.locator('link[rel=icon]').getAttribute('href')) ?? '';
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeIn(grace, code, 'Grace');
  const own = await icon();
  await say(ada, 'seen');
  await expect(messageOf(grace, 'seen')).toHaveCount(1);
  await setHidden(grace, true);
  await say(ada, 'one');
  await expect.poll(icon).toBe('/counting-icon/1');
  await say(ada, 'two');
  await expect.poll(icon).toBe('/counting-icon/2');
  // The policy of the page lets the browser show it.
  await grace.evaluate((address) => Object.assign(new Image(), { src: address }).decode(), await icon());
  await setHidden(grace, false);
  await expect.poll(icon).toBe(own);
  expect(await badges(), 'only when it changes').toEqual([1, 2, 0]);

  await setHidden(grace, true);
  await say(ada, 'three');
  await expect.poll(icon).toBe('/counting-icon/1');
  // Whoever goes to another page has nothing unread there.
  await grace.getByRole('banner').getByRole('link', { name: 'HearTogether' }).click();
  await expect(grace).toHaveURL(/\/$/);
  await expect.poll(icon).toBe(own);
  expect(await badges()).toEqual([1, 2, 0, 1, 0]);
});

test('a notification comes for an answer or a mention while the page is hidden, if it is wanted', async ({ newVisitor }) => {
  // What the worker shows, where there is one, is in lounge-notifications.spec.ts.
  const [ada, grace] = [await newVisitor(), await newVisitor({ permissions: ['notifications'], serviceWorkers: 'block' })];
  await grace.addInitScript(() => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    class Told extends EventTarget {
      static permission = 'granted';
      static requestPermission = () => Promise.resolve('granted');
      constructor(title: string, { body }: { body: string }) {
        super();
        shown.push(`${title}: ${body}`);
      }
      close() {
        shown.push('closed');
      }
    }
    Object.assign(window, { Notification: Told });
  });
  const shown = () => grace.evaluate(() => (window as unknown as { shown: string[] }).shown);
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeIn(grace, code, 'Grace');
  await setHidden(grace, true);
  await say(ada, '@Grace, are you there?');
  await expect(messageOf(grace, 'are you there')).toHaveCount(1);
  expect(await shown()).toEqual([]);
  await setHidden(grace, false);
  await grace.getByRole('switch', { name: 'Notify me of replies and mentions' }).click();
  await setHidden(grace, true);
  await say(ada, 'to nobody');
  await say(ada, '@Grace!');
  await expect.poll(shown).toEqual(['Ada in Engine room: @Grace!']);
  await setHidden(grace, false);
  await expect.poll(shown).toEqual(['Ada in Engine room: @Grace!', 'closed']);
  await grace.getByRole('switch', { name: 'Mute this lounge' }).click();
  await setHidden(grace, true);
  await say(ada, '@Grace?');
  await expect(messageOf(grace, '@Grace?')).toHaveCount(1);
  expect(await shown()).toHaveLength(2);
  await grace.reload();
  await isIn(grace);
  await expect(grace.getByRole('switch', { name: 'Mute this lounge' })).toBeChecked();
});

test('the invitation has the code, the link and its picture, and the share sheet', async ({ newVisitor }) => {
  const page = await newVisitor();
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'share', {
      value: (data: ShareData) => Promise.resolve(Object.assign(window, { shared: data })),
    });
  });
  const code = await openLounge(page, 'Ada', 'Engine room');
  await button(page, 'Invite').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Link to the room' })).toHaveValue(new RegExp(`/room/${code}$`));
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  await button(page, 'Share…').click();
  const shared = await page.evaluate(() => (window as Window & { shared?: ShareData }).shared);
  expect(shared).toMatchObject({ title: 'Engine room on HearTogether', url: expect.stringMatching(new RegExp(`/room/${code}$`)) });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await write(page, 'still here');
  await expect(field(page)).toBeFocused();
});
