// Messages with Markdown, formulas, code and diagrams: the server draws them, and no script is sent for it.
import { expect, test, type Page } from '../fixtures';
import { act, comeIn, field, isIn, messages, openLounge, write } from '../lounge_actions';
import { button, pasted } from '../page_actions';

/** The words of the last message, once the room has it. */
async function last(page: Page) {
  const message = messages(page).last();
  await expect(message).toHaveAttribute('data-state', 'kept');
  return message.locator('.words');
}

/** What the page's policy keeps out from now on. */
async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const kept: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => kept.push(`${event.violatedDirective}: ${event.blockedURI}`));
    Object.assign(globalThis, { kept });
  });
  return () => page.evaluate(() => (globalThis as unknown as { kept: string[] }).kept);
}

const MARKDOWN = `# Heading

**bold** and *slanted*, \`code\`

- one
- two

1. first

> quoted

| a | b |
| - | -: |
| 1 | 2 |

see [the page](https://a.example/x) and @Grace`;

test('Markdown is drawn for everybody, and again after a reload', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  const kept = await watchPolicy(grace);
  await write(ada, MARKDOWN);
  for (const page of [ada, grace]) {
    const words = await last(page);
    await expect(words.locator('h3')).toHaveText('Heading');
    await expect(words.locator('strong')).toHaveText('bold');
    await expect(words.locator('em')).toHaveText('slanted');
    await expect(words.locator('p > code')).toHaveText('code');
    await expect(words.locator('ul > li')).toHaveText(['one', 'two']);
    await expect(words.locator('ol > li')).toHaveText(['first']);
    await expect(words.locator('blockquote')).toHaveText('quoted');
    await expect(words.locator('td')).toHaveText(['1', '2']);
    const link = words.getByRole('link');
    await expect(link).toHaveAttribute('href', 'https://a.example/x');
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow ugc');
    await expect(link).toHaveAttribute('target', '_blank');
    await expect(words.locator('.mention')).toHaveText('@Grace');
  }
  await expect(grace.locator('.mention[data-oneself]')).toHaveText('@Grace');
  await expect(ada.locator('.mention[data-oneself]')).toHaveCount(0);
  const disc = await (await last(grace)).locator('li').first().evaluate((item) => getComputedStyle(item).listStyleType);
  expect(disc).toBe('disc');
  expect(await kept()).toEqual([]);
  await grace.reload();
  await isIn(grace);
  await expect((await last(grace)).locator('strong')).toHaveText('bold');
});

test('an own message shows its text until the room has it', async ({ newVisitor }) => {
  const ada = await newVisitor();
  await openLounge(ada, 'Ada');
  await ada.context().setOffline(true);
  await ada.evaluate(() => dispatchEvent(new Event('offline')));
  await write(ada, '**soon**');
  await expect(messages(ada).last().locator('.words')).toHaveText('**soon**');
  await ada.context().setOffline(false);
  await ada.evaluate(() => dispatchEvent(new Event('online')));
  await expect((await last(ada)).locator('strong')).toHaveText('soon');
});

test('code has its language and colours, is copied, and wraps its lines on demand', async ({ newVisitor }) => {
  const ada = await newVisitor();
  await openLounge(ada, 'Ada');
  const source = `fn main() { let text = "${'long '.repeat(60)}"; }`;
  await write(ada, `\`\`\`rust\n${source}\n\`\`\``);
  const words = await last(ada);
  await expect(words.locator('.code-bar > span')).toHaveText('Rust');
  await expect(words.locator('.hl-keyword').first()).toHaveText('fn');
  const [ink, keyword] = await Promise.all(
    ['.code-block', '.hl-keyword'].map((name) => words.locator(name).first().evaluate((part) => getComputedStyle(part).color)),
  );
  expect(keyword).not.toBe(ink);
  await words.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(ada.getByText('Copied', { exact: true })).toBeVisible();
  expect((await pasted(ada)).trimEnd()).toBe(source);
  const block = words.locator('.code-block');
  const isWide = () => block.evaluate((block) => block.scrollWidth > block.clientWidth);
  expect(await isWide()).toBe(true);
  const wrap = words.getByRole('button', { name: 'Wrap', exact: true });
  await wrap.click();
  await expect(wrap).toHaveAttribute('aria-pressed', 'true');
  expect(await isWide()).toBe(false);
  const [log, page] = await ada.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [document.querySelector('.log')!.scrollWidth - document.querySelector('.log')!.clientWidth, scrollWidth - clientWidth];
  });
  expect([log, page]).toEqual([0, 0]);
});

test('formulas are MathML', async ({ newVisitor }) => {
  const ada = await newVisitor();
  await openLounge(ada, 'Ada');
  const kept = await watchPolicy(ada);
  await write(ada, 'from $\\frac{a}{b}$ to\n\n$$\\sum_{i=1}^n i = \\cancel{x}$$');
  const words = await last(ada);
  await expect(words.locator('math')).toHaveCount(2);
  await expect(words.locator('mfrac')).toHaveCount(1);
  await expect(words.locator('math[display="block"]')).toHaveCount(1);
  const heights = await words.locator('mfrac').evaluate((fraction) => [...fraction.children].map((part) => part.getBoundingClientRect().top));
  expect(heights[0]).toBeLessThan(heights[1]!);
  expect(await kept()).toEqual([]);
});

