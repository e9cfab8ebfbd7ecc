import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

const OUT = fileURLToPath(new URL('../screenshots-out', import.meta.url));

for (const [device, screen] of [
  ['wide', { viewport: { width: 1280, height: 900 } }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ ...screen, colorScheme, timezoneId: 'UTC', locale: 'en-GB' });

      /** Each page has one headline, fits the width, and is kept as a picture to look at. */
      async function inspect({ page, headline }: Visitor, name: string): Promise<void> {
        await expect(headline).toHaveCount(1);
        await expect(headline).toBeVisible();
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(tooWide, `${name} is no wider than the window`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(OUT, `${name}-${device}-${colorScheme}.png`), fullPage: true });
      }

      test('the pages for a stranger fit', async ({ visitor, complaints }) => {
        complaints.expect(/status of 404 .*\/no\/such\/page/);
        complaints.expect(/status of 400 .*\/auth\/callback/);
        for (const [path, name] of [
          ['/', 'home-stranger'],
          ['/?return_to=%2Faccount', 'home-please-sign-in'],
          ['/logged-out', 'logged-out-nothing-known'],
          ['/no/such/page', 'not-found'],
          ['/auth/callback?state=a.b&code=c', 'sign-in-over'],
        ] as const) {
          await visitor.goto(path);
          await inspect(visitor, name);
        }
        await visitor.startSigningIn();
        await inspect(visitor, 'provider-picker');
      });

      test('the pages for somebody signed in fit, and those of the way out', async ({ visitor, complaints }) => {
        const { page } = visitor;
        complaints.expect(/net::ERR_FAILED/);
        await visitor.signIn();
        await inspect(visitor, 'account');
        await visitor.goto('/sessions');
        await visitor.main.getByText('Sign out everywhere', { exact: true }).click();
        await inspect(visitor, 'sessions');
        await visitor.goto('/');
        await visitor.isLive();
        await inspect(visitor, 'home-signed-in');
        await visitor.main.getByText('Other ways to sign out').click();
        await inspect(visitor, 'home-ways-out');
        await visitor.goto('/logged-out');
        await inspect(visitor, 'logged-out-still-signed-in');
        await visitor.goto('/account');
        await visitor.isLive();

        await page.route('**/api/auth/logout', (route) => route.abort());
        await visitor.signOutButton.click();
        await expect(page.getByRole('alert')).toBeVisible();
        await inspect(visitor, 'logged-out-unreachable');
        await page.unroute('**/api/auth/logout');

        await page.getByRole('button', { name: 'Try again' }).click();
        await expect(visitor.headline).toHaveText('You are signed out of this app');
        await inspect(visitor, 'logged-out-receipt');
      });

      test('the dialogs fit', async ({ visitor, complaints }) => {
        complaints.expect(/net::ERR_FAILED/);
        const { page } = visitor;
        await page.clock.install();
        const listens = visitor.listens();
        await visitor.signIn();
        // Else the page asks the server after the jump of its clock, and is put right.
        await listens;
        await page.clock.runFor(1000);
        await page.clock.fastForward('25:10');
        await page.clock.runFor(2000);
        await expect(page.getByRole('alertdialog')).toBeVisible();
        await inspect(visitor, 'dialog-ends-soon');
        await page.keyboard.press('Escape');
        const other = await visitor.inAnotherTab();
        await other.goto('/account');
        await other.isLive();
        await other.main.getByRole('button', { name: 'Sign out of this app only' }).click();
        await other.isAt('/logged-out');
        await page.clock.runFor(2000);
        await expect(page.getByRole('dialog')).toBeVisible();
        await inspect(visitor, 'dialog-ended');
      });

      test.describe('at a provider that asks', () => {
        test.use({ providerKind: 'certified', javaScriptEnabled: false });

        test('the page between and the receipt that nobody confirmed fit', async ({ visitor, provider }) => {
          const { page } = visitor;
          await visitor.signIn();
          // What leads away is taken out, so that the page stays to be looked at.
          await page.route('**/auth/logout/continue', async (route) => {
            const response = await route.fetch();
            await route.fulfill({ response, body: (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
          });
          await visitor.signOutButton.click();
          await visitor.isAtProvider();
          await visitor.goto('/auth/logout/continue');
          await expect(visitor.headline).toHaveText(`Signing out at ${new URL(provider.issuer).hostname}`);
          await inspect(visitor, 'between');
          await visitor.goto('/logged-out');
          await inspect(visitor, 'logged-out-not-confirmed');
        });
      });
    });
  }
}
