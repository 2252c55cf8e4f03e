// A lounge's page for everybody: axe, keyboard, widths; and pictures of it for people to look at: target/screenshots.
import { join } from 'node:path';

import { expect, test, type Page } from '../fixtures';
import { fitsEveryWidth, passesAxe, tabTo } from '../accessibility';
import { target } from '../build_target.mjs';
import { act, comeIn, field, isIn, log, messageOf, openLounge, say, write } from '../lounge_actions';
import { button, isHydrated } from '../page_actions';

/** A lounge in which several people have talked. */
async function talk(ada: Page, grace: Page, name = 'Engine room'): Promise<string> {
  const code = await openLounge(ada, 'Ada Lovelace', name);
  await comeIn(grace, code, '王小明');
  await say(ada, 'Good morning! The notes are at https://notes.example/engine');
  await say(ada, 'Who brings the punched cards?');
  await act(grace, 'punched cards', 'React with ❤️');
  await act(grace, 'punched cards', 'Reply');
  await write(grace, '我来带。 @Ada Lovelace, also the long ones:\n  - Bernoulli\n  - the rest');
  await expect(messageOf(ada, 'also the long ones').getByRole('listitem')).toHaveText(['Bernoulli', 'the rest']);
  await say(grace, '🎉');
  await act(ada, 'Good morning', 'Pin');
  return code;
}

test('a lounge is accessible in each of its states', async ({ newVisitor }) => {
  test.slow();
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await talk(ada, grace);
  const outside = await newVisitor();
  await outside.goto(`/lounge/${code}`);
  await isHydrated(outside);
  await passesAxe(outside);
  await fitsEveryWidth(outside);
  await passesAxe(ada);
  await fitsEveryWidth(ada);
  await button(ada, 'Emoji').click();
  await expect(ada.locator('[data-emoji]').nth(20)).toBeVisible();
  await passesAxe(ada);
  await fitsEveryWidth(ada);
  await ada.keyboard.press('Escape');
  await ada.setViewportSize({ width: 390, height: 844 });
  for (const name of ['Your lounges', 'Members and settings']) {
    await button(ada, name).click();
    await passesAxe(ada, [390]);
    await button(ada, 'Close').first().click();
  }
  await ada.setViewportSize({ width: 1280, height: 844 });
  await button(ada, 'Invite').click();
  await expect(ada.getByRole('dialog').getByRole('img', { name: /QR code/ })).toBeVisible();
  await passesAxe(ada);
});

test('a lounge can be used without a mouse', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await expect(field(ada)).toBeFocused();
  await grace.goto(`/lounge/${code}`);
  await isHydrated(grace);
  await expect(grace.getByLabel('Your name in this lounge')).toBeFocused();
  await grace.getByLabel('Your name in this lounge').fill('Grace');
  await grace.keyboard.press('Enter');
  await isIn(grace);
  await say(ada, 'one');
  await say(ada, 'two');
  await tabTo(grace, log(grace), 'Shift+Tab');
  await grace.keyboard.press('ArrowUp');
  await expect(messageOf(grace, 'two')).toBeFocused();
  await grace.keyboard.press('ArrowUp');
  await expect(messageOf(grace, 'one')).toBeFocused();
  await grace.keyboard.press('Enter');
  const actions = grace.getByRole('dialog', { name: 'Actions' });
  await expect(actions.getByRole('button').first()).toBeFocused();
  await tabTo(grace, actions.getByRole('button', { name: 'Reply' }));
  await grace.keyboard.press('Enter');
  await expect(field(grace)).toBeFocused();
  await grace.keyboard.type('three');
  await grace.keyboard.press('Enter');
  await expect(messageOf(ada, 'three').locator('.quote')).toContainText('one');
});

test('a screen reader is told of each new message of others once', async ({ newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await openLounge(ada, 'Ada');
  await say(ada, 'before');
  await comeIn(grace, code, 'Grace');
  await expect(messageOf(grace, 'before')).toHaveCount(1);
  await expect(grace.getByTestId('announced')).toHaveText('');
  await say(ada, 'hello');
  await expect(grace.getByTestId('announced')).toHaveText('Ada: hello');
  await say(grace, 'own');
  await expect(grace.getByTestId('announced')).toHaveText('Ada: hello');
});

test('screenshots of a lounge', async ({ newVisitor }) => {
  test.slow();
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  const code = await talk(ada, grace);
  const outside = await newVisitor();
  for (const language of ['zh-Hans', 'de', 'en']) {
    for (const [page, name] of [[ada, 'lounge'], [outside, 'lounge-outside']] as const) {
      await page.context().addCookies([{ name: 'heartogether.language', value: language, url: ada.url() }]);
      await page.goto(`/lounge/${code}`);
      await (name === 'lounge' ? isIn(page) : isHydrated(page));
      for (const width of [320, 390, 1280]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: width === 1280 ? 800 : 844 });
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.screenshot({ path: join(target, 'screenshots', `${name}-${language}-${width}-${colorScheme}.png`) });
        }
      }
    }
  }
  await ada.setViewportSize({ width: 390, height: 844 });
  for (const name of ['Your lounges', 'Members and settings']) {
    await button(ada, name).click();
    await expect(ada.locator('.sheet-veil')).toBeVisible();
    await ada.screenshot({ path: join(target, 'screenshots', `lounge-sheet-${name.replaceAll(' ', '-')}.png`) });
    await button(ada, 'Close').first().click();
  }
  await button(ada, 'Emoji').click();
  await expect(ada.locator('[data-emoji]').nth(20)).toBeVisible();
  await ada.screenshot({ path: join(target, 'screenshots', 'lounge-emoji-390.png') });
});
