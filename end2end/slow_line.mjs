// A slow line and a slow device, by Chromium's own throttling.

/** 150 ms round trip, 1.6 Mbit/s; in bytes a second. It slows WebSockets and peer connections, too. */
export const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 1_600_000 / 8 };
/** How many times slower the processor is. */
export const SLOWER_CPU = 4;

/** Puts a page on a slow line and a slow device. @param {import('@playwright/test').Page} page */
export async function slowDown(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', LINE);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_CPU });
}
