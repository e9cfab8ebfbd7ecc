import type { Cookie } from '@playwright/test';

import { ADA } from '../../oidc-provider/people.ts';
import { Guest } from '../../support/platform/guest.ts';
import { expect, test as base } from '../../support/platform/fixtures.ts';

/** In one browser: a tab of each extension. */
const test = base.extend<{ readonly second: Guest }>({
  second: async ({ context, platform, complaints, javaScriptEnabled }, use) => {
    const app = platform.apps[1];
    if (!app) {
      throw new Error('there is one extension only');
    }
    const scripts = javaScriptEnabled !== false;
    await use(new Guest(await context.newPage(), { app, standIn: platform.standIn, complaints, scripts }));
  },
});

test.use({ platformExtensions: 2 });

async function cookiesBelow(guest: Guest): Promise<Cookie[]> {
  const path = new URL(guest.at('')).pathname;
  return (await guest.context.cookies(guest.at('/'))).filter((cookie) => cookie.path === path);
}

test('one sign-on is known to both', async ({ guest, second }) => {
  await guest.signIn();
  await second.goto('/account');
  await expect(second.main).toContainText(ADA.email);
});

test('F8.6: a sign-out of one alone leaves the other as it was', async ({ guest, second }) => {
  await guest.signIn();
  await second.goto('/account');
  await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
  await guest.isAt('/logged-out');
  expect(await guest.sessionStatus()).toBe(401);
  expect(await second.sessionStatus()).toBe(200);
  await second.page.reload();
  await expect(second.main).toContainText(ADA.email);
  const names = (await cookiesBelow(guest)).map(({ name }) => name).sort();
  const stem = names[0]?.replace(/-logout$/, '');
  expect(stem, 'a name holds a digest of the path').toMatch(/^exeunt-[0-9a-f]{8}$/);
  expect(names).toEqual([`${stem}-logout`, `${stem}-signed-out`]);
  expect(await cookiesBelow(second)).toEqual([]);
});

test('F8.6: a sign-out of one touches no cookie of the other, but the platform\'s own, and ends the platform for both', async ({
  guest,
  second,
  standIn,
}) => {
  await guest.signIn();
  await second.goto('/account');
  await second.main.getByRole('button', { name: 'Sign out of this app only' }).click();
  await second.isAt('/logged-out');
  const before = await cookiesBelow(second);
  expect(before.length, 'the second has cookies of its own').toBeGreaterThan(0);

  await guest.signOut();

  expect(await cookiesBelow(second)).toEqual(before);
  const names = new Set((await cookiesBelow(guest)).map(({ name }) => name));
  expect(before.filter(({ name }) => names.has(name)), 'no name is used by both').toEqual([]);
  expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
  expect((await guest.context.cookies()).map(({ name }) => name)).not.toContain('access_token');
});

test('a sign-out of one ends what the other shows, at its next look', async ({ guest, second }) => {
  await guest.signIn();
  await second.goto('/account');
  await expect(second.main).toContainText(ADA.email);
  await guest.signOut();
  await second.page.reload();
  await expect(second.main).not.toContainText(ADA.email);
  expect(await second.sessionStatus()).toBe(401);
});
