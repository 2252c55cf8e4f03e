// The owner of a lounge is asked before somebody comes in, by choice.
import { type Page } from '@playwright/test';

import { fitsEveryWidth, keepsFocus, passesAxe, tabTo } from '../accessibility';
import { expect, test } from '../fixtures';
import { actOn, comeIn, field, isIn, memberOf, members, openLounge, setHidden } from '../lounge_actions';
import { ALLOWED, holdNotifications, notifyMe, press, shown } from '../notifications';
import { button, isHydrated, main, showsRefusal, showsState } from '../page_actions';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Question' });
const notice = (page: Page) => page.getByTestId('waiting');
const asks = (page: Page) => page.getByTestId('asks');
const asking = (page: Page) => page.getByRole('switch', { name: 'Ask me before somebody comes in' });

/** The owner wants to be asked. */
async function askFirst(page: Page): Promise<void> {
  await asking(page).click();
  await expect(asking(page)).toHaveAttribute('aria-checked', 'true');
}

/** Asks to come in, and waits. */
async function knock(page: Page, code: string, name: string): Promise<void> {
  await page.goto(`/lounge/${code}`);
  await isHydrated(page);
  await page.getByLabel('Your name in this lounge').fill(name);
  await button(page, 'Come in').click();
  await showsState(page, 'waiting');
  await expect(page.getByText('The owner is asked whether you may come in.')).toBeVisible();
}

test('who asks waits, and the page goes in by itself when the owner lets them in', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await grace.goto(`/lounge/${code}`);
  await expect(grace.getByText('The owner is asked before somebody comes in here.')).toBeVisible();
  await knock(grace, code, 'Grace');
  await expect(notice(ada)).toHaveText('Grace asks to come in');
  await expect(ada.getByTestId('waiting-announced')).toHaveText('Grace asks to come in');
  await expect(members(ada)).toHaveCount(1);

  // It outlasts reloads of both.
  await ada.reload();
  await isIn(ada);
  await expect(notice(ada)).toHaveText('Grace asks to come in');
  await grace.reload();
  await knock(grace, code, 'Grace');

  // By keyboard.
  await notice(ada).focus();
  await ada.keyboard.press('Enter');
  await expect(asks(ada)).toHaveCount(1);
  await tabTo(ada, button(ada, 'Let in Grace'));
  await ada.keyboard.press('Enter');
  await isIn(grace);
  await expect(dialog(ada)).toContainText('Nobody is waiting.');
  await keepsFocus(ada);
  await button(ada, 'Close').click();
  await expect(notice(ada)).toHaveCount(0);
  await expect(memberOf(ada, 'Grace')).toHaveAttribute('data-here');

  // A member is not asked again.
  await grace.reload();
  await isIn(grace);
});

test('who comes in by keyboard goes on in the field for messages', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  const comeInByKeyboard = async (page: Page) => {
    await page.goto(`/lounge/${code}`);
    await isHydrated(page);
    await page.getByLabel('Your name in this lounge').fill('Somebody else');
    await tabTo(page, button(page, 'Come in'));
    await page.keyboard.press('Enter');
  };
  await comeInByKeyboard(grace);
  await isIn(grace);
  await expect(field(grace)).toBeFocused();
  await actOn(ada, 'Somebody else', 'Send out');
  await askFirst(ada);
  await comeInByKeyboard(linus);
  await showsState(linus, 'waiting');
  await keepsFocus(linus);
  await notice(ada).click();
  await button(ada, 'Let in Somebody else').click();
  await isIn(linus);
  await expect(field(linus)).toBeFocused();
});

test('the owner reads why somebody cannot be let in', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await knock(grace, code, 'Grace');
  await knock(linus, code, 'Grace');
  await notice(ada).click();
  await expect(asks(ada)).toHaveCount(2);
  await button(ada, 'Let in Grace').first().click();
  await isIn(grace);
  await expect(asks(ada)).toHaveCount(1);
  await button(ada, 'Let in Grace').click();
  await expect(asks(ada).getByRole('alert')).toHaveText(/^Somebody here has this name now/);
  await passesAxe(ada, [390]);
  await knock(linus, code, 'Linus');
  await button(ada, 'Let in Linus').click();
  await isIn(linus);
});

test('a request is withdrawn as soon as the room can be told', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  // What the room says comes late, so the page gives up before it has an answer.
  let pass: () => void = () => undefined;
  const passes = new Promise<void>((resolve) => (pass = resolve));
  await grace.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => void passes.then(() => socket.send(message)));
  });
  await knock(grace, code, 'Grace');
  await expect(notice(ada)).toHaveText('Grace asks to come in');
  await button(grace, 'Stop waiting').click();
  await showsState(grace, 'outside');
  pass();
  await expect(notice(ada)).toHaveCount(0);
});

