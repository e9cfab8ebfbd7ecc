import { expect, test } from '../support/fixtures.ts';
import { faults } from '../support/axe.ts';
import type { Visitor } from '../support/visitor.ts';

async function isSound({ page }: Visitor, name: string): Promise<void> {
  expect(await faults(page), name).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds nothing on the pages for a stranger', async ({ visitor, complaints }) => {
      complaints.expect(/status of 404 .*\/no\/such\/page/);
      complaints.expect(/status of 400 .*\/auth\/callback/);
      for (const path of ['/', '/?return_to=%2Faccount', '/logged-out', '/no/such/page', '/auth/callback?state=a.b&code=c']) {
        await visitor.goto(path);
        await isSound(visitor, path);
      }
    });

    test('axe finds nothing on the pages for somebody signed in, with each dialog, and after it', async ({ visitor }) => {
      await visitor.page.clock.install();
      await visitor.signIn();
      await isSound(visitor, '/account');
      await visitor.goto('/sessions');
      await visitor.main.getByText('Sign out everywhere', { exact: true }).click();
      await isSound(visitor, '/sessions');
      await visitor.goto('/logged-out');
      await isSound(visitor, '/logged-out, still signed in');
      const listens = visitor.listens();
      await visitor.goto('/');
      await visitor.isLive();
      // Else the page asks the server after the jump of its clock, and is put right.
      await listens;
      await visitor.main.getByText('Other ways to sign out').click();
      await isSound(visitor, '/');

      await visitor.page.clock.fastForward('25:10');
      await visitor.page.clock.runFor(2000);
      await expect(visitor.page.getByRole('alertdialog')).toBeVisible();
      await isSound(visitor, 'the warning');
      await visitor.page.keyboard.press('Escape');

      const other = await visitor.inAnotherTab();
      await other.goto('/account');
      await other.isLive();
      await other.signOutButton.click();
      await other.isAt('/logged-out');
      await isSound(other, 'the receipt');
      await visitor.page.clock.runFor(2000);
      await expect(visitor.page.getByRole('dialog')).toBeVisible();
      await isSound(visitor, 'the end');
    });
  });
}

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
