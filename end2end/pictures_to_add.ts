// Pictures to add to messages, drawn by the browser that adds them.
import { type Page } from '@playwright/test';

export interface Picture {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture of one colour with a diagonal, as a browser encodes it. */
export async function picture(page: Page, name: string, width = 320, height = 200, type = 'image/png', colour = '#267'): Promise<Picture> {
  const base64 = await page.evaluate(async ([width, height, type, colour]) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.fillStyle = colour;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = 'white';
    context.lineWidth = 8;
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(width, height);
    context.stroke();
    const blob = await canvas.convertToBlob({ type });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, [width, height, type, colour] as const);
  return { name, mimeType: type, buffer: Buffer.from(base64, 'base64') };
}

/** Gives files to the page as a paste or a drop does, with a text if there is one. */
export async function bring(page: Page, selector: string, kind: 'paste' | 'drop', files: Picture[], text = ''): Promise<void> {
  const described = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await page.locator(selector).evaluate((element, { kind, described, text }) => {
    const brought = new DataTransfer();
    for (const { name, mimeType, base64 } of described) {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      brought.items.add(new File([bytes], name, { type: mimeType }));
    }
    if (text) brought.setData('text/plain', text);
    const options = { bubbles: true, cancelable: true };
    if (kind === 'paste') {
      element.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: brought }));
      return;
    }
    for (const step of ['dragenter', 'dragover', 'drop']) element.dispatchEvent(new DragEvent(step, { ...options, dataTransfer: brought }));
  }, { kind, described, text });
}
