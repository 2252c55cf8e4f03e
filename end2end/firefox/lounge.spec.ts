// Firefox as a member of a lounge.
import { expect, test as base } from '../fixtures';
import { byRole, executablePath, launchFirefox, says, showsState, type Firefox, type FirefoxPage } from '../firefox.mjs';
import { messageOf, openLounge, say, write } from '../lounge_actions';

const test = base.extend<{ firefoxPage: FirefoxPage }, { firefox: Firefox }>({
  firefox: [
    async ({}, use) => {
      const firefox = await launchFirefox();
      await use(firefox.browser);
      await firefox.close();
    },
    { scope: 'worker' },
  ],
  firefoxPage: async ({ firefox }, use) => {
    const context = await firefox.createBrowserContext();
    await use(await context.newPage());
    await context.close();
  },
});

test.skip(!executablePath, 'there is no Firefox: FIREFOX names one, and ./dev installs it where it can');

test('Firefox draws markup, formulas and diagrams', async ({ newVisitor, firefoxPage, server }) => {
  const ada = await newVisitor();
  const code = await openLounge(ada, 'Ada');
  await firefoxPage.goto(`${server.url}/lounge/${code}`);
  await firefoxPage.waitForSelector('main[data-page="lounge"][data-hydrated]');
  await firefoxPage.$eval('input[name=name]', (field) => (field.value = 'Grace'));
  await byRole(firefoxPage, 'button', 'Come in').click();
  await showsState(firefoxPage, 'open');
  await write(ada, '**bold** and $\\frac{a}{b}$\n\n```mermaid\ngraph TD\nA --> B\n```\n\n```rust\nfn main() {}\n```');
  await firefoxPage.waitForSelector('.words strong');
  const isStacked = await firefoxPage.$eval('.words mfrac', (fraction) => {
    const [above, below] = [...fraction.children].map((part) => part.getBoundingClientRect().top);
    return above! < below!;
  });
  expect(isStacked).toBe(true);
  const width = () => firefoxPage.$eval('.diagram[data-theme="light"] > img', (picture) => (picture as unknown as HTMLImageElement).naturalWidth);
  await expect.poll(width).toBeGreaterThan(0);
  await byRole(firefoxPage, 'button', 'Wrap').click();
  await firefoxPage.waitForSelector('.code-block[data-wrap]');
});

test('Firefox comes into a lounge, writes, is answered, and finds it all after a reload', async ({ newVisitor, firefoxPage, server }) => {
  const ada = await newVisitor();
  const code = await openLounge(ada, 'Ada');
  await say(ada, 'hello from Chromium');
  await firefoxPage.goto(`${server.url}/lounge/${code}`);
  await firefoxPage.waitForSelector('main[data-page="lounge"][data-hydrated]');
  await firefoxPage.$eval('input[name=name]', (field) => (field.value = 'Grace'));
  await byRole(firefoxPage, 'button', 'Come in').click();
  await showsState(firefoxPage, 'open');
  await says(firefoxPage, 'hello from Chromium');
  await byRole(firefoxPage, 'textbox', 'Message').fill('hello from Firefox');
  await firefoxPage.keyboard.press('Enter');
  await expect(messageOf(ada, 'hello from Firefox')).toHaveCount(1);
  await say(ada, 'well met');
  await says(firefoxPage, 'well met');
  await firefoxPage.reload();
  await showsState(firefoxPage, 'open');
  await says(firefoxPage, 'hello from Firefox');
  await says(firefoxPage, 'well met');
});
