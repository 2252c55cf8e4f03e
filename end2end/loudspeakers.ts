// Loudspeakers as a browser with several names them, some of which can be unplugged.
import type { Page } from '@playwright/test';

type Plugging = Window & { plug: (id: string, isIn: boolean) => void };

/** From the next page on, there are a headset and a desk's loudspeaker. */
export async function nameLoudspeakers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const outputs = [
      { kind: 'audiooutput', deviceId: 'headset', label: 'Headset' },
      { kind: 'audiooutput', deviceId: 'desk', label: 'Desk' },
    ];
    let plugged = outputs;
    navigator.mediaDevices.enumerateDevices = async () => plugged as unknown as MediaDeviceInfo[];
    const sinks = new WeakMap<HTMLMediaElement, string>();
    Object.defineProperty(HTMLMediaElement.prototype, 'sinkId', {
      get(this: HTMLMediaElement) {
        return sinks.get(this) ?? '';
      },
    });
    HTMLMediaElement.prototype.setSinkId = async function (id: string) {
      if (id && !plugged.some(({ deviceId }) => deviceId === id)) throw new DOMException('gone', 'NotFoundError');
      sinks.set(this, id);
    };
    Object.assign(window, {
      plug: (id: string, isIn: boolean) => {
        plugged = outputs.filter(({ deviceId }) => isIn || deviceId !== id);
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      },
    });
  });
}

/** Plugs one in, or out. */
export const plugIn = (page: Page, id: string, isIn: boolean): Promise<void> =>
  page.evaluate(([id, isIn]) => (window as unknown as Plugging).plug(id, isIn), [id, isIn] as const);

/** The one on which the page plays; nothing for the system's own choice. */
export const loudspeakerOf = (page: Page): Promise<string> =>
  page.getByTestId('stream').evaluate((audio: HTMLAudioElement) => audio.sinkId);
