/**
 * What the browser complains of: all that is said on its console, uncaught errors, requests that failed, pages that crashed,
 * breaches of the content security policy.
 */

import type { BrowserContext } from '@playwright/test';

/** A request that the browser itself gave up: its page was left or closed. */
const GIVEN_UP = 'net::ERR_ABORTED';

/** What the browser says of itself, and is no complaint. */
const HARMLESS: readonly RegExp[] = [
  // It did as the answer that ended a session asked.
  /^info: Clear-Site-Data header on '[^']+': Cleared data types: "cache"\./,
];

export class Complaints {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [...HARMLESS];

  /** Listens to every page of a browser context, those that are opened later included. */
  async watch(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      this.#heard.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#heard.push(`uncaught: ${String(error.error())} (${error.page()?.url()})`));
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? 'nobody knows why';
      if (why !== GIVEN_UP) {
        this.#heard.push(`failed: ${request.method()} ${request.url()} (${why})`);
      }
    });
    context.on('page', (page) => page.on('crash', () => this.#heard.push(`crashed: ${page.url()}`)));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI}`);
      });
    });
  }

  /** A complaint that the test causes on purpose. */
  expect(complaint: RegExp): void {
    this.#expected.push(complaint);
  }

  get unexpected(): readonly string[] {
    return this.#heard.filter((heard) => !this.#expected.some((expected) => expected.test(heard)));
  }
}
