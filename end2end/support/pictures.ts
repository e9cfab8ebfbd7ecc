/** Pictures of pages, to look at. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from '@playwright/test';

import type { Visitor } from './visitor.ts';

const OUT = fileURLToPath(new URL('../screenshots-out', import.meta.url));

const DEVICES = {
  wide: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} as const;

/** How pages are looked at: a name, and what a test uses to be looked at so. */
export const LOOKS = (['wide', 'phone'] as const).flatMap((device) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    look: `${device}-${colorScheme}`,
    use: { ...DEVICES[device], colorScheme, timezoneId: 'UTC', locale: 'en-GB' },
  })),
);

/** Each page has one headline, fits the width, and is kept as a picture to look at. */
export async function take({ page, headline }: Visitor, name: string, look: string): Promise<void> {
  await expect(headline).toHaveCount(1);
  await expect(headline).toBeVisible();
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(tooWide, `${name} is no wider than the window`).toBeLessThanOrEqual(0);
  // What stands behind a dialog is dark as far as the window goes.
  const fullPage = (await page.locator('dialog[open]').count()) === 0;
  await page.screenshot({ path: join(OUT, `${name}-${look}.png`), fullPage });
}
