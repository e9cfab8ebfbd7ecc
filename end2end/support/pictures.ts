/** Pages, looked at: as people see them on either kind of screen, light and dark, and as axe does. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, type Locator, type Page } from '@playwright/test';

import { faults } from './axe.ts';

const OUT = fileURLToPath(new URL('../screenshots-out', import.meta.url));

export type Device = 'wide' | 'phone';

// Without motion, so that nothing is looked at while it changes.
const ALIKE = { timezoneId: 'UTC', locale: 'en-GB', contextOptions: { reducedMotion: 'reduce' } } as const;

/** What pages are looked at on, and what a test uses for it. */
export const DEVICES = [
  { device: 'wide', use: { ...ALIKE, viewport: { width: 1280, height: 900 } } },
  {
    device: 'phone',
    use: { ...ALIKE, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  },
] as const;

/**
 * Each page has one headline, fits the width, and is kept as a picture to look at, in light and in dark colours; and axe finds nothing
 * wrong with either.
 */
export async function look(
  { page, headline }: { readonly page: Page; readonly headline: Locator },
  name: string,
  device: Device,
  { scripts = true }: { readonly scripts?: boolean } = {},
): Promise<void> {
  await expect(headline).toHaveCount(1);
  await expect(headline).toBeVisible();
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(tooWide, `${name} is no wider than the window`).toBeLessThanOrEqual(0);
  // What stands behind a dialog is dark as far as the window goes.
  const fullPage = (await page.locator('dialog[open]').count()) === 0;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(OUT, `${name}-${device}-${colorScheme}.png`), fullPage });
    // What it judges does not depend on the width. Where scripts are off it never ends.
    if (device === 'wide' && scripts) {
      expect(await faults(page), `${name}, ${colorScheme}`).toEqual([]);
    }
  }
}
