// Keeps a page's code back.
import type { Page } from '@playwright/test';

/** All WebAssembly. */
export const ALL_CODE = /\/pkg\/.*\.wasm/;
/** The style of all pages, on a visit that is not the first. */
export const STYLE = /\/pkg\/.*\.css/;
/** The code that draws a listener's page. */
export const DRAWING = /\/pkg\/piece_(frame|pages|hearing|broadcast|shared|dialogs|listen)\./;
/** The code that draws a host's page. */
export const HOST_DRAWING = /\/pkg\/piece_(frame|pages|hearing|broadcast|shared|dialogs|host)\./;

/** Keeps these files of a page's code back until the returned function is called. */
export async function holdCode(page: Page, files = ALL_CODE): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(files, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Lets each of these files of a page's code come that much later. */
export async function delayCode(page: Page, files: RegExp, ms: number): Promise<void> {
  await page.route(files, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await route.continue();
  });
}
