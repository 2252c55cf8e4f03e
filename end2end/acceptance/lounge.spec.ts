// A lounge: coming in, writing, answering, reacting, changing; and what happens when the connection or the page is lost.
import { expect } from '../fixtures';
import { lasts, test } from '../drills/fixtures';
import { act, comeIn, field, isIn, log, messageOf, messages, openLounge, say, write } from '../lounge_actions';
import { button, hasLink, isHydrated, main, showsRefusal, showsState, signIn } from '../page_actions';

test('a link shows what the lounge is, and makes nobody a member before they want it', async ({ newVisitor }) => {
  const ada = await newVisitor();
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await expect(ada).toHaveTitle('Engine room · HearTogether');
  const grace = await newVisitor();
  await grace.goto(`/room/${code}`);
  await expect(grace).toHaveURL(new RegExp(`/lounge/${code}$`));
  await showsState(grace, 'outside');
  await expect(main(grace).getByRole('heading', { level: 1 })).toHaveText('Engine room');
  await expect(main(grace)).toContainText('by Ada · 1 member');
  await expect(main(grace)).toContainText('until nobody has written for 30 days');
  await expect(grace.getByLabel('Your name in this lounge')).not.toHaveValue('');
  await isHydrated(grace);
  await expect(ada.getByTestId('member')).toHaveCount(1);

  await grace.getByLabel('Your name in this lounge').fill('Grace');
  await button(grace, 'Come in').click();
  await isIn(grace);
  await expect(ada.getByTestId('coming')).toHaveText('Grace came in.');
  await expect(ada.getByTestId('attendance')).toHaveText('2 members, 2 here');
  await grace.reload();
  await isIn(grace);
  await expect(grace.getByRole('banner')).toContainText('Grace');
});

test.describe('where lounges are kept for a week', () => {
  test.use({ settings: { LOUNGE_TTL_MS: String(7 * 24 * 60 * 60 * 1000) } });

  test('the page says so, to who comes and to members', async ({ newVisitor }) => {
    const [ada, grace] = [await newVisitor(), await newVisitor()];
    const code = await openLounge(ada, 'Ada');
    await expect(main(ada)).toContainText('until nobody has written for 7 days');
    await grace.goto(`/lounge/${code}`);
    await expect(main(grace)).toContainText('until nobody has written for 7 days');
  });
});

test('the page for who is no member is whole without a script', async ({ newVisitor }) => {
  const code = await openLounge(await newVisitor(), 'Ada', 'Engine room');
  const page = await newVisitor({ javaScriptEnabled: false });
  await page.goto(`/lounge/${code}`);
  await showsState(page, 'outside');
  await expect(main(page)).toContainText('Engine room');
  await expect(page.getByLabel('Your name in this lounge')).not.toHaveValue('');
  await button(page, 'Come in').click();
  await expect(page).toHaveURL(new RegExp(`/lounge/${code}$`));
  await expect(page.getByRole('banner')).not.toContainText('Sign in');
});

test('a name that another member has, or one that looks like it, is refused in place', async ({ newVisitor }) => {
  const code = await openLounge(await newVisitor(), 'Ada');
  const page = await newVisitor();
  await page.goto(`/lounge/${code}`);
  await isHydrated(page);
  for (const name of ['Ada', 'аdа']) {
    await page.getByLabel('Your name in this lounge').fill(name);
    await button(page, 'Come in').click();
    await showsRefusal(page, 'name_taken');
    await expect(page.getByText('Somebody here has this name')).toBeVisible();
  }
  await page.getByLabel('Your name in this lounge').fill('Grace');
  await button(page, 'Come in').click();
  await isIn(page);
});

test('messages, answers, reactions, changes and pins reach everybody, and are there after a reload', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'one\n  two');
  await expect(messageOf(grace, 'one').locator('.words')).toHaveText('one\n  two', { useInnerText: true });
  await expect(messageOf(grace, 'one').locator('.avatar')).toHaveText('A');
  await expect(messageOf(ada, 'one'), 'one’s own is told apart').toHaveAttribute('data-own');
  await expect(messageOf(grace, 'one')).not.toHaveAttribute('data-own');
  await expect(messageOf(grace, 'one').locator('.divider-day'), 'the first of its day').toHaveText(/\d/);
  await act(grace, 'one', 'Reply');
  await expect(grace.getByText('Replying to Ada')).toBeVisible();
  await say(grace, 'an answer');
  await expect(messageOf(ada, 'an answer').locator('.quote')).toContainText('one');
  await act(ada, 'an answer', 'React with ❤️');
  const chip = messageOf(grace, 'an answer').getByRole('button', { name: '❤️ by Ada' });
  await expect(chip).toHaveText('❤️1');
  await chip.click();
  await expect(messageOf(ada, 'an answer').locator('.chip')).toHaveText('❤️2');
  await expect(messageOf(grace, 'an answer').locator('.chip')).toHaveAttribute('aria-pressed', 'true');
  await act(ada, 'one', 'Edit');
  await expect(field(ada)).toHaveValue('one\n  two');
  await field(ada).fill('three');
  await field(ada).press('Enter');
  await expect(messageOf(grace, 'three')).toContainText('edited');
  await act(ada, 'three', 'Pin');
  await expect(grace.getByTestId('pins')).toContainText('three');
  await act(grace, 'an answer', 'Delete');
  await grace.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(messages(ada).last()).toContainText('This message was deleted.');

  for (const page of [ada, grace]) {
    await page.reload();
    await isIn(page);
    await expect(messages(page)).toHaveCount(2);
    await expect(messages(page).first()).toContainText('three');
    await expect(messages(page).last()).toContainText('This message was deleted.');
    await expect(page.getByTestId('pins')).toContainText('three');
  }
});

