import { expect, test } from '../support/fixtures.ts';

test.use({ javaScriptEnabled: false, providerKind: 'certified' });

test.describe('at a provider whose end-session address leads through another origin', () => {
  test.use({ providerHabit: 'hops to another origin' });

  test('I20: a form posted without scripts is not stranded by the content security policy', async ({ visitor }) => {
    const { page } = visitor;
    const passed: string[] = [];
    page.on('request', (request) => passed.push(new URL(request.url()).pathname));
    await visitor.signIn();
    await visitor.signOut();
    const way = passed.slice(passed.indexOf('/api/auth/logout'));
    expect(way.filter((path) => ['/auth/logout/continue', '/leave', '/pass', '/session/end'].includes(path))).toEqual([
      '/auth/logout/continue',
      '/leave',
      '/pass',
      '/session/end',
    ]);
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    expect(await visitor.statusOf('provider_session')).toBe('returned');
    expect(await visitor.askProviderSilently()).toBe('login_required');
  });
});

test('the page between leaves by itself and offers the way as a link too', async ({ visitor, provider }) => {
  const { page } = visitor;
  await visitor.signIn();
  const [between] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/auth/logout/continue')),
    visitor.signOutButton.click(),
  ]);
  await visitor.isAtProvider();
  // The browser has thrown the page away; the same is there once more.
  const html = await (await visitor.context.request.get(between.url())).text();
  expect(html).toContain('http-equiv="refresh"');
  expect(html).toContain(`href="${provider.issuer}/session/end?`);
  expect(between.headers()['content-security-policy']).toContain("form-action 'self';");
  await visitor.confirmAtProvider();
  await visitor.isAt('/logged-out');
});

test('"Try again" at the provider is offered three times where it has not confirmed', async ({ visitor, provider }) => {
  await visitor.signIn();
  await visitor.signOutButton.click();
  await visitor.isAtProvider();
  await visitor.goto('/logged-out');
  const again = visitor.main.getByRole('link', { name: /^Try .* again$/ });
  for (let tries = 0; tries < 3; tries += 1) {
    await again.click();
    await visitor.isAtProvider();
    await visitor.goto('/logged-out');
  }
  await expect(visitor.main).toContainText('has not confirmed');
  await expect(again).toHaveCount(0);
  expect(await visitor.statusOf('provider_session')).toBe('unconfirmed');
  expect(provider.kind).toBe('certified');
});

test('with nothing to leave for, the page between leads to the page that tells the truth', async ({ visitor }) => {
  await visitor.goto('/auth/logout/continue');
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are not signed in here');
});
