import type { Locator, Page } from '@playwright/test';

import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

type Look = (dialog: Locator, name: string) => Promise<void>;

/** Both dialogs, one after the other: the warning, and that the session has ended. */
async function eachDialog(visitor: Visitor, look: Look): Promise<void> {
  const { page } = visitor;
  await page.clock.install();
  const listens = visitor.listens();
  await visitor.signIn();
  // Else the page asks the server after the jump of its clock, and is put right.
  await listens;
  await page.clock.runFor(1000);
  await page.clock.fastForward('25:10');
  await page.clock.runFor(2000);
  const warning = page.getByRole('alertdialog');
  await expect(warning).toBeVisible();
  await look(warning, 'the warning');
  await page.keyboard.press('Escape');
  await expect(warning).toBeHidden();

  const other = await visitor.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  await other.main.getByRole('button', { name: 'Sign out of this app only' }).click();
  await other.isAt('/logged-out');
  await page.clock.runFor(2000);
  const farewell = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(farewell).toBeVisible();
  await look(farewell, 'the end');
}

/** It stands in the window as a whole, nothing in it is cut off, and what has the focus can be seen to have it. */
async function isSeenWell(page: Page, dialog: Locator, name: string): Promise<void> {
  const { box, window, cut } = await dialog.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const within = [...element.querySelectorAll<HTMLElement>('h2, p:not(.exeunt-aloud), button, a')];
    const cut = within.filter((one) => {
      const own = one.getBoundingClientRect();
      return own.width > 0 && (own.left < left || own.right > right || one.scrollWidth > one.clientWidth + 1);
    });
    return {
      box: { left, top, right, bottom },
      window: { width: document.documentElement.clientWidth, height: innerHeight },
      cut: cut.map((one) => one.outerHTML),
    };
  });
  expect(box.left, name).toBeGreaterThanOrEqual(0);
  expect(box.top, name).toBeGreaterThanOrEqual(0);
  expect(box.right, name).toBeLessThanOrEqual(window.width);
  expect(box.bottom, name).toBeLessThanOrEqual(window.height);
  expect(cut, name).toEqual([]);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(tooWide, name).toBeLessThanOrEqual(0);

  const ways = await dialog.locator('button, a').count();
  expect(ways, name).toBeGreaterThan(1);
  for (let way = 0; way < ways; way += 1) {
    const focus = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
      const behind = getComputedStyle(element.closest('dialog') ?? document.body).backgroundColor;
      return {
        text: element.textContent,
        isWithin: element.closest('dialog[open]') !== null,
        isShown: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && outlineColor !== behind,
      };
    });
    expect(focus, name).toMatchObject({ isWithin: true, isShown: true });
    await page.keyboard.press('Tab');
  }
}

/** Whatever is or would be moved by a style: elements, with what goes before and after them. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const lasts = (durations: string): boolean => durations.split(',').some((one) => Number.parseFloat(one) > 0);
    return [...document.querySelectorAll('*')].flatMap((element) =>
      ['', '::before', '::after', '::backdrop'].flatMap((part) => {
        const style = getComputedStyle(element, part);
        const isAnimated = style.animationName !== 'none' && lasts(style.animationDuration);
        return isAnimated || lasts(style.transitionDuration) ? [`${element.tagName}.${element.className}${part}`] : [];
      }),
    );
  });
}

test.describe('whoever wants less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('sees none, on no page and in no dialog', async ({ visitor }) => {
    const { page } = visitor;
    for (const path of ['/', '/logged-out']) {
      await visitor.goto(path);
      expect(await moving(page), path).toEqual([]);
    }
    await eachDialog(visitor, async (_, name) => {
      expect(await moving(page), name).toEqual([]);
    });
  });
});

test.describe('whoever does not', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' } });

  test('sees buttons and dialogs move: else the test before this one would see nothing', async ({ visitor }) => {
    await eachDialog(visitor, async (dialog, name) => {
      const moved = await moving(visitor.page);
      expect(moved.some((one) => one.startsWith('BUTTON')), name).toBe(true);
      const own = await dialog.evaluate((element) => getComputedStyle(element).animationName);
      expect(own, name).not.toBe('none');
    });
  });
});

for (const [where, viewport] of [
  ['in a wide window', { width: 1280, height: 900 }],
  ['on a small phone', { width: 320, height: 568 }],
  ['on a phone laid across', { width: 568, height: 320 }],
] as const) {
  test.describe(where, () => {
    test.use({ viewport });

    test('the dialogs fit, and show the focus', ({ visitor }) =>
      eachDialog(visitor, (dialog, name) => isSeenWell(visitor.page, dialog, name)));

    test('with forced colours they have an edge too', async ({ visitor }) => {
      await visitor.page.emulateMedia({ forcedColors: 'active' });
      await eachDialog(visitor, async (dialog, name) => {
        await isSeenWell(visitor.page, dialog, name);
        const edges = await dialog.evaluate((element) =>
          [element, ...element.querySelectorAll('button, .button')].map((one) => {
            const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(one);
            return borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor;
          }),
        );
        expect(edges.length, name).toBeGreaterThan(2);
        expect(edges.every(Boolean), name).toBe(true);
      });
    });

    test('written from right to left they fit as well, and begin at the right', async ({ visitor }) => {
      await visitor.page.addInitScript(() => {
        addEventListener('DOMContentLoaded', () => {
          document.documentElement.dir = 'rtl';
        });
      });
      await eachDialog(visitor, async (dialog, name) => {
        await isSeenWell(visitor.page, dialog, name);
        const sides = await dialog.evaluate((element) => {
          const outer = element.getBoundingClientRect();
          const ways = [...element.querySelectorAll('.exeunt-dialog-ways :is(button, .button)')];
          const first = ways[0]?.getBoundingClientRect();
          return { atLeft: (first?.left ?? 0) - outer.left, atRight: outer.right - (first?.right ?? 0) };
        });
        expect(sides.atRight, name).toBeLessThanOrEqual(sides.atLeft);
      });
    });
  });
}
