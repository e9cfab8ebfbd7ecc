import { ask } from '../support/bare.ts';
import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

test.use({ providerKind: 'certified' });

withAndWithoutScripts(() => {
  test.describe('where the end-session address answers 404', () => {
    test.use({ providerHabit: 'end-session address is wrong' });

    test('F4.17, I19: one is signed out here, told the truth, and asked at the next sign-in', async ({
      visitor,
      provider,
      complaints,
    }) => {
      const { page } = visitor;
      complaints.expect(/status of 404 .*\/no\/such\/page\?/);
      await visitor.signIn();
      await visitor.signOutButton.click();
      await expect(page).toHaveURL((url) => url.pathname === '/no/such/page');
      expect(await visitor.sessionStatus(), 'dead before the browser leaves').toBe(401);

      await visitor.goto('/logged-out');
      await expect(visitor.headline).toHaveText('You are signed out of this app');
      await expect(visitor.main).toContainText('has not confirmed that you are signed out there');
      await expect(visitor.line('Session at the provider')).toContainText('not confirmed');
      expect(await visitor.statusOf('provider_session')).toBe('unconfirmed');
      expect(await visitor.askProviderSilently(), 'as the page says').toBe('code');

      const [authorization] = await Promise.all([
        page.waitForRequest((request) => request.url().startsWith(`${provider.issuer}/auth?`)),
        visitor.main.getByRole('link', { name: 'Sign in again' }).click(),
      ]);
      expect(new URL(authorization.url()).searchParams.get('prompt')).toBe('login');
      await visitor.signInAtProvider();
      await visitor.isAt('/');
      expect(await visitor.sessionStatus()).toBe(200);
    });
  });

  test('I4: whoever says no at the provider is never told that the session there ended', async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    await visitor.signOutButton.click();
    await page.getByRole('button', { name: 'No, stay signed in' }).click();
    await visitor.isAt('/logged-out');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    expect(await visitor.statusOf('provider_session')).toBe('returned');
    await expect(visitor.main).not.toContainText('is ended too');
    await expect(visitor.line('Session at the provider')).toContainText(
      'If it asked and you chose to stay signed in there, you still are.',
    );
    await expect(visitor.line('Session at the provider').getByText('ended', { exact: true })).toHaveCount(0);
    expect(await visitor.sessionStatus()).toBe(401);
    expect(await visitor.askProviderSilently(), 'the provider does still know this browser').toBe('code');

    // The next time the answer is yes, and the page is no less true.
    await visitor.main.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.isAt('/');
    await visitor.signOut();
    expect(await visitor.statusOf('provider_session')).toBe('returned');
    expect(await visitor.askProviderSilently()).toBe('login_required');
  });
});

test('F4.5: a double click makes one sign-out and one visit to the provider', async ({ visitor, provider }) => {
  const { page } = visitor;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await visitor.signIn();
  await visitor.signOutButton.dblclick();
  await visitor.confirmAtProvider();
  await visitor.isAt('/logged-out');
  expect(asked.filter((url) => url.startsWith(`${provider.issuer}/session/end?`))).toHaveLength(1);
  expect(asked.filter((url) => url.endsWith('/api/auth/logout'))).toHaveLength(1);
  await expect(visitor.headline).toHaveText('You are signed out of this app');
  expect(await visitor.statusOf('provider_session')).toBe('returned');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('F4.5, I20: a double click leads to the provider, or to the page that claims nothing', async ({ visitor, provider, app }) => {
    const { page } = visitor;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    await visitor.signOutButton.dblclick();
    // The browser may drop the first answer, which alone knows the way to the provider (docs/adr/0004).
    const isThere = (url: URL): boolean => url.origin === provider.issuer || url.href === app.at('/logged-out');
    await expect(page).toHaveURL(isThere);
    const isAtProvider = new URL(page.url()).origin === provider.issuer;
    if (isAtProvider) {
      await visitor.confirmAtProvider();
      await visitor.isAt('/logged-out');
      expect(await visitor.statusOf('provider_session')).toBe('returned');
    }
    await expect(visitor.headline).toHaveText(isAtProvider ? 'You are signed out of this app' : 'You are not signed in here');
    expect(asked.filter((url) => url.startsWith(`${provider.issuer}/session/end?`)).length).toBe(isAtProvider ? 1 : 0);
    expect(await ask(app, '/api/session', { cookie }), 'I3').toBe(401);
  });
});
