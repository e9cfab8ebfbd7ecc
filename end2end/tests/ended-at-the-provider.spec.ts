import { ADA } from '../oidc-provider/people.ts';
import { ask } from '../support/bare.ts';
import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

withAndWithoutScripts(() => {
  test('I3: an administrator ends a session at the provider, and the app knows at the next request', async ({
    visitor,
    elsewhere,
    app,
    provider,
  }) => {
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    await elsewhere.page.goto(`${provider.issuer}/sessions`);
    await elsewhere.page.getByRole('button', { name: 'End this session' }).click();
    await expect(elsewhere.headline).toHaveText('No sessions');

    await expect.poll(() => ask(app, '/api/session', { cookie })).toBe(401);
    await visitor.page.reload();
    await visitor.isAt('/?return_to=%2Faccount');
    await expect(visitor.main).toContainText('You are not signed in to this app in this browser.');
    await expect(visitor.page.locator('body')).not.toContainText(ADA.name);
  });
});

test('F7.1: in the same browser the provider also tells the app through a frame of its page', async ({
  visitor,
  app,
  provider,
}) => {
  await visitor.signIn();
  const cookie = await visitor.sessionCookie();
  const other = await visitor.inAnotherTab();
  await other.page.goto(`${provider.issuer}/sessions`);
  const [answer] = await Promise.all([
    other.page.waitForResponse((response) => response.url().startsWith(app.at('/auth/frontchannel-logout?'))),
    other.page.getByRole('button', { name: 'End this session' }).click(),
  ]);
  expect(answer.status()).toBe(200);
  expect(answer.request().headers()['cookie'], 'it brings no cookie').toBeUndefined();
  await expect(other.headline).toHaveText('No sessions');
  expect(await ask(app, '/api/session', { cookie })).toBe(401);
});
