import { ADA } from '../oidc-provider/people.ts';
import { launchOptions } from '../support/chromium.ts';
import { expect, test, withEachProvider } from '../support/fixtures.ts';

// Playwright turns the cache off; people have it on.
test.use({ launchOptions: { ...launchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

withEachProvider(() => {
  test('F4.7, I18: with the back/forward cache on, going back shows nothing protected', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.signOut();
    await visitor.goBackOverProvider();
    await expect(visitor.headline).toBeVisible();
    await expect(visitor.page.locator('body')).not.toContainText(ADA.name);
    await expect(visitor.page.locator('body')).not.toContainText(ADA.email);
    expect(await visitor.sessionStatus()).toBe(401);
  });
});
