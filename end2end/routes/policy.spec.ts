// The pages under their content security policy: they do not violate it, and scripts that violate it do not run.
import { expect, TAB_TONE_HZ, test, type Page } from '../fixtures';
import { hear } from '../tone_detection';
import { createRoom, isHydrated, listen, shareTab, showsState, UNKNOWN_CODE } from '../page_actions';

/** Notes what the browser refuses on this page, from its first byte on. */
async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    // Chromium speaks of cameras wherever a page lists its microphones.
    if (text.includes('violation: camera')) return;
    if (/content security policy|permissions.policy/i.test(text)) complaints.push(text);
  });
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    document.addEventListener('securitypolicyviolation', (event) => {
      refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return async () => complaints.concat(await page.evaluate(() => (window as unknown as { refused: string[] }).refused));
}

test('no page violates its own policy', async ({ newVisitor }) => {
  const host = await newVisitor();
  const offencesOfHost = await watchPolicy(host);
  const code = await createRoom(host, 'Ada');
  await isHydrated(host);
  expect(await offencesOfHost()).toEqual([]);
  const page = await newVisitor();
  const offences = await watchPolicy(page);
  for (const path of ['/', '/login', '/about', '/privacy', '/dev/components', `/room/${code}`, `/room/${UNKNOWN_CODE}`]) {
    await page.goto(path);
    await isHydrated(page);
    expect(await offences(), path).toEqual([]);
  }
});

test('sound works under the policy, and nothing is refused', async ({ tabHost, newVisitor }) => {
  const listener = await newVisitor();
  const offences = [await watchPolicy(tabHost), await watchPolicy(listener)];
  const code = await createRoom(tabHost, 'Ada');
  await shareTab(tabHost);
  await listen(listener, code);
  await showsState(listener, 'listening');
  await hear(listener, TAB_TONE_HZ);
  for (const offencesOf of offences) expect(await offencesOf()).toEqual([]);
});

test('every response has its own nonce, and scripts without it do not run', async ({ newVisitor, server }) => {
  const page = await newVisitor();
  const policies = [await page.goto('/'), await page.goto('/')].map((answer) => answer?.headers()['content-security-policy']);
  expect(policies[0]).toContain("script-src 'self' 'nonce-");
  expect(policies[0]).not.toContain('unsafe-inline');
  expect(policies[0]).not.toBe(policies[1]);

  const refused = await page.evaluate(async () => {
    const violation = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective)),
    );
    const script = document.createElement('script');
    script.textContent = 'document.title = "injected"';
    document.body.append(script);
    return violation;
  });
  expect(refused).toBe('script-src-elem');
  await expect(page).not.toHaveTitle('injected');

  const frame = await newVisitor();
  const complaint = frame.waitForEvent('console', (message) => message.text().includes("frame-ancestors 'none'"));
  await frame.setContent(`<iframe src="${server.url}/"></iframe>`);
  await complaint;
  await expect(frame.frameLocator('iframe').locator('main')).toHaveCount(0);
});
