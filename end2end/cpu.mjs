// Measures the CPU time of a browser.

/** @typedef {import('@playwright/test').Browser} Browser */

/** Seconds of CPU that all processes of a browser have taken together so far. @param {Browser} browser */
export async function cpuSeconds(browser) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/**
 * What a browser takes while nothing is done to it, in CPU seconds a minute.
 * @param {Browser} browser
 * @param {number} seconds How long to measure.
 */
export async function cpuSecondsAMinute(browser, seconds) {
  const [before, beganAt] = [await cpuSeconds(browser), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const [after, endedAt] = [await cpuSeconds(browser), performance.now()];
  return ((after - before) * 60_000) / (endedAt - beganAt);
}
