import type { Page } from '@playwright/test';

import { ADA } from '../../oidc-provider/people.ts';
import { expect, test, withAndWithoutScripts } from '../../support/platform/fixtures.ts';
import type { Fault } from '../../support/platform/stand-in.ts';

/** Every place that the browser goes to or asks, but for the platform and what it fronts. */
function placesBeyond(page: Page, origin: string): string[] {
  const beyond: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) {
      beyond.push(request.url());
    }
  });
  return beyond;
}

withAndWithoutScripts(() => {
  for (const fault of ['down', 'html', 'method-not-allowed', 'redirecting', 'oversized'] satisfies Fault[]) {
    test(`F8.3, I1, I4, I17: a platform whose answer is "${fault}" prevents no sign-out, and nothing is claimed of it`, async ({
      guest,
      standIn,
    }) => {
      const beyond = placesBeyond(guest.page, standIn.origin);
      await guest.signIn();
      await standIn.misbehave('logout', fault);
      await guest.signOut();
      await expect(guest.headline).toHaveText('You are signed out of this app');
      expect(await guest.statusOf('app_session')).toBe('ended');
      expect(await guest.statusOf('platform')).toBe('failed');
      expect(await guest.statusOf('provider_session'), 'the browser went there all the same').toBe('returned');
      expect((await standIn.sessions()).single_sign_on).toEqual([]);
      expect(await guest.isAskedWhoOneIs()).toBe(true);
      expect(beyond).toEqual([]);
    });
  }

  for (const fault of ['foreign-url', 'scheme-relative-url', 'script-url', 'no-url'] satisfies Fault[]) {
    test(`F8.2: a platform that names "${fault}" leads nobody away`, async ({ guest, standIn }) => {
      const beyond = placesBeyond(guest.page, standIn.origin);
      await guest.signIn();
      await standIn.misbehave('logout', fault);
      await guest.signOut();
      await expect(guest.headline).toHaveText('You are signed out of this app');
      expect(await guest.statusOf('platform')).toBe('ended');
      expect(await guest.statusOf('provider_session')).toBe('returned');
      expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
      expect(beyond).toEqual([]);
    });
  }

  test('F8.3: a slow platform is waited for', async ({ guest, standIn }) => {
    await guest.signIn();
    await standIn.misbehave('logout', 'slow:1500');
    await guest.signOut();
    expect(await guest.statusOf('platform')).toBe('ended');
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
  });

  test.describe('with little patience', () => {
    test.use({ platformSettings: { EXEUNT_PLATFORM_TIMEOUT: '500ms' } });
    test('F8.3, I1: a platform that never answers is not waited for', async ({ guest, standIn }) => {
      await guest.signIn();
      await standIn.misbehave('logout', 'hanging');
      await guest.signOut();
      await expect(guest.headline).toHaveText('You are signed out of this app');
      expect(await guest.statusOf('platform')).toBe('failed');
      expect((await standIn.sessions()).single_sign_on).toEqual([]);
      await standIn.behave();
    });
  });
});

test('I4: where the platform fails under the browser too, the page says so and offers the way once more', async ({
  guest,
  standIn,
  complaints,
}) => {
  complaints.expect(/status of 500 .*\/api\/auth\/logout\/front-channel\?/);
  // What it answers then is no page of its own, which would name an icon.
  complaints.expect(/status of 404 .*\/favicon\.ico/);
  await guest.signIn();
  await standIn.misbehave('front-channel', 'down');
  await guest.signOutButton.click();
  await expect(guest.page.getByText('the platform is down')).toBeVisible();
  expect((await standIn.sessions()).single_sign_on).toEqual([ADA.sub]);

  await guest.goto('/logged-out');
  expect(await guest.statusOf('provider_session')).toBe('unconfirmed');
  await expect(guest.main).toContainText('has not confirmed');
  await standIn.behave();
  await guest.main.getByRole('link', { name: /^Try .* again$/ }).click();
  await guest.isAt('/logged-out');
  await expect.poll(() => guest.statusOf('provider_session')).toBe('returned');
  expect((await standIn.sessions()).single_sign_on).toEqual([]);
});
