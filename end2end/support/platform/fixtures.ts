/** What every test in platform mode stands on. */

import { expect, test as base } from '../fixtures.ts';
import { Guest } from './guest.ts';
import { startPlatform, type PlatformStage, type PlatformWishes } from './stage.ts';
import type { StandIn } from './stand-in.ts';

type Wishes = { readonly [wish in keyof PlatformWishes as `platform${Capitalize<wish>}`]: PlatformWishes[wish] };

interface Fixtures {
  readonly platform: PlatformStage;
  readonly standIn: StandIn;
  /** Somebody at the first extension. */
  readonly guest: Guest;
}

export const test = base.extend<Wishes & Fixtures>({
  platformRouting: ['path', { option: true }],
  platformTrust: ['signature', { option: true }],
  platformExtensions: [1, { option: true }],
  platformStripsPrefix: [false, { option: true }],
  platformSettings: [{}, { option: true }],

  platform: async (
    { platformRouting, platformTrust, platformExtensions, platformStripsPrefix, platformSettings },
    use,
    testInfo,
  ) => {
    const platform = await startPlatform({
      routing: platformRouting,
      trust: platformTrust,
      extensions: platformExtensions,
      stripsPrefix: platformStripsPrefix,
      settings: platformSettings,
    });
    await use(platform);
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const [index, app] of platform.apps.entries()) {
        await testInfo.attach(`server-${index}.log`, { body: await app.log(), contentType: 'text/plain' });
      }
      await testInfo.attach('platform.log', { body: platform.standIn.log, contentType: 'text/plain' });
    }
    await platform.stop();
  },
  standIn: ({ platform }, use) => use(platform.standIn),

  guest: async ({ page, platform, complaints, javaScriptEnabled }, use) => {
    const [app] = platform.apps;
    if (!app) {
      throw new Error('a platform without extensions');
    }
    const scripts = javaScriptEnabled !== false;
    await use(new Guest(page, { app, standIn: platform.standIn, complaints, scripts }));
    // Before the server goes: a page that listens to it would complain, rightly.
    await Promise.all(page.context().pages().map((open) => open.close()));
  },
});

export { expect };
export { withAndWithoutScripts } from '../fixtures.ts';
