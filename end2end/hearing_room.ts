// A room in which a listener hears the host.
import { TAB_TONE_HZ, type Page } from './fixtures';
import { createRoom, listen, shareTab } from './page_actions';
import { hear } from './tone_detection';

/** A room in which a tab sounds, and somebody who hears it. */
export async function hearing(host: Page, listener: Page): Promise<string> {
  const code = await createRoom(host, 'Ada');
  await shareTab(host);
  await listen(listener, code);
  await hear(listener, TAB_TONE_HZ);
  return code;
}