test('a message that the room refuses can be tried again or discarded', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(grace, 'soon gone');
  await act(ada, 'soon gone', 'Reply');
  await act(grace, 'soon gone', 'Delete');
  await grace.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(messages(ada).last()).toContainText('This message was deleted.');
  await write(ada, 'too late');
  const refused = messageOf(ada, 'too late');
  await expect(refused).toHaveAttribute('data-state', 'refused');
  await expect(refused).toContainText('Not sent. This message is not there any more.');
  await refused.getByRole('button', { name: 'Try again' }).click();
  await expect(refused).toHaveAttribute('data-state', 'refused');
  await refused.getByRole('button', { name: 'Discard' }).click();
  await expect(refused).toHaveCount(0);
  await say(ada, 'something else');
  await expect(messageOf(grace, 'something else')).toHaveCount(1);
  await expect(messageOf(grace, 'too late')).toHaveCount(0);
});

test('text is text: links are safe, markup is shown, a few emoji are large', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await say(ada, 'see https://a.example/x, <b>@Grace</b> javascript:alert(1)');
  const link = messages(grace).first().getByRole('link');
  await expect(link).toHaveCount(1);
  await expect(link).toHaveAttribute('href', 'https://a.example/x');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow ugc');
  await expect(grace.locator('.words b')).toHaveCount(0);
  await expect(messages(grace).first().locator('.mention[data-oneself]')).toHaveText('@Grace');
  await say(ada, '👩‍🚀❤️');
  await expect(messages(grace).last().locator('.words')).toHaveAttribute('data-large');
});

test('what is written without a connection is sent when it is back, once', async ({ newVisitor, line }) => {
  const ada = await newVisitor();
  const code = await openLounge(ada, 'Ada');
  const grace = await newVisitor({ baseURL: line.url });
  await comeIn(grace, code, 'Grace');
  await say(grace, 'before');
  line.cut();
  await hasLink(grace, 'reconnecting');
  await expect(grace.getByTestId('connection')).toContainText('Reconnecting');
  await write(grace, 'in between');
  await expect(messageOf(grace, 'in between')).toHaveAttribute('data-state', 'sending');
  await say(ada, 'meanwhile');
  await lasts(1_500);
  line.mend();
  await hasLink(grace, 'attached');
  await expect(messageOf(grace, 'in between')).toHaveAttribute('data-state', 'kept');
  for (const page of [ada, grace]) {
    await expect(messages(page)).toHaveCount(3);
    for (const text of ['before', 'meanwhile', 'in between']) await expect(messageOf(page, text)).toHaveCount(1);
  }
});

test.describe('a long conversation', () => {
  test.use({ settings: { RATE_LIMIT_MESSAGES: '600', RATE_LIMIT_MESSAGES_PER_ADDRESS: '600' } });

  test('older messages come by scrolling up, and the log stays where it is read', async ({ newVisitor }) => {
    test.slow();
    const [ada, grace] = [await newVisitor(), await newVisitor()];
    const code = await openLounge(ada, 'Ada');
    await comeIn(grace, code, 'Grace');
    for (let i = 1; i <= 60; i++) await write(i % 2 ? ada : grace, `number ${i}.`);
    await expect(messageOf(ada, 'number 60.')).toHaveCount(1, { timeout: 60_000 });
    await expect(messages(ada)).toHaveCount(60, { timeout: 60_000 });
    const late = await newVisitor();
    await comeIn(late, code, 'Linus');
    await expect(messageOf(late, 'number 60.')).toBeInViewport();
    await log(late).hover();
    const seen = messageOf(late, 'number 25.');
    await late.mouse.wheel(0, -5000);
    await expect(messages(late)).toHaveCount(60);
    await seen.scrollIntoViewIfNeeded();
    const before = await seen.boundingBox();
    await say(ada, 'a new one');
    await expect(messageOf(late, 'a new one')).toHaveCount(1);
    expect((await seen.boundingBox())?.y).toBe(before?.y);
    const toLatest = late.getByRole('button', { name: '1 new message' });
    await toLatest.click();
    await expect(messageOf(late, 'a new one')).toBeInViewport();
    await expect(toLatest).toBeHidden();
  });
});

test('a quote leads to its message, wherever that is', async ({ newVisitor }) => {
  const ada = await newVisitor({ viewport: { width: 900, height: 500 } });
  await openLounge(ada, 'Ada');
  await say(ada, 'the first');
  await act(ada, 'the first', 'Reply');
  for (let i = 0; i < 4; i++) await write(ada, `line\n${'long\n'.repeat(6)}${i}.`);
  await act(ada, 'the first', 'Reply');
  await say(ada, 'the answer');
  await expect(messageOf(ada, 'the first')).not.toBeInViewport();
  await messageOf(ada, 'the answer').locator('.quote').click();
  await expect(messageOf(ada, 'the first').last()).toBeInViewport();
});

test('who was signed in elsewhere comes in under that name, and finds the lounge on the landing page', async ({ newVisitor }) => {
  const code = await openLounge(await newVisitor(), 'Ada', 'Engine room');
  const page = await newVisitor();
  await signIn(page, 'Grace');
  await page.goto('/');
  await isHydrated(page);
  await page.getByLabel('Room code').fill(code);
  await button(page, 'Join').click();
  await expect(page.getByLabel('Your name in this lounge')).toHaveValue('Grace');
  await button(page, 'Come in').click();
  await isIn(page);
  await page.goto('/');
  await page.getByRole('region', { name: 'Your lounges' }).getByRole('link', { name: 'Engine room' }).click();
  await isIn(page);
});
