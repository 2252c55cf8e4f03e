// Imitates a browser's translator and an extension on a page.
import type { Page } from '@playwright/test';

/** How a translated text reads: `translated('Mute')`. */
export const translated = (text: string): string => `‹${text}›`;

/**
 * Translates a page as Chromium does: each text is replaced by two nested <font> elements, one of several sentences by a pair
 * for each, and so is what appears or changes later.
 */
export async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const isLeftAlone = (text: Text) =>
      !text.data.trim() || text.parentElement!.closest('[translate=no], font, script, style, noscript, textarea');
    const put = (text: Text) => {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = `‹${text.data.trim()}›`;
      outer.append(inner);
      text.replaceWith(outer);
    };
    const replace = (text: Text) => {
      if (!text.isConnected || isLeftAlone(text)) return;
      const end = text.data.indexOf('. ');
      if (end > 0) replace(text.splitText(end + 2));
      put(text);
    };
    const texts = (root: Node): Text[] => {
      if (root.nodeType === Node.TEXT_NODE) return [root as Text];
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const found: Text[] = [];
      while (walker.nextNode()) found.push(walker.currentNode as Text);
      return found;
    };
    texts(document.body).forEach(replace);
    document.documentElement.lang = 'de';
    document.documentElement.classList.add('translated-ltr');
    new MutationObserver((records) => {
      const changed = records.flatMap(({ type, target, addedNodes }) => (type === 'characterData' ? [target] : [...addedNodes]));
      changed.flatMap(texts).forEach(replace);
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

/** Changes a page as extensions do: elements everywhere, and attributes on what is around it. */
export async function extend(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.setAttribute('data-extension', '1');
    document.body.setAttribute('cz-shortcut-listen', 'true');
    const surface = document.createElement('div');
    surface.id = 'extension';
    surface.textContent = 'An extension';
    document.body.prepend(surface);
    for (const element of document.querySelectorAll('main, main h1, main section, main p, header, footer, label')) {
      element.prepend(document.createElement('span'));
      element.append(document.createElement('extension-mark'));
    }
  });
}
