// The invitation: the code, the QR code and the link lead to the same address.
import { networkInterfaces } from 'node:os';

import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { button, createRoom, isHydrated, main, pasted, shareTab, showsState } from '../page_actions';

const link = (page: Page) => page.getByLabel('Link to the room');
const qrCode = (page: Page) => page.getByRole('region', { name: 'Invitation' }).getByRole('img', { name: /^QR code/ });
const copied = (page: Page) => page.getByRole('status').filter({ hasText: 'Copied' });

/** Whether the picture has come and can be seen. */
const isDrawn = (picture: HTMLImageElement) => picture.complete && picture.naturalWidth >= 200;

/** The address by which others in the local network reach this machine, if there is a network. */
const networkAddress = () =>
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

test('a code in large type, a QR code and a link lead to the room', async ({ newVisitor, server }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await expect(host.getByTestId('room-code')).toHaveText(code);
  const address = await link(host).inputValue();
  expect(address).toMatch(new RegExp(`^http://.+:${new URL(server.url).port}/room/${code}$`));
  await expect(qrCode(host)).toHaveAttribute('alt', `QR code of the link ${address}`);
  await expect.poll(() => qrCode(host).evaluate(isDrawn)).toBe(true);

  const guest = await newVisitor();
  await guest.goto(address);
  await expect(main(guest)).toHaveAttribute('data-page', 'room');
  await expect(main(guest)).toContainText('Ada');
});

test('the link is copied, and the page says so', async ({ newVisitor }) => {
  const host = await newVisitor({ permissions: ['clipboard-read', 'clipboard-write'] });
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await button(host, 'Copy link').click();
  await expect(copied(host)).toBeVisible();
  expect(await pasted(host)).toBe(await link(host).inputValue());
});

test('where a browser copies nothing, the link is selected and the page says so', async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = () => false;
  });
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await button(host, 'Copy link').click();
  await expect(host.getByRole('status').filter({ hasText: 'The link is selected' })).toBeVisible();
  expect(await host.evaluate(() => getSelection()?.toString())).toBe(await link(host).inputValue());
});

test("the system's share sheet gets the link where there is one", async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.addInitScript(() => {
    Object.defineProperty(navigator, 'share', {
      value: (data: ShareData) => Promise.resolve(Object.assign(window, { shared: data })),
    });
  });
  await createRoom(host, 'Ada');
  await button(host, 'Share…').click();
  const shared = await host.evaluate(() => (window as Window & { shared?: ShareData }).shared);
  expect(shared).toMatchObject({ title: 'Ada’s room', url: await link(host).inputValue() });
});

test('there is no share button where there is no share sheet', async ({ newVisitor }) => {
  const host = await newVisitor();
  await host.addInitScript(() => Object.defineProperty(navigator, 'share', { value: undefined }));
  await createRoom(host, 'Ada');
  await isHydrated(host);
  await expect(button(host, 'Copy link')).toBeVisible();
  await expect(button(host, 'Share…')).toHaveCount(0);
});

test('the QR code fills the screen until Escape', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await isHydrated(host);
  await button(host, 'Show large').click();
  const poster = host.getByRole('dialog');
  await expect(poster).toContainText(code);
  const { width, height } = host.viewportSize()!;
  expect(await poster.boundingBox()).toMatchObject({ x: 0, y: 0, width, height });
  const picture = await poster.getByRole('img').boundingBox();
  expect(picture!.height).toBeGreaterThan(0.4 * height);
  await host.keyboard.press('Escape');
  await expect(poster).toBeHidden();
  await expect(button(host, 'Show large')).toBeFocused();
});

test.describe('with a public URL', () => {
  test.use({ settings: { PUBLIC_URL: 'https://hear.example/' } });

  test('links and QR codes contain it', async ({ newVisitor }) => {
    const host = await newVisitor();
    const code = await createRoom(host, 'Ada');
    await expect(link(host)).toHaveValue(`https://hear.example/room/${code}`);
    await expect(qrCode(host)).toHaveAttribute('alt', `QR code of the link https://hear.example/room/${code}`);
  });
});

test("a phone hears by this machine's address, without a secure context", async ({ tabHost, newVisitor }) => {
  const address = networkAddress();
  test.skip(!address, 'this machine is in no network');
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  const invitation = await link(tabHost).inputValue();
  expect(new URL(invitation).hostname).toBe(address);

  const phone = await newVisitor();
  const offences: string[] = [];
  phone.on('pageerror', (error) => offences.push(error.message));
  await phone.goto(invitation);
  expect(await phone.evaluate(() => isSecureContext)).toBe(false);
  await button(phone, 'Listen').click();
  await expect(phone).toHaveURL(new RegExp(`//${address}.*/listen/${code}$`));
  await showsState(phone, 'listening');
  await hear(phone, TAB_TONE_HZ);
  await button(phone, 'Mute').click();
  await button(phone, 'Unmute').click();
  await hear(phone, TAB_TONE_HZ);
  expect(offences).toEqual([]);

  // Whoever opens a room there is shown how others get in, and how the line is; the command of old copies both.
  await phone.goto(new URL('/', invitation).href);
  await button(phone, 'Create a room').click();
  await expect(phone).toHaveURL(/\/host\//);
  await isHydrated(phone);
  await button(phone, 'Copy link').click();
  await expect(copied(phone)).toBeVisible();
  expect(await pasted(phone)).toBe(await link(phone).inputValue());
  await main(phone).getByText('Diagnostics', { exact: true }).click();
  await button(phone, 'Copy diagnostics').click();
  await expect(button(phone, 'Copied')).toBeVisible();
  expect(await pasted(phone)).toMatch(/^HearTogether, host\nBrowser: /);
  expect(offences).toEqual([]);
});

test('a host on a machine in several networks chooses the address in the link', async ({ newVisitor }) => {
  const host = await newVisitor();
  const code = await createRoom(host, 'Ada');
  await isHydrated(host);
  const choice = host.getByLabel('This computer’s address');
  const known = await choice.locator('option').allTextContents();
  test.skip(known.length < 2, 'this machine is in one network');
  await choice.selectOption(known[1]!);
  await expect(link(host)).toHaveValue(new RegExp(`^http://${known[1]!.replaceAll('.', '\\.')}:\\d+/room/${code}$`));
  await expect(qrCode(host)).toHaveAttribute('alt', `QR code of the link ${await link(host).inputValue()}`);
  await expect.poll(() => qrCode(host).evaluate(isDrawn)).toBe(true);
});

test.describe('where others cannot reach the server', () => {
  test.use({ settings: { HEARTOGETHER_HOST: '127.0.0.1' } });

  test('the page says so, and names the setting', async ({ newVisitor }) => {
    const host = await newVisitor();
    await createRoom(host, 'Ada');
    await expect(host.getByRole('region', { name: 'Invitation' })).toContainText('PUBLIC_URL');
  });
});
