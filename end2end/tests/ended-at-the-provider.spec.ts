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

for (const [told, here] of [
  ['by frames only', true],
  ['five seconds later', false],
] as const) {
  test(`told ${told}, the app ends a living session, and its open page says so`, async ({ visitor, elsewhere, provider }) => {
    const listens = visitor.listens();
    await visitor.signIn();
    await listens;
    const administrator = here ? await visitor.inAnotherTab() : elsewhere;
    await administrator.page.goto(`${provider.issuer}/sessions`);
    await administrator.page.getByLabel('Applications are told').selectOption({ label: told });
    await administrator.page.getByRole('button', { name: 'End this session' }).click();
    await expect(administrator.headline).toHaveText('No sessions');
    await expect(visitor.page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    await expect(visitor.main).not.toContainText(ADA.email);
  });
}

test('told not at all, the app knows nothing', async ({ visitor, elsewhere, provider }) => {
  await visitor.signIn();
  await elsewhere.page.goto(`${provider.issuer}/sessions`);
  await elsewhere.page.getByLabel('Applications are told').selectOption({ label: 'not at all' });
  await elsewhere.page.getByRole('button', { name: 'End this session' }).click();
  await expect(elsewhere.headline).toHaveText('No sessions');
  expect(await visitor.sessionStatus()).toBe(200);
  expect(await visitor.askProviderSilently()).toBe('login_required');
});
