import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

test.use({ locale: 'de-AT', timezoneId: 'Europe/Vienna' });

withAndWithoutScripts((scripts) => {
  test('who asks for German reads German, and moments in their own time zone', async ({ visitor }) => {
    await visitor.goto('/account');
    await expect(visitor.page.locator('html')).toHaveAttribute('lang', 'de');
    await visitor.main.getByRole('link', { name: 'Anmelden', exact: true }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider();
    await visitor.isAt('/account');
    await expect(visitor.headline).toHaveText('Ihr Konto');
    await expect(visitor.main.locator('time').first()).toContainText(scripts ? /MEZ|MESZ/ : 'UTC');
    await visitor.main.getByRole('button', { name: 'Abmelden', exact: true }).click();
    await visitor.isAt('/logged-out');
    await expect(visitor.main).not.toContainText('signed');
    await expect(visitor.main).not.toContainText('session');
  });
});
