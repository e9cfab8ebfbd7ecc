/** When the scripts of a page have taken over, whoever is there. */

import type { Page } from '@playwright/test';

/** Before the page is opened: it notes that it listens to the other tabs, which is what it does as soon as it can. */
export async function noteLife(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const record = globalThis as unknown as { isAlive: boolean };
    record.isAlive = false;
    globalThis.BroadcastChannel = class extends BroadcastChannel {
      constructor(name: string) {
        super(name);
        record.isAlive = true;
      }
    };
  });
}

/**
 * Until it lives, its own part of the program too, and what that brought about has been drawn. Moments are told in the
 * reader's time zone then, which shows only in a zone that is not UTC.
 */
export async function lives(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const loaded = new Set(performance.getEntriesByType('resource').map(({ name }) => name));
    const parts = [...document.querySelectorAll<HTMLLinkElement>('link[rel=preload]')];
    const moments = [...document.querySelectorAll('main time')];
    const isLocal = new Date().getTimezoneOffset() === 0 || !moments.some(({ textContent }) => textContent?.includes('UTC'));
    const { isAlive } = globalThis as unknown as { isAlive: boolean };
    return isAlive && isLocal && parts.every(({ href }) => loaded.has(href));
  });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
