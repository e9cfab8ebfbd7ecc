import { ADA } from '../oidc-provider/people.ts';
import { launchOptions } from '../support/chromium.ts';
import { expect, test, withEachProvider } from '../support/fixtures.ts';

// Playwright turns the cache off; people have it on.
test.use({ launchOptions: { ...launchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

withEachProvider(() => {
  test('F4.7, I18: with the back/forward cache on, going back shows nothing protected', async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    await visitor.signOut();
    const steps = await page.evaluate(() => history.length - 1);
    expect(steps).toBeGreaterThan(0);
    for (let back = 1; back <= steps; back += 1) {
      const before = page.url();
      await page.evaluate(() => history.back());
      await expect(page).not.toHaveURL(before);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('body')).not.toContainText(ADA.email);
    }
    expect(await visitor.sessionStatus()).toBe(401);
  });
});
