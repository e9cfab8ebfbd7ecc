import { ADA, GRACE } from '../oidc-provider/people.ts';
import { ask } from '../support/bare.ts';
import { expect, test, withAndWithoutScripts, withEachProvider } from '../support/fixtures.ts';

withEachProvider(() => {
  withAndWithoutScripts(() => {
    test('F4.1, I1, I20: a person signs in, sees the account, signs out, and is signed out everywhere that counts', async ({
      visitor,
      app,
    }) => {
      await visitor.signIn();
      await expect(visitor.headline).toHaveText('Your account');
      await expect(visitor.main).toContainText(ADA.name);
      await expect(visitor.main).toContainText(ADA.email);
      expect(await visitor.askProviderSilently(), 'before: the provider knows this browser').toBe('code');
      const cookie = await visitor.sessionCookie();
      expect(await ask(app, '/api/session', { cookie })).toBe(200);

      await visitor.signOut();

      await expect(visitor.headline).toHaveText('You are signed out of this app');
      await expect(visitor.line('This app, in this browser')).toContainText('ended');
      await expect(visitor.line('Session at the provider')).toContainText('asked, came back');
      expect(await visitor.statusOf('app_session')).toBe('ended');
      expect(await visitor.statusOf('provider_session')).toBe('returned');

      expect(await visitor.askProviderSilently(), 'after: it does not').toBe('login_required');
      expect(await ask(app, '/api/session', { cookie }), 'I3: the old cookie is worth nothing').toBe(401);
      expect(await visitor.sessionStatus()).toBe(401);
    });
  });

  test('F4.7, I18: after a sign-out, going back and reloading show nothing protected', async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    await visitor.goto('/');
    await visitor.isLive();
    await visitor.goto('/account');
    await visitor.isLive();
    await visitor.signOut();

    await visitor.goBackOverProvider();
    await visitor.isAt('/?return_to=%2Faccount');
    for (const look of ['at first', 'after a reload', 'one page further back', 'after a reload']) {
      if (look === 'after a reload') {
        await page.reload();
      } else if (look === 'one page further back') {
        await page.goBack();
        await visitor.isAt('/');
      }
      await expect(visitor.main, look).toContainText('You are not signed in to this app in this browser.');
      await expect(page.locator('body'), look).not.toContainText(ADA.name);
      await expect(page.locator('body'), look).not.toContainText(ADA.email);
    }
    expect(await visitor.sessionStatus()).toBe(401);
  });

  test('one can sign in again after a sign-out, as somebody else', async ({ visitor }) => {
    await visitor.signIn(ADA);
    await visitor.signOut();
    await visitor.main.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider(GRACE);
    await visitor.isAt('/');
    await expect(visitor.main).toContainText(GRACE.name);
    await expect(visitor.main).not.toContainText(ADA.name);
  });

  test('"Use another account" lets one choose, also while the provider still knows the first', async ({ visitor }) => {
    await visitor.signIn(ADA);
    await visitor.main.getByRole('button', { name: 'Sign out of this app only' }).click();
    await visitor.isAt('/logged-out');
    await visitor.main.getByRole('link', { name: 'Use another account' }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider(GRACE);
    await visitor.isAt('/');
    await expect(visitor.main).toContainText(GRACE.name);
  });

  test('I4: a sign-out of this app only keeps the provider, and says so', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.main.getByRole('button', { name: 'Sign out of this app only' }).click();
    await visitor.isAt('/logged-out');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    await expect(visitor.main).toContainText('was kept: you are still signed in there');
    expect(await visitor.statusOf('provider_session')).toBe('kept');
    expect(await visitor.sessionStatus()).toBe(401);
    expect(await visitor.askProviderSilently()).toBe('code');
  });

  test('how far to sign out can be chosen, and holds', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.goto('/');
    await visitor.main.getByText('Other ways to sign out').click();
    const ways = visitor.main.getByRole('group', { name: 'How far would you like to sign out?' });
    await expect(ways.getByRole('radio', { checked: true })).toHaveAccessibleName(/^Sign out everywhere/);
    await ways.getByRole('radio', { name: /^Sign out of this app only/ }).check();
    await visitor.main.locator('.exeunt-logout-choice').getByRole('button').click();
    await visitor.isAt('/logged-out');
    expect(await visitor.statusOf('provider_session')).toBe('kept');
    expect(await visitor.sessionStatus()).toBe(401);
  });

  test('F4.25: a sign-out everywhere ends the sessions of the same person in other browsers', async ({
    visitor,
    elsewhere,
    app,
  }) => {
    await elsewhere.signIn();
    await visitor.signIn();
    const cookie = await elsewhere.sessionCookie();
    await visitor.main.getByRole('button', { name: 'Sign out everywhere' }).click();
    await visitor.confirmAtProvider();
    await visitor.isAt('/logged-out');
    expect(await visitor.statusOf('other_sessions')).toBe('ended');
    await expect(visitor.line('This app, on your other devices')).toContainText(
      'Those browsers stay signed in at the provider',
    );
    expect(await ask(app, '/api/session', { cookie })).toBe(401);
    expect(await elsewhere.askProviderSilently(), 'as the receipt says').toBe('code');
    await elsewhere.goto('/account');
    await elsewhere.isAt('/?return_to=%2Faccount');
    await expect(elsewhere.main).not.toContainText(ADA.name);
  });
});

withAndWithoutScripts(() => {
  test.describe('below a path prefix', () => {
    test.use({ prefix: '/some/app' });

    test('the whole journey stays below it, cookies included', async ({ visitor, app }) => {
      await visitor.signIn();
      await expect(visitor.main).toContainText(ADA.email);
      const cookies = (await visitor.context.cookies()).filter(({ name }) => name.startsWith('exeunt-'));
      expect(new Set(cookies.map(({ path }) => path))).toEqual(new Set(['/some/app']));
      const cookie = await visitor.sessionCookie();
      await visitor.signOut();
      await expect(visitor.headline).toHaveText('You are signed out of this app');
      expect(await visitor.statusOf('provider_session')).toBe('returned');
      expect(await ask(app, '/api/session', { cookie })).toBe(401);
      expect(await visitor.askProviderSilently()).toBe('login_required');
    });
  });
});

test('I20: whoever cancels at the provider is told so and is not signed in', async ({ visitor, complaints }) => {
  complaints.expect(/status of 403 .*\/auth\/callback\?/);
  await visitor.startSigningIn();
  await visitor.page.getByRole('button', { name: 'Cancel' }).click();
  await expect(visitor.headline).toHaveText('Sign-in was declined');
  await expect(visitor.main.getByRole('link').first()).toBeVisible();
  expect(await visitor.sessionStatus()).toBe(401);
});
