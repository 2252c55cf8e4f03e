// The actions of people who share sound in a lounge, or listen there.
import { expect, type Locator, type Page } from '@playwright/test';

import { button } from './page_actions';

/** The bar that says who shares. */
export const bar = (page: Page): Locator => page.getByTestId('sound');

/** Shares the tab that sounds, or the microphone that hums. */
export async function share(page: Page, source: 'Share a tab or system audio' | 'Use a microphone'): Promise<void> {
  await button(page, 'Let others hear').click();
  await button(page, source).click();
  await isShared(page);
}

/** The page shares. */
export async function isShared(page: Page): Promise<void> {
  await expect(bar(page)).toHaveAttribute('data-stage', 'own');
  await expect(bar(page)).toContainText('The others can hear you');
}

/** Listens with one tap. */
export async function tapListen(page: Page): Promise<void> {
  await button(page, 'Listen').click();
  await isHearing(page);
}

/** The page plays what is shared. */
export async function isHearing(page: Page): Promise<void> {
  await expect(page.getByTestId('sound-line')).toHaveAttribute('data-listening', 'listening');
}

type Counting = Window & { peersMade: number };

/** Counts the peer connections that the page makes: give it to `addInitScript`. */
export function countPeers(): void {
  const page = window as unknown as Counting;
  page.peersMade = 0;
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(target, args, newTarget) {
      page.peersMade += 1;
      return Reflect.construct(target, args, newTarget);
    },
  });
}

export const peersMade = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as Counting).peersMade);
