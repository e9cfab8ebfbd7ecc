import { expect, test } from '../support/fixtures.ts';
import { DEVICES, look } from '../support/pictures.ts';
import { between } from '../support/rare.ts';
import type { Visitor } from '../support/visitor.ts';

for (const { device, use } of DEVICES) {
  test.describe(device, () => {
    test.use(use);
    const inspect = (visitor: Visitor, name: string): Promise<void> => look(visitor, name, device);

    test('the pages for a stranger fit', async ({ visitor, complaints }) => {
      complaints.expect(/status of 404 .*\/no\/such\/page/);
      complaints.expect(/status of 400 .*\/auth\/callback/);
      for (const [path, name] of [
        ['/', 'home-stranger'],
        ['/?return_to=%2Faccount', 'home-please-sign-in'],
        ['/logged-out', 'logged-out-nothing-known'],
        ['/no/such/page', 'not-found'],
        ['/auth/callback?state=a.b&code=c', 'sign-in-over'],
      ] as const) {
        await visitor.goto(path);
        await inspect(visitor, name);
      }
      await visitor.startSigningIn();
      await inspect(visitor, 'provider-picker');
    });

    test('the pages for somebody signed in fit, and those of the way out', async ({ visitor, complaints }) => {
      const { page } = visitor;
      complaints.expect(/net::ERR_FAILED/);
      await visitor.signIn();
      await inspect(visitor, 'account');
      await visitor.goto('/sessions');
      await visitor.main.getByText('Sign out everywhere', { exact: true }).click();
      await inspect(visitor, 'sessions');
      await visitor.goto('/');
      await visitor.isLive();
      await inspect(visitor, 'home-signed-in');
      await visitor.main.getByText('Other ways to sign out').click();
      await inspect(visitor, 'home-ways-out');
      await visitor.goto('/logged-out');
      await inspect(visitor, 'logged-out-still-signed-in');
      await visitor.goto('/account');
      await visitor.isLive();

      await page.route('**/api/auth/logout', (route) => route.abort());
      await visitor.signOutButton.click();
      await expect(page.getByRole('alert')).toBeVisible();
      await inspect(visitor, 'logged-out-unreachable');
      await page.unroute('**/api/auth/logout');

      await page.getByRole('button', { name: 'Try again' }).click();
      await expect(visitor.headline).toHaveText('You are signed out of this app');
      await inspect(visitor, 'logged-out-receipt');
    });

    test('the dialogs fit', async ({ visitor, complaints }) => {
      complaints.expect(/net::ERR_FAILED/);
      const { page } = visitor;
      await page.clock.install();
      const listens = visitor.listens();
      await visitor.signIn();
      // Else the page asks the server after the jump of its clock, and is put right.
      await listens;
      await page.clock.runFor(1000);
      await page.clock.fastForward('25:10');
      await page.clock.runFor(2000);
      await expect(page.getByRole('alertdialog')).toBeVisible();
      await inspect(visitor, 'dialog-ends-soon');
      await page.keyboard.press('Escape');
      const other = await visitor.inAnotherTab();
      await other.goto('/account');
      await other.isLive();
      await other.main.getByRole('button', { name: 'Sign out of this app only' }).click();
      await other.isAt('/logged-out');
      await page.clock.runFor(2000);
      await expect(page.getByRole('dialog')).toBeVisible();
      await inspect(visitor, 'dialog-ended');
    });

    test.describe('at a provider that asks', () => {
      test.use({ providerKind: 'certified', javaScriptEnabled: false });

      test('the page between and the receipt that nobody confirmed fit', ({ visitor, provider, complaints }) =>
        between({ visitor, provider, complaints }, (there, name) => look(there, name, device, { scripts: false })));
    });
  });
}
