import { faults } from '../../support/axe.ts';
import { expect, test } from '../../support/platform/fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('axe finds nothing on the pages of an app behind a platform, nor on those of the stand-in', async ({
      guest,
      standIn,
    }) => {
      const isSound = async (name: string): Promise<void> => {
        expect(await faults(guest.page), name).toEqual([]);
      };
      for (const path of ['/', '/?return_to=%2Faccount', '/logged-out']) {
        await guest.goto(path);
        await isSound(path);
      }
      for (const path of ['/', '/login', '/api/auth/login?redirect_uri=%2F', '/api/auth/logout/front-channel']) {
        await guest.page.goto(standIn.origin + path);
        await isSound(`the platform's ${path}`);
      }
      await guest.signIn();
      for (const path of ['/account', '/sessions', '/']) {
        await guest.goto(path);
        await isSound(`${path}, signed in`);
      }
      await guest.goto('/account');
      await standIn.misbehave('logout', 'down');
      await guest.signOut();
      await expect(guest.headline).toHaveText('You are signed out of this app');
      await isSound('the receipt');
    });
  });
}
