import { ADA, GRACE } from '../oidc-provider/people.ts';
import { ask } from '../support/bare.ts';
import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

test.use({ providerKind: 'certified' });

test('F1.1, I3: a sign-out in one browser ends the session of another that shares the session at the provider', async ({
  visitor,
  elsewhere,
  app,
}) => {
  await visitor.signIn();
  await elsewhere.sharesProviderWith(visitor);
  await elsewhere.goto('/auth/login?return_to=/account');
  await elsewhere.isAt('/account');
  const cookie = await elsewhere.sessionCookie();
  expect(cookie).not.toBe(await visitor.sessionCookie());
  expect(await ask(app, '/api/session', { cookie })).toBe(200);

  await visitor.signOut();

  await expect.poll(() => ask(app, '/api/session', { cookie }), 'the old cookie is worth nothing').toBe(401);
  await elsewhere.goto('/account');
  await elsewhere.isAt('/?return_to=%2Faccount');
  await expect(elsewhere.main).not.toContainText(ADA.name);
  expect(await elsewhere.askProviderSilently()).toBe('login_required');
});

test('I14: it ends no session of another session at the provider, and none of another person', async ({
  visitor,
  elsewhere,
  app,
}) => {
  await elsewhere.signIn(ADA);
  const others = await elsewhere.sessionCookie();
  await visitor.signIn(ADA);
  await visitor.signOut();
  expect(await ask(app, '/api/session', { cookie: others }), 'the same person, another session there').toBe(200);
  await visitor.signIn(GRACE);
  await visitor.signOut();
  expect(await ask(app, '/api/session', { cookie: others })).toBe(200);
});

test('the old button still leads to the provider and back, and the receipt says who ended the session', async ({
  visitor,
  elsewhere,
  complaints,
}) => {
  complaints.expect(/net::ERR_FAILED/);
  await visitor.signIn();
  await elsewhere.sharesProviderWith(visitor);
  // It neither hears nor can ask, so it has not noticed and still shows the button.
  await elsewhere.context.route('**/auth/events', (route) => route.abort());
  await elsewhere.context.route('**/api/auth/current-session*', (route) => route.abort());
  await elsewhere.goto('/auth/login?return_to=/account');
  await elsewhere.isAt('/account');
  await elsewhere.isLive();
  await visitor.signOut();

  await elsewhere.signOutButton.click();
  // The provider knows this browser no longer, so it asks nothing.
  await elsewhere.isAt('/logged-out');
  await expect(elsewhere.headline).toHaveText('You are signed out of this app');
  await expect(elsewhere.line('This app, in this browser')).toContainText('The provider had ended it already.');
});

withAndWithoutScripts((scripts) => {
  test('I3, I20: whoever has looked at the tab is still led to the provider by the button that /logged-out offers', async ({
    visitor,
    elsewhere,
    app,
    provider,
    complaints,
  }) => {
    // The provider's own page, which only a browser without scripts shows, has no icon.
    complaints.expect(/status of 404 .*\/favicon\.ico/);
    const { page } = elsewhere;
    await visitor.signIn();
    await elsewhere.sharesProviderWith(visitor);
    await elsewhere.goto('/auth/login?return_to=/account');
    await elsewhere.isAt('/account');
    const cookie = await elsewhere.sessionCookie();
    await visitor.signOut();
    await expect.poll(() => ask(app, '/api/session', { cookie })).toBe(401);

    // The page, and what its scripts ask for.
    await elsewhere.goto('/account');
    await elsewhere.isAt('/?return_to=%2Faccount');
    expect(await elsewhere.sessionStatus()).toBe(401);
    await elsewhere.goto('/logged-out');
    await expect(elsewhere.headline).toHaveText('Your provider signed you out of this app');
    const [leaving] = await Promise.all([
      page.waitForRequest((request) => request.url().startsWith(`${provider.issuer}/session/end?`)),
      elsewhere.main.getByRole('button', { name: /^Sign out at .+ too$/ }).click(),
    ]);
    expect(new URL(leaving.url()).searchParams.has('id_token_hint')).toBe(true);
    // The provider knows this browser no longer, so it asks nothing; but it goes on by a script of its own.
    if (!scripts) {
      await page.getByRole('button', { name: 'Continue' }).click();
    }
    await elsewhere.isAt('/logged-out');
    await expect(elsewhere.headline).toHaveText('You are signed out of this app');
    await expect(elsewhere.line('This app, in this browser')).toContainText('The provider had ended it already.');
    await elsewhere.page.reload();
    await expect(elsewhere.main.getByRole('button', { name: /^Sign out at .+ too$/ }), 'once').toHaveCount(0);
  });
});

test.describe('where the provider names the person only', () => {
  test.use({ providerHabit: 'its logout tokens name the person only' });

  test('I14: a sign-out in one browser ends all sessions of that person, and nobody else\'s', async ({
    visitor,
    elsewhere,
    app,
  }) => {
    await elsewhere.signIn(ADA);
    const adas = await elsewhere.sessionCookie();
    await visitor.signIn(GRACE);
    await visitor.signOut();
    expect(await ask(app, '/api/session', { cookie: adas }), 'another person').toBe(200);
    await visitor.main.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider(ADA);
    await visitor.isAt('/');
    await visitor.signOut();
    await expect.poll(() => ask(app, '/api/session', { cookie: adas })).toBe(401);
  });
});
