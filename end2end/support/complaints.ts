/** What the browser complains of: console errors and warnings, uncaught errors, breaches of the content security policy. */

import type { BrowserContext } from '@playwright/test';

export class Complaints {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  /** Listens to every page of a browser context, those that are opened later included. */
  async watch(context: BrowserContext): Promise<void> {
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#heard.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.#heard.push(`uncaught: ${String(error.error())} (${error.page()?.url()})`));
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
