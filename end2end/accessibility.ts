// Checks the accessibility of a page: axe, horizontal scrolling, the focus.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** The narrowest that WCAG asks for (1.4.10), a phone, a laptop at 200 % zoom, a laptop. */
const WIDTHS = [320, 390, 640, 1280];

/** Whether letters are as the browser has them, or twice as large as some people need them (WCAG, 1.4.4). */
const TEXT_SIZES = ['', '200%'];

/** Nothing on the page reaches beyond its edge, however narrow it is and however large its letters are. */
export async function fitsEveryWidth(page: Page): Promise<void> {
  const isTooWide = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth ? `${scrollWidth} > ${clientWidth}` : '';
    });
  const setTextSize = (size: string) => page.evaluate((size) => (document.documentElement.style.fontSize = size), size);
  for (const size of TEXT_SIZES) {
    await setTextSize(size);
    // Wider pages would have to be laid out as by a browser's own setting, which scales their breakpoints too.
    for (const width of size ? [640] : WIDTHS) {
      await page.setViewportSize({ width, height: 844 });
      expect(await isTooWide(), `scrolls sideways at ${width} px ${size}`).toBe('');
    }
  }
  await setTextSize('');
}

/** axe finds nothing, on a phone and on a laptop, in either theme. */
export async function passesAxe(page: Page, widths = [390, 1280]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, `${colorScheme}, ${width} px`).toEqual([]);
    }
  }
}

/** Goes from control to control until this one has the focus, as people without a mouse do. */
export async function tabTo(page: Page, control: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(control).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not reach ${String(control)}`);
}

/** Something has the focus: it was not lost with what was pressed. */
export async function keepsFocus(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
}
