/** What every test stands on: an app and a provider of its own, and a browser whose complaints fail it. */

import { test as base, expect } from '@playwright/test';

import type { AppServer, Host } from './app-server.ts';
import { Complaints } from './complaints.ts';
import { startStage, type Provider, type ProviderHabit, type ProviderKind, type Stage } from './provider.ts';
import { Visitor } from './visitor.ts';

export interface Options {
  readonly providerKind: ProviderKind;
  readonly providerHabit: ProviderHabit;
  readonly prefix: string;
  /** Under which name the browser knows the app: `localhost` is another site than the provider's `127.0.0.1`. */
  readonly host: Host;
  /** Settings of the app, as environment. */
  readonly settings: Readonly<Record<string, string>>;
}

interface Fixtures {
  readonly stage: Stage;
  readonly app: AppServer;
  readonly provider: Provider;
  readonly complaints: Complaints;
  /** Somebody in front of this test's page. */
  readonly visitor: Visitor;
  /** Somebody in front of another browser, which shares nothing with the first. */
  readonly elsewhere: Visitor;
}

export const test = base.extend<Options & Fixtures>({
  providerKind: ['development', { option: true }],
  providerHabit: ['ordinary', { option: true }],
  prefix: ['', { option: true }],
  host: ['localhost', { option: true }],
  settings: [{}, { option: true }],

  stage: async ({ providerKind, providerHabit, host, prefix, settings }, use, testInfo) => {
    const stage = await startStage(providerKind, providerHabit, { host, prefix, settings });
    await use(stage);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: await stage.app.log(), contentType: 'text/plain' });
    }
    await stage.stop();
    expect(stage.provider.faults, 'faults of the provider').toEqual([]);
  },
  app: ({ stage }, use) => use(stage.app),
  provider: ({ stage }, use) => use(stage.provider),

  complaints: [
    async ({ context, javaScriptEnabled }, use) => {
      const complaints = new Complaints();
      if (javaScriptEnabled === false) {
        // Then nothing uses what the page fetches ahead for its scripts.
        complaints.expect(/was preloaded using link preload but not used/);
        // Nor does it fetch the scripts themselves; that is how Playwright turns them off.
        complaints.expect(/^failed: GET \S+\/pkg\/\S+\.js \(csp\)$/);
      }
      await complaints.watch(context);
      await use(complaints);
      expect(complaints.unexpected, 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],

  visitor: async ({ page, app, provider, complaints, javaScriptEnabled }, use) => {
    await use(new Visitor(page, { app, provider, complaints, scripts: javaScriptEnabled !== false }));
    // Before the server goes: a page that listens to it would complain, rightly.
    await Promise.all(page.context().pages().map((open) => open.close()));
  },
  elsewhere: async ({ browser, app, provider, complaints, javaScriptEnabled }, use) => {
    const scripts = javaScriptEnabled !== false;
    const context = await browser.newContext({ javaScriptEnabled: scripts });
    await complaints.watch(context);
    await use(new Visitor(await context.newPage(), { app, provider, complaints, scripts }));
    await context.close();
  },
});

export { expect };

/** Describes the same tests once for each provider. */
export function withEachProvider(tests: (kind: ProviderKind) => void): void {
  for (const kind of ['development', 'certified'] as const) {
    test.describe(`with the ${kind} provider`, () => {
      test.use({ providerKind: kind });
      tests(kind);
    });
  }
}

/** Describes the same tests once with scripts and once without. */
export function withAndWithoutScripts(tests: (scripts: boolean) => void): void {
  for (const scripts of [true, false]) {
    test.describe(scripts ? 'with scripts' : 'without scripts', () => {
      test.use({ javaScriptEnabled: scripts });
      tests(scripts);
    });
  }
}
