import type { Locator, Page } from '@playwright/test';

import { ADA } from '../oidc-provider/people.ts';
import { expect, test } from '../support/fixtures.ts';

function warning(page: Page): Locator {
  return page.getByRole('alertdialog', { name: 'Your session ends soon' });
}

test.describe('with an idle time of 30 minutes', () => {
  test.beforeEach(async ({ visitor }) => {
    await visitor.page.clock.install();
    const listens = visitor.listens();
    await visitor.signIn();
    // Else the page asks the server after the jump of its clock, and is put right.
    await listens;
    // The page's own scripts count from here; the server goes on in real time.
    await visitor.page.clock.runFor(1000);
  });

  test('it warns five minutes before the end, and staying signed in puts it away', async ({ visitor, app }) => {
    const { page } = visitor;
    await page.clock.fastForward('24:00');
    await page.clock.runFor(2000);
    await expect(warning(page)).toBeHidden();
    await page.clock.fastForward('01:10');
    await page.clock.runFor(2000);
    await expect(warning(page)).toBeVisible();
    await expect(warning(page)).toContainText(/It ends in [43]\sminutes/);
    const extended = page.waitForResponse(app.at('/api/auth/extend'));
    await warning(page).getByRole('button', { name: 'Stay signed in' }).click();
    expect((await extended).status()).toBe(200);
    await page.clock.runFor(1000);
    await expect(warning(page)).toBeHidden();
    await expect(visitor.main).toContainText(ADA.email);
  });

  test('put away, it warns once more a minute before the end', async ({ visitor }) => {
    const { page } = visitor;
    await page.clock.fastForward('25:10');
    await page.clock.runFor(2000);
    await warning(page).getByRole('button', { name: 'Close' }).click();
    await expect(warning(page)).toBeHidden();
    await page.clock.runFor(10_000);
    await expect(warning(page)).toBeHidden();
    await page.clock.fastForward('03:50');
    await page.clock.runFor(2000);
    await expect(warning(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(warning(page)).toBeHidden();
    await page.clock.runFor(10_000);
    await expect(warning(page), 'there is no third').toBeHidden();
  });

  test('one can sign out in it, by keyboard alone', async ({ visitor }) => {
    const { page } = visitor;
    await page.clock.fastForward('25:10');
    await page.clock.runFor(2000);
    await expect(warning(page).getByRole('button', { name: 'Stay signed in' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(warning(page).getByRole('button', { name: 'Sign out' })).toBeFocused();
    await page.keyboard.press('Enter');
    await visitor.isAt('/logged-out');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
  });

  test('if the server cannot be reached it says so and stays', async ({ visitor, complaints }) => {
    complaints.expect(/net::ERR_FAILED/);
    const { page } = visitor;
    await page.route('**/api/auth/extend', (route) => route.abort());
    await page.clock.fastForward('25:10');
    await page.clock.runFor(2000);
    await warning(page).getByRole('button', { name: 'Stay signed in' }).click();
    await expect(warning(page).getByRole('alert')).toHaveText('That did not work just now. Please try again.');
    await expect(warning(page)).toBeVisible();
  });

  test('screen readers hear the time at sensible steps, not each second', async ({ visitor }) => {
    const { page } = visitor;
    await page.clock.fastForward('25:00');
    await page.clock.runFor(2000);
    const spoken = warning(page).getByRole('status');
    const first = await spoken.textContent();
    expect(first).toMatch(/5\sminutes/);
    await page.clock.runFor(20_000);
    expect(await spoken.textContent()).toBe(first);
    await page.clock.runFor(60_000);
    expect(await spoken.textContent()).toMatch(/4\sminutes/);
  });
});

test('one warning for all tabs: put away in one, it is away in the other', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  await visitor.page.clock.install();
  await visitor.signIn();
  const other = await visitor.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  // The server's clock does not jump with the browser's: an answer of it would set the page's right again.
  await visitor.context.route('**/api/auth/current-session*', (route) => route.abort());
  // One clock for the whole browser.
  await visitor.page.clock.fastForward('25:10');
  await visitor.page.clock.runFor(2000);
  await expect(warning(visitor.page)).toBeVisible();
  await expect(warning(other.page)).toBeVisible();
  await warning(other.page).getByRole('button', { name: 'Close' }).click();
  await expect(warning(visitor.page)).toBeHidden();
});

test.describe('of several tabs', () => {
  /** Playwright shows all of its pages at once; this one is behind another until it is told that it is not. */
  async function isBehind(page: Page): Promise<void> {
    await page.addInitScript(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    });
  }

  async function comesToTheFront(page: Page): Promise<void> {
    await page.evaluate(() => {
      Reflect.deleteProperty(document, 'visibilityState');
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
  }

  test('one that nobody looks at stays quiet, and warns once it is looked at', async ({ visitor, complaints }) => {
    complaints.expect(/net::ERR_FAILED/);
    const { page, context } = visitor;
    await page.clock.install();
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    await isBehind(other.page);
    await other.goto('/account');
    await other.isLive();
    // The server's clock does not jump with the browser's: an answer of it would set the page's right again.
    await context.route('**/api/auth/current-session*', (route) => route.abort());
    await page.clock.fastForward('25:10');
    await page.clock.runFor(2000);
    await expect(warning(page)).toBeVisible();
    await expect(other.page.getByRole('timer').first(), 'it counts all the same').toHaveText(/^4:\d\d left$/);
    await expect(warning(other.page)).toBeHidden();
    await comesToTheFront(other.page);
    await page.clock.runFor(1000);
    await expect(warning(other.page)).toBeVisible();
  });

  test('extended in one, the warning of the other is gone too', async ({ visitor, complaints }) => {
    complaints.expect(/net::ERR_FAILED/);
    const { page, context } = visitor;
    await page.clock.install();
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    await other.goto('/account');
    await other.isLive();
    await context.route('**/api/auth/current-session*', (route) => route.abort());
    await page.clock.fastForward('25:10');
    await page.clock.runFor(2000);
    for (const tab of [visitor, other]) {
      await expect(warning(tab.page)).toBeVisible();
    }
    // From here on the clock stands: no turn of its own can put the other tab right.
    await page.clock.pauseAt(Date.now() + 26 * 60_000);
    await page.clock.runFor(100);
    await expect(warning(other.page)).toBeVisible();
    await context.unroute('**/api/auth/current-session*');
    const extended = page.waitForResponse('**/api/auth/extend');
    await warning(page).getByRole('button', { name: 'Stay signed in' }).click();
    expect((await extended).status()).toBe(200);
    await expect(warning(page)).toBeHidden();
    await expect(warning(other.page)).toBeHidden();
    await expect(other.main).toContainText(ADA.email);
  });
});

test.describe('where the longest time is reached', () => {
  test.use({ settings: { EXEUNT_IDLE_TIMEOUT: '10m', EXEUNT_ABSOLUTE_TIMEOUT: '10m' } });

  test('I4: it says that nothing can be extended, and offers no button that would do nothing', async ({ visitor }) => {
    const { page } = visitor;
    await page.clock.install();
    const listens = visitor.listens();
    await visitor.signIn();
    await listens;
    await page.clock.runFor(1000);
    await page.clock.fastForward('05:10');
    await page.clock.runFor(2000);
    await expect(warning(page)).toContainText('It cannot be extended any more');
    await expect(warning(page).getByRole('button', { name: 'Stay signed in' })).toHaveCount(0);
    await expect(warning(page).getByRole('button', { name: 'Sign out' })).toBeVisible();
  });
});

test('at zero the page is signed out', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  await page.clock.install();
  await visitor.signIn();
  // In truth the session lives on; what the page does by itself is looked at, so the server is kept from answering.
  await page.route('**/api/auth/current-session*', (route) => route.abort());
  await page.clock.fastForward('30:10');
  await page.clock.runFor(2000);
  await expect(visitor.main).not.toContainText(ADA.email);
  await expect(warning(page)).toBeHidden();
  const farewell = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(farewell, 'the clock is enough, where nobody answers').toBeVisible();
  const text = await page.locator('html').evaluate((html) => html.textContent ?? '');
  expect(text, 'nor does it stay in what came with the document').not.toContain(ADA.email);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('I20: the end stands there as text, and a plain form extends', async ({ visitor, app }) => {
    await visitor.signIn();
    await expect(visitor.main.getByText('Ends by itself')).toBeVisible();
    await expect(visitor.main.locator('time').first()).toContainText('UTC');
    await visitor.main.getByRole('button', { name: 'Stay signed in' }).click();
    await expect(visitor.page).toHaveURL(app.at('/account'));
    await expect(visitor.main).toContainText(ADA.email);
  });
});
