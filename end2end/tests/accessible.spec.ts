// What axe says of each page and state is asked where its picture is taken: `pages.spec.ts`, here and in the folders.

import { expect, test } from '../support/fixtures.ts';

test('with forced colours every button can be seen', async ({ visitor }) => {
  await visitor.page.emulateMedia({ forcedColors: 'active' });
  await visitor.signIn();
  for (const button of await visitor.main.getByRole('button').all()) {
    const border = await button.evaluate((element) => getComputedStyle(element).borderTopWidth);
    expect(Number.parseFloat(border), await button.textContent() ?? '').toBeGreaterThanOrEqual(1);
  }
});

test('written from right to left no page is wider than the window', async ({ visitor }) => {
  await visitor.page.setViewportSize({ width: 390, height: 844 });
  await visitor.signIn();
  for (const path of ['/', '/account', '/sessions', '/logged-out']) {
    await visitor.goto(path);
    const tooWide = await visitor.page.evaluate(() => {
      document.documentElement.dir = 'rtl';
      return document.documentElement.scrollWidth - document.documentElement.clientWidth;
    });
    expect(tooWide, path).toBeLessThanOrEqual(0);
  }
});

test('by keyboard alone one signs in, looks at the sessions and signs out', async ({ visitor }) => {
  const { page } = visitor;
  /** Tabs on until the element with this name has the focus, and presses it. */
  async function press(name: string | RegExp): Promise<void> {
    for (let steps = 0; steps < 40; steps += 1) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      if (typeof name === 'string' ? text === name : name.test(text)) {
        await page.keyboard.press('Enter');
        return;
      }
    }
    throw new Error(`no way to "${String(name)}" by keyboard`);
  }
  await visitor.goto('/account');
  await press('Sign in');
  await visitor.isAtProvider();
  await press(/Ada Example/);
  // The way in that the keyboard comes to first, at the head of the page, leads back to the first page.
  await visitor.isAt('/');
  await visitor.isLive();
  await press('Your account');
  await visitor.isAt('/account');
  await visitor.isLive();
  await press('All your sessions in this app');
  await visitor.isAt('/sessions');
  await press('Sign out');
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
});
