import type { Guest } from '../../support/platform/guest.ts';
import { test } from '../../support/platform/fixtures.ts';
import { DEVICES, look } from '../../support/pictures.ts';

for (const { device, use } of DEVICES) {
  test.describe(device, () => {
    test.use(use);
    const inspect = (guest: Guest, name: string): Promise<void> => look(guest, `platform-${name}`, device);

    test('the pages of an app behind a platform fit and are sound, and those of the stand-in', async ({ guest, standIn }) => {
      await guest.page.goto(standIn.origin);
      await inspect(guest, 'stand-in');
      await guest.page.goto(`${standIn.origin}/login`);
      await inspect(guest, 'stand-in-login');
      await guest.goto('/logged-out');
      await inspect(guest, 'logged-out-nothing-known');
      await guest.goto('/?return_to=%2Faccount');
      await inspect(guest, 'home-please-sign-in');
      await guest.goto('/');
      await inspect(guest, 'home-stranger');
      await guest.startSigningIn();
      await guest.page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await inspect(guest, 'picker');
      await guest.signInAtProvider();
      await guest.isAt('/account');
      await inspect(guest, 'account');
      await guest.goto('/sessions');
      await inspect(guest, 'sessions');
      await guest.goto('/');
      await inspect(guest, 'home-signed-in');
      await guest.goto('/account');
      await guest.signOut();
      await inspect(guest, 'receipt');
      await guest.signIn();
      await standIn.misbehave('logout', 'down');
      await guest.signOut();
      await inspect(guest, 'receipt-platform-down');
      await standIn.behave();
      await guest.signIn();
      await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
      await guest.isAt('/logged-out');
      await inspect(guest, 'receipt-this-app-only');
      await guest.page.goto(`${standIn.origin}/api/auth/logout/front-channel`);
      await inspect(guest, 'signed-out-at-the-platform');
    });
  });
}