test('who is declined is told, and who gives up waits no more', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await knock(grace, code, 'Grace');
  await knock(linus, code, 'Linus');
  await expect(notice(ada)).toHaveText('2 people ask to come in');
  await notice(ada).click();
  await button(ada, 'Decline Grace').click();
  await showsRefusal(grace, 'declined');
  await expect(grace.getByText('The owner has not let you in this time.')).toBeVisible();
  await expect(button(grace, 'Come in')).toHaveCount(0);
  await expect(asks(ada)).toHaveCount(1);
  await button(linus, 'Stop waiting').click();
  await showsState(linus, 'outside');
  await expect(dialog(ada)).toContainText('Nobody is waiting.');
  await button(ada, 'Close').click();
  await button(linus, 'Come in').click();
  await showsState(linus, 'waiting');
  await expect(notice(ada)).toHaveText('Linus asks to come in');
});

test('who closed the page was let in all the same, and the next owner decides', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await askFirst(ada);
  await expect(asking(grace)).toHaveCount(0);
  await knock(linus, code, 'Linus');
  await linus.goto('about:blank');
  await actOn(ada, 'Grace', 'Make owner');
  await expect(notice(grace)).toHaveText('Linus asks to come in');
  await expect(notice(ada)).toHaveCount(0);
  await expect(asking(grace)).toHaveAttribute('aria-checked', 'true');
  await notice(grace).click();
  await button(grace, 'Let in Linus').click();
  await button(grace, 'Close').click();
  await expect(memberOf(ada, 'Linus')).not.toHaveAttribute('data-here');
  await linus.goto(`/lounge/${code}`);
  await isIn(linus);
});

test('when nobody is asked any more, all who wait come in', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await knock(grace, code, 'Grace');
  await asking(ada).click();
  await isIn(grace);
  await expect(notice(ada)).toHaveCount(0);
  await comeIn(linus, code, 'Linus');
});

test('the owner learns of who asks while the page is hidden, once of each, and in the lists', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(ALLOWED), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await askFirst(ada);
  await notifyMe(ada);
  const elsewhere = await ada.context().newPage();
  await elsewhere.goto('/');
  await isHydrated(elsewhere);
  await button(elsewhere, 'Open a lounge').click();
  await isIn(elsewhere);
  await setHidden(ada, true);
  await knock(grace, code, 'Grace');
  await expect(ada).toHaveTitle('(1) Engine room · HearTogether');
  await expect(ada.locator('link[rel=icon]')).toHaveAttribute('href', '/counting-icon/1');
  await expect.poll(() => shown(ada)).toEqual(['Engine room: Grace asks to come in']);
  const counted = (name: string) => elsewhere.getByTestId('waiting-count').and(elsewhere.getByRole('img', { name }));
  await expect(counted('1 person asks to come in')).toBeVisible();
  await passesAxe(elsewhere, [1280]);
  await knock(linus, code, 'Linus');
  await expect.poll(() => shown(ada)).toEqual(['Engine room: 2 people ask to come in']);
  await expect(counted('2 people ask to come in')).toBeVisible();
  const home = await ada.context().newPage();
  await home.goto('/');
  await expect(home.getByRole('region', { name: 'Your lounges' })).toContainText('2 people ask to come in');
  await button(linus, 'Stop waiting').click();
  await expect.poll(() => shown(ada)).toEqual(['Engine room: Grace asks to come in']);

  // A press shows who asks, and nobody is told of twice.
  expect(await press(ada)).toEqual(['focus']);
  await expect(asks(ada)).toHaveCount(1);
  await expect.poll(() => shown(ada)).toEqual([]);
  await setHidden(ada, false);
  await expect(ada).toHaveTitle('Engine room · HearTogether');
  await setHidden(ada, true);
  await expect(ada).toHaveTitle('(1) Engine room · HearTogether');
  await ada.reload();
  await isIn(ada);
  await setHidden(ada, true);
  await expect(ada).toHaveTitle('(1) Engine room · HearTogether');
  expect(await shown(ada)).toEqual([]);
  // It goes when it is decided, here on a second page.
  await knock(linus, code, 'Linus');
  await expect.poll(() => shown(ada)).toEqual(['Engine room: 2 people ask to come in']);
  const second = await ada.context().newPage();
  await second.goto(`/lounge/${code}`);
  await isIn(second);
  await notice(second).click();
  await button(second, 'Let in Grace').click();
  await button(second, 'Let in Linus').click();
  await expect.poll(() => shown(ada)).toEqual([]);
  await expect(ada).toHaveTitle('Engine room · HearTogether');
  await expect(elsewhere.getByTestId('waiting-count')).toHaveCount(0);
});