test('a diagram is a picture in the colours of the theme, and takes its place before it is there', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor({ colorScheme: 'dark' })];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  const keeps = await Promise.all([ada, grace].map(watchPolicy));
  await write(ada, '```mermaid\ngraph TD\nA[Start] --> B[End]\n```');
  const addresses: string[] = [];
  for (const [page, theme] of [[ada, 'light'], [grace, 'dark']] as const) {
    const picture = (await last(page)).getByRole('img');
    await expect(picture).toHaveCount(1);
    await expect(picture).toHaveAttribute('src', new RegExp(`/lounge/${code}/diagrams/1-0-0-${theme}\\.svg$`));
    await expect(picture).toHaveAccessibleName(/graph TD\s+A\[Start\] --> B\[End\]/);
    await expect.poll(() => picture.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBeGreaterThan(0);
    const [width, height, natural] = await picture.evaluate((picture: HTMLImageElement) => [
      Number(picture.getAttribute('width')), Number(picture.getAttribute('height')), picture.naturalWidth / picture.naturalHeight,
    ]);
    expect(width / height).toBeCloseTo(natural, 1);
    addresses.push((await picture.getAttribute('src'))!);
  }
  for (const kept of keeps) expect(await kept()).toEqual([]);
  const linus = await newVisitor();
  await openLounge(linus, 'Linus');
  for (const address of addresses) {
    expect((await ada.request.get(address)).status()).toBe(200);
    expect((await linus.request.get(address)).status()).toBe(403);
  }
});

test('raw HTML is text, and what is hostile does nothing', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  const kept = await watchPolicy(grace);
  const hostile = [
    '**b** <img src=x onerror="document.title = 1"> <script>document.title = 1</script>',
    '[a](javascript:document.title=1) <a href="javascript:1">x</a>',
    '```mermaid\ngraph TD\nA["<img src=x onerror=alert(1)>"] --> B\nclick A "javascript:alert(1)"\n```',
  ];
  for (const said of hostile) {
    await write(ada, said);
    await last(ada);
  }
  await expect(messages(grace)).toHaveCount(hostile.length);
  const first = messages(grace).first().locator('.words');
  await expect(first).toHaveText('b <img src=x onerror="document.title = 1"> <script>document.title = 1</script>');
  await expect(first.locator('strong')).toHaveText('b');
  await expect(grace.locator('.words :is(script, a[href^="javascript"], img:not(.diagram > img))')).toHaveCount(0);
  expect(await kept()).toEqual([]);
  await expect(grace).not.toHaveTitle('1');
});

test('an edit is drawn anew, and a deleted message takes its markup along', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  await write(ada, '**one**');
  await expect((await last(grace)).locator('strong')).toHaveText('one');
  await act(ada, 'one', 'Edit');
  await expect(field(ada)).toHaveValue('**one**');
  await field(ada).fill('*two*');
  await field(ada).press('Enter');
  for (const page of [ada, grace]) {
    await expect((await last(page)).locator('em')).toHaveText('two');
    await expect((await last(page)).locator('strong')).toHaveCount(0);
  }
  await act(ada, 'two', 'Reply');
  await expect(ada.locator('.composer-mode-text')).toHaveText('two');
  await button(ada, 'Cancel').click();
  await act(ada, 'two', 'Delete');
  await ada.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(grace.locator('.words em')).toHaveCount(0);
});

test('a text can be seen as a message before it is sent, by who writes it alone', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await comeIn(grace, code, 'Grace');
  const preview = ada.getByTestId('preview');
  await button(ada, 'Preview').click();
  await expect(preview).toHaveText('Nothing is written yet.');
  await field(ada).fill('**bold** for @grace');
  await expect(preview.locator('strong')).toHaveText('bold');
  await expect(preview.locator('.mention')).toHaveText('@grace');
  await field(ada).fill('```mermaid\ngraph TD\nA --> B\n```');
  await expect(preview.locator('.code-block')).toContainText('A --> B');
  await field(ada).fill('plain');
  await expect(preview).toHaveText('plain');
  await expect(messages(grace)).toHaveCount(0);
  await field(ada).press('Enter');
  await expect(messages(grace)).toHaveCount(1);
  await expect(preview).toHaveText('Nothing is written yet.');
  await button(ada, 'Preview').click();
  await expect(preview).toHaveCount(0);
});

/** Pastes as a browser does after a copy in another program. Returns whether the browser is to paste by itself. */
const paste = (page: Page, html: string, plain: string) =>
  field(page).evaluate((field, [html, plain]) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', html!);
    clipboardData.setData('text/plain', plain!);
    return field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, [html, plain] as const);

test('rich text is pasted as Markdown where the cursor is', async ({ newVisitor }) => {
  const ada = await newVisitor();
  await openLounge(ada, 'Ada');
  await field(ada).fill('before after');
  await field(ada).evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(7, 7));
  const html = '<meta charset="utf-8"><b style="font-weight: normal"><p>see <a href="https://a.example/x">the <i>page</i></a></p>' +
    '<ul><li>one</li><li><strong>two</strong><img src="https://a.example/x.png" alt="a cat" onerror="document.title = 1"></li></ul></b>';
  expect(await paste(ada, html, 'see the page')).toBe(false);
  await expect(field(ada)).toHaveValue('before see [the *page*](https://a.example/x)\n\n- one\n- **two**a catafter');
  await expect(ada).not.toHaveTitle('1');
  expect(await paste(ada, '<meta charset="utf-8"><span>only text</span>', 'only text')).toBe(true);
});
