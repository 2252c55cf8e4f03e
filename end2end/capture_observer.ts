// Records what a page captures and answers, by a script that runs before the page's own.
import type { Page } from '@playwright/test';

export interface Captured {
  kind: 'getUserMedia' | 'getDisplayMedia';
  constraints: MediaStreamConstraints;
  stream: MediaStream;
}
export type Observed = Window & { captured: Captured[]; answers: number };

/** Keeps what the page captures and counts the offers that it answers: give it to `addInitScript`. */
export function observe(): void {
  const page = window as unknown as Observed;
  [page.captured, page.answers] = [[], 0];
  for (const kind of ['getUserMedia', 'getDisplayMedia'] as const) {
    const capture = MediaDevices.prototype[kind];
    MediaDevices.prototype[kind] = async function (constraints) {
      const stream = await capture.call(this, constraints);
      page.captured.push({ kind, constraints: constraints ?? {}, stream });
      return stream;
    };
  }
  RTCPeerConnection.prototype.createAnswer = new Proxy(RTCPeerConnection.prototype.createAnswer, {
    apply(createAnswer, connection, options) {
      page.answers += 1;
      return Reflect.apply(createAnswer, connection, options);
    },
  });
}

export const answers = (page: Page) => page.evaluate(() => (window as unknown as Observed).answers);

/** What the browser says of a source that goes away by itself. */
export const unplug = (page: Page) =>
  page.evaluate(() => {
    const { captured } = window as unknown as Observed;
    captured.at(-1)!.stream.getAudioTracks()[0]!.dispatchEvent(new Event('ended'));
  });
