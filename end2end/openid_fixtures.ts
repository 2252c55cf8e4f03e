// A server with a sign-in provider, and the actions of people there.
import { expect, test as base, type Page } from './fixtures';
import { OpenIdProvider, PROVIDER } from './openid_provider.mjs';
import { button, main } from './page_actions';
import { Server } from './server.mjs';

export const test = base.extend<{ provider: OpenIdProvider; asleep: boolean }>({
  asleep: [false, { option: true }],

  // eslint-disable-next-line no-empty-pattern
  provider: async ({}, use) => {
    const provider = await OpenIdProvider.start();
    await use(provider);
    await provider.close();
  },

  server: async ({ settings, provider, asleep }, use, testInfo) => {
    const server = await Server.start({ ...provider.settings, ...settings });
    if (!asleep) provider.wake(server.url);
    await use(server);
    await server.close();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: server.log, contentType: 'text/plain' });
    }
  },
});

export const providerLink = (page: Page) => main(page).getByRole('link', { name: `Sign in with ${PROVIDER}` });

export const menu = (page: Page) => page.getByRole('navigation', { name: 'Account' });

/** On the provider's page: says who one is. */
export async function allowAs(page: Page, account: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Account' }).fill(account);
  await button(page, 'Allow').click();
}

/** No place that the browser remembers holds anything of the exchange. */
export async function leavesNoTrace(page: Page, origin: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const { entries } = await client.send('Page.getNavigationHistory');
  for (const { url } of entries.filter((entry) => entry.url.startsWith(origin))) {
    expect(url).not.toMatch(/[?&](code|state|iss|session_state|error|why|wait|switch)=/);
  }
  expect(page.url()).not.toMatch(/[?&](code|state|why|wait|switch)=/);
}
