// Notifications of the system, as the site's service worker shows them.
import type { Page } from '@playwright/test';

import { hasWorker } from './page_actions';

/** Options of a visitor whose browser allows them. */
export const ALLOWED = { permissions: ['notifications'] };

/** Wants them. The worker is there. */
export async function notifyMe(page: Page): Promise<void> {
  await hasWorker(page);
  await page.getByRole('switch', { name: 'Notify me of replies and mentions' }).click();
}

/** What the worker shows. */
export const shown = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`);
  });

/**
 * Presses the notification, as the system tells the worker of it. Returns what the worker does then, which browsers let it do only after a
 * real press.
 */
export const press = (page: Page): Promise<string[]> =>
  page.context().serviceWorkers()[0]!.evaluate(async () => {
    const worker = self as any;
    const done: string[] = [];
    worker.WindowClient.prototype.focus = () => Promise.resolve(void done.push('focus'));
    worker.Clients.prototype.openWindow = (page: string) => Promise.resolve(void done.push(`open ${page}`));
    const [notification] = await worker.registration.getNotifications();
    const event = new worker.NotificationEvent('notificationclick', { notification });
    let answered: Promise<unknown> | undefined;
    event.waitUntil = (promise: Promise<unknown>) => (answered = promise);
    worker.dispatchEvent(event);
    await answered;
    return done;
  });

/** Holds back what a page shows until it is released, and counts how often the page has asked for it, and how often it was shown. */
export async function holdNotifications(page: Page) {
  await page.evaluate(() => {
    const counts = { asked: 0, shown: 0, release: () => {} };
    const released = new Promise<void>((release) => (counts.release = release));
    (window as any).notificationCounts = counts;
    const { prototype } = ServiceWorkerRegistration;
    const { showNotification } = prototype;
    prototype.showNotification = async function (...given) {
      counts.asked++;
      await released;
      await showNotification.apply(this, given);
      counts.shown++;
    };
  });
  const count = (name: 'asked' | 'shown') => () => page.evaluate((name): number => (window as any).notificationCounts[name], name);
  const release = () => page.evaluate(() => (window as any).notificationCounts.release());
  return { asked: count('asked'), shown: count('shown'), release };
}
