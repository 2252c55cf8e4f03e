// The site below a path of its host, behind a proxy that keeps the path and a proxy that removes it.
import { expect, TAB_TONE_HZ, test as base } from '../fixtures';
import { hear } from '../tone_detection';
import { Proxy } from '../reverse_proxy.mjs';
import { Server } from '../server.mjs';
import { button, createRoom, hasLink, isHydrated, listen, main, shareTab, showsState, stop } from '../page_actions';

const PATH = '/hear';

const test = base.extend<{
  /** The proxy in front of the server: `proxy` is an option of every browser context. */
  front: Proxy;
  takesOff: boolean;
}>({
  takesOff: [false, { option: true }],

  front: async ({ takesOff }, use) => {
    const front = await Proxy.start(PATH, takesOff);
    await use(front);
    await front.close();
  },

  server: async ({ front }, use, testInfo) => {
    const server = await Server.start({ PUBLIC_URL: `${front.origin}${PATH}` });
    front.leadTo(server.url);
    await use(server);
    await server.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: server.log, contentType: 'text/plain' });
    }
  },
});

for (const takesOff of [false, true]) {
  test.describe(takesOff ? 'behind a proxy that takes the path off' : 'behind a proxy that keeps the path', () => {
    test.use({ takesOff });

    test('a room is opened, heard and left', async ({ tabHost, newVisitor, front }) => {
      const site = `${front.origin}${PATH}`;
      const code = await createRoom(tabHost, 'Ada', site);
      expect(tabHost.url()).toBe(`${site}/host/${code}`);
      await shareTab(tabHost);
      await hasLink(tabHost, 'attached');
      await expect(tabHost.getByLabel('Link to the room')).toHaveValue(`${site}/room/${code}`);
      const picture = tabHost.getByRole('region', { name: 'Invitation' }).getByRole('img', { name: /^QR code/ });
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(200);

      const guest = await newVisitor();
      const offences: string[] = [];
      guest.on('pageerror', (error) => offences.push(error.message));
      await listen(guest, code, site);
      await showsState(guest, 'listening');
      await hear(guest, TAB_TONE_HZ);
      // A page that is loaded as a whole, whose script asks for the place at once.
      await guest.reload();
      await showsState(guest, 'listening');

      await stop(tabHost);
      await showsState(guest, 'ended');
      expect(offences).toEqual([]);
      expect(front.strayed).toEqual([]);
    });

    test('pages and forms lead to each other with and without a script', async ({ newVisitor, front, browser }) => {
      const site = `${front.origin}${PATH}`;
      const visitor = await newVisitor();
      await visitor.goto(site);
      await isHydrated(visitor);
      await visitor.getByRole('link', { name: 'About' }).click();
      await expect(visitor).toHaveURL(`${site}/about`);
      await expect(main(visitor)).toHaveAttribute('data-page', 'about');
      await visitor.getByRole('link', { name: 'HearTogether' }).click();
      await expect(visitor).toHaveURL(`${site}/`);

      const plain = await browser.newContext({ javaScriptEnabled: false });
      const page = await plain.newPage();
      await page.goto(`${site}/`);
      await button(page, 'Create a room').click();
      await page.getByLabel('Your name').fill('Grace');
      await button(page, 'Continue as guest').click();
      await expect(page).toHaveURL(new RegExp(`^${site}/host/[A-Z2-9]{6}$`));
      await plain.close();
      expect(front.strayed).toEqual([]);
    });
  });
}
