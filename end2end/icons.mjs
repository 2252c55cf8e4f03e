// Draws the icons of the installed app from public/favicon.svg, into the same folder.
import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { listening } from './chromium.mjs';

const folder = fileURLToPath(new URL('../public/', import.meta.url));
const rounded = readFileSync(`${folder}favicon.svg`, 'utf8');
// Systems cut these to their own shapes, so the ground fills the whole square.
const whole = replaced(rounded, / rx="\d+"/, '');
// Of a maskable icon they may keep no more than a circle of four fifths of its width (Web Application Manifest, section "Icon
// masks and safe zone").
const maskable = replaced(whole, '<g ', '<g transform="translate(2.4 2.4) scale(0.85)" ');

const ICONS = [
  { file: 'icon-192.png', size: 192, svg: rounded },
  { file: 'icon-512.png', size: 512, svg: rounded },
  { file: 'icon-maskable-192.png', size: 192, svg: maskable },
  { file: 'icon-maskable-512.png', size: 512, svg: maskable },
  { file: 'apple-touch-icon.png', size: 180, svg: whole },
];

/** Fails where there is nothing to replace. @param {string} text @param {string | RegExp} what @param {string} by */
function replaced(text, what, by) {
  const other = text.replace(what, by);
  if (other === text) throw new Error(`favicon.svg has no ${what}`);
  return other;
}

const browser = await chromium.launch(listening);
try {
  for (const { file, size, svg } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`);
    await page.screenshot({ path: folder + file, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
