/** A page that nothing reaches: what it shows changes only if it asks by itself. */

import type { Page } from '@playwright/test';

/** Before the page is opened: it hears neither the server's events nor the other tabs. */
export async function deafen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    for (const name of ['EventSource', 'BroadcastChannel']) {
      Reflect.deleteProperty(globalThis, name);
    }
  });
}

/** Before the page is opened: its window does not tell it of these events. */
export async function ignore(page: Page, ...events: readonly string[]): Promise<void> {
  await page.addInitScript((events) => {
    const listen = window.addEventListener.bind(window);
    window.addEventListener = (kind: string, ...rest: [EventListenerOrEventListenerObject, AddEventListenerOptions?]): void => {
      if (!events.includes(kind)) {
        listen(kind, ...rest);
      }
    };
  }, events);
}

/**
 * Time stands still in the browser: a page that cannot hear anything asks every 20 seconds, and that must not be what is seen.
 * The clock must have been installed before the page was opened.
 */
export async function stopTime({ clock }: Page): Promise<void> {
  await clock.pauseAt(Date.now() + 1000);
}

/** Counts how often a page asks who is signed in, from now on. */
export function questions(page: Page): { readonly count: number } {
  const asked = { count: 0 };
  page.on('request', (request) => {
    if (request.url().includes('/api/auth/current-session')) {
      asked.count += 1;
    }
  });
  return asked;
}
