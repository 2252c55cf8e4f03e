// Notifications of the system. The site's service worker shows them where there is one: phones show no others.
import { expect, test, type Page } from '../fixtures';
import { comeIn, isIn, messageOf, openLounge, say, setHidden, write } from '../lounge_actions';
import { ALLOWED, notifyMe, press, shown } from '../notifications';

const LATER_MESSAGES = 25;

async function comeInToBeNotified(page: Page, code: string, name: string): Promise<void> {
  await comeIn(page, code, name);
  await notifyMe(page);
}

test('the worker shows one notification for a lounge, of its latest message, until a page is looked at', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor(ALLOWED)];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeInToBeNotified(grace, code, 'Grace');
  const second = await grace.context().newPage();
  await second.goto(`/lounge/${code}`);
  await isIn(second);
  for (const page of [grace, second]) await setHidden(page, true);
  await write(ada, '@Grace, **look**');
  await expect.poll(() => shown(grace)).toEqual(['Ada in Engine room: @Grace, look']);
  await say(ada, '@Grace!');
  await expect.poll(() => shown(grace)).toEqual(['Ada in Engine room: @Grace!']);
  // Of both pages, the notification is one.
  await expect(second).toHaveTitle(/^\(2\)/);
  expect(await shown(second)).toHaveLength(1);
  await setHidden(second, false);
  await expect.poll(() => shown(grace)).toEqual([]);
  await expect(grace).toHaveTitle(/^Engine room/);
});

test('a browser that lets pages show none notifies all the same', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor(ALLOWED)];
  // As Chromium on Android does.
  await grace.addInitScript(() => {
    const construct = () => {
      throw new TypeError("Failed to construct 'Notification': Illegal constructor.");
    };
    window.Notification = new Proxy(Notification, { construct });
  });
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeInToBeNotified(grace, code, 'Grace');
  await setHidden(grace, true);
  await say(ada, '@Grace!');
  await expect.poll(() => shown(grace)).toEqual(['Ada in Engine room: @Grace!']);
});

test('a press on a notification leads to the message on the page that is open, or to a new page', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(ALLOWED), await newVisitor()];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await notifyMe(ada);
  await comeIn(grace, code, 'Grace');
  // It is not the only page.
  await (await ada.context().newPage()).goto('/about');
  await setHidden(ada, true);
  await say(grace, '@Ada!');
  for (let number = 1; number <= LATER_MESSAGES; number++) await say(grace, `later ${number}`);
  await expect(messageOf(ada, `later ${LATER_MESSAGES}`)).toBeInViewport();
  await expect(messageOf(ada, '@Ada!')).not.toBeInViewport();
  expect(await press(ada)).toEqual(['focus']);
  await expect(messageOf(ada, '@Ada!')).toBeInViewport();
  expect(await shown(ada)).toEqual([]);

  await say(grace, '@Ada?');
  await expect.poll(() => shown(ada)).toEqual(['Grace in Engine room: @Ada?']);
  await ada.goto('/about');
  expect(await shown(ada), 'another page is open').toHaveLength(1);
  expect(await press(ada)).toEqual([`open /lounge/${code}`]);
  expect(await shown(ada), 'the new page may not come').toHaveLength(1);
  await ada.goto(`/lounge/${code}`);
  await expect.poll(() => shown(ada)).toEqual([]);
});

test('whoever opens the lounge has seen what its notification says', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor(ALLOWED)];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeInToBeNotified(grace, code, 'Grace');
  await grace.reload();
  await isIn(grace);
  await setHidden(grace, true);
  await say(ada, '@Grace!');
  await expect.poll(() => shown(grace)).toHaveLength(1);
  await grace.goto('/about');
  expect(await shown(grace)).toHaveLength(1);
  await grace.goto(`/lounge/${code}`);
  await expect.poll(() => shown(grace)).toEqual([]);
});

test('whoever opens the lounge while the server cannot be reached has not seen what its notification says', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor(ALLOWED)];
  const code = await openLounge(ada, 'Ada', 'Engine room');
  await comeInToBeNotified(grace, code, 'Grace');
  await setHidden(grace, true);
  await say(ada, '@Grace!');
  await expect.poll(() => shown(grace)).toHaveLength(1);
  await grace.goto('/about');
  await grace.context().setOffline(true);
  await grace.goto(`/lounge/${code}`);
  await expect(grace.getByRole('heading', { level: 1, name: 'You are offline' })).toBeVisible();
  expect(await shown(grace)).toHaveLength(1);
  await grace.context().setOffline(false);
  await isIn(grace);
  await expect.poll(() => shown(grace)).toEqual([]);
});
