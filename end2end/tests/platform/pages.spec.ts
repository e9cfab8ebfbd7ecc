import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Guest } from '../../support/platform/guest.ts';
import { expect, test } from '../../support/platform/fixtures.ts';

const OUT = fileURLToPath(new URL('../../screenshots-out', import.meta.url));

for (const [device, screen] of [
  ['wide', { viewport: { width: 1280, height: 900 } }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${device}, ${colorScheme}`, () => {
      test.use({ ...screen, colorScheme, timezoneId: 'UTC', locale: 'en-GB' });

      /** Each page has one headline, fits the width, and is kept as a picture to look at. */
      async function inspect({ page, headline }: Guest, name: string): Promise<void> {
        await expect(headline).toHaveCount(1);
        await expect(headline).toBeVisible();
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(tooWide, `${name} is no wider than the window`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: join(OUT, `platform-${name}-${device}-${colorScheme}.png`), fullPage: true });
      }

      test('the pages of an app behind a platform fit', async ({ guest, standIn }) => {
        await guest.page.goto(standIn.origin);
        await inspect(guest, 'stand-in');
        await guest.goto('/');
        await inspect(guest, 'home-stranger');
        await guest.startSigningIn();
        await guest.page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await inspect(guest, 'picker');
        await guest.signInAtProvider();
        await guest.isAt('/account');
        await inspect(guest, 'account');
        await guest.goto('/sessions');
        await inspect(guest, 'sessions');
        await guest.goto('/');
        await inspect(guest, 'home-signed-in');
        await guest.goto('/account');
        await guest.signOut();
        await inspect(guest, 'receipt');
        await guest.signIn();
        await standIn.misbehave('logout', 'down');
        await guest.signOut();
        await inspect(guest, 'receipt-platform-down');
        await standIn.behave();
        await guest.signIn();
        await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
        await guest.isAt('/logged-out');
        await inspect(guest, 'receipt-this-app-only');
        await guest.page.goto(`${standIn.origin}/api/auth/logout/front-channel`);
        await inspect(guest, 'signed-out-at-the-platform');
      });
    });
  }
}