test('a page in sight takes away what a hidden page of the lounge tells of who asks', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(ALLOWED), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await askFirst(ada);
  await notifyMe(ada);
  const second = await ada.context().newPage();
  await second.goto(`/lounge/${code}`);
  await isIn(second);
  await setHidden(ada, true);
  const held = await holdNotifications(ada);
  await held.release();
  await knock(grace, code, 'Grace');
  await expect(notice(second)).toHaveText('Grace asks to come in');
  await expect.poll(held.shown).toBe(1);
  await expect.poll(() => shown(second)).toEqual([]);
});

test('a notification says who asks now, and goes with the last of them also while it is being shown', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(ALLOWED), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await askFirst(ada);
  await notifyMe(ada);
  await setHidden(ada, true);
  await knock(grace, code, 'Grace');
  await expect.poll(() => shown(ada)).toEqual(['Engine room: Grace asks to come in']);
  await knock(grace, code, 'Grace H.');
  await expect.poll(() => shown(ada)).toEqual(['Engine room: Grace H. asks to come in']);
  await button(grace, 'Stop waiting').click();
  await expect.poll(() => shown(ada)).toEqual([]);

  const held = await holdNotifications(ada);
  await knock(grace, code, 'Grace');
  await expect.poll(held.asked).toBe(1);
  await button(grace, 'Stop waiting').click();
  await expect(ada).toHaveTitle('Engine room · HearTogether');
  await held.release();
  await expect.poll(held.shown).toBe(1);
  await expect.poll(() => shown(ada)).toEqual([]);
});

test('who tries again asks under the name that they have typed', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await knock(grace, code, 'Grace');
  await notice(ada).click();
  await button(ada, 'Decline Grace').click();
  await button(ada, 'Close').click();
  await showsRefusal(grace, 'declined');
  await grace.reload();
  await isHydrated(grace);
  await grace.getByLabel('Your name in this lounge').fill('Countess');
  await button(grace, 'Come in').click();
  await showsRefusal(grace, 'declined_lately');
  // Nobody has to wait once nobody is asked.
  await asking(ada).click();
  await expect(asking(ada)).toHaveAttribute('aria-checked', 'false');
  await button(grace, 'Try again').click();
  await isIn(grace);
  await expect(memberOf(ada, 'Countess')).toHaveAttribute('data-here');
});

test('who is declined cannot ask again for a while, and who is banned as they ask cannot ask any more', async ({ newVisitor }) => {
  const [ada, grace, linus] = [await newVisitor(), await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await knock(grace, code, 'Grace');
  await notice(ada).click();
  await button(ada, 'Decline Grace').click();
  await showsRefusal(grace, 'declined');
  const askAgain = async (page: Page) => {
    await page.reload();
    await isHydrated(page);
    await page.getByLabel('Your name in this lounge').fill('Somebody');
    await button(page, 'Come in').click();
  };
  await askAgain(grace);
  await showsRefusal(grace, 'declined_lately');
  await expect(grace.getByText('You can ask again ten minutes later.')).toBeVisible();
  await passesAxe(grace, [390]);
  await expect(asks(ada)).toHaveCount(0);

  await knock(linus, code, 'Linus');
  await expect(asks(ada)).toHaveCount(1);
  await tabTo(ada, button(ada, 'Ban Linus'));
  await ada.keyboard.press('Enter');
  await expect(dialog(ada)).toContainText('Ban Linus?');
  await dialog(ada).getByRole('button', { name: 'Ban' }).click();
  await expect(ada.getByText('Linus is being banned.')).toBeVisible();
  await showsRefusal(linus, 'declined');
  await expect(notice(ada)).toHaveCount(0);
  await expect(async () => {
    await askAgain(linus);
    await expect(main(linus)).toHaveAttribute('data-refusal', 'removed', { timeout: 2000 });
  }).toPass();
});

test('asking is shown to everybody who can press a key or hear a page', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await askFirst(ada);
  await passesAxe(ada, [1280]);
  await knock(grace, code, 'x'.repeat(40));
  await passesAxe(grace, [390]);
  await fitsEveryWidth(grace);
  await expect(main(grace)).toHaveAttribute('data-state', 'waiting');
  await notice(ada).click();
  await expect(asks(ada)).toHaveCount(1);
  await passesAxe(ada);
  await fitsEveryWidth(ada);
});
