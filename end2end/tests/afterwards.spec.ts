import { ADA } from '../oidc-provider/people.ts';
import { expect, test, withAndWithoutScripts, withEachProvider } from '../support/fixtures.ts';

withEachProvider(() => {
  withAndWithoutScripts(() => {
    test('I19, F4.27: after a sign-out the app never begins a sign-in by itself', async ({ visitor, provider }) => {
      await visitor.signIn();
      await visitor.main.getByRole('button', { name: 'Sign out of this app only' }).click();
      await visitor.isAt('/logged-out');
      expect(await visitor.askProviderSilently(), 'a silent sign-in would work').toBe('code');

      const asked: string[] = [];
      visitor.page.on('request', (request) => asked.push(request.url()));
      await visitor.goto('/');
      await expect(visitor.main).toContainText('Nobody is on stage.');
      await visitor.goto('/account');
      await visitor.isAt('/?return_to=%2Faccount');
      await visitor.goto('/logged-out');
      await visitor.page.reload();
      await expect(visitor.headline).toHaveText('You are signed out of this app');

      expect(asked.length).toBeGreaterThan(3);
      expect(asked.filter((url) => url.startsWith(provider.issuer))).toEqual([]);
      expect(asked.filter((url) => url.includes('/auth/login'))).toEqual([]);
      expect(await visitor.sessionStatus()).toBe(401);
    });

    test('the account page sends a stranger to the start page, whose sign-in leads back to it', async ({ visitor }) => {
      await visitor.goto('/account');
      await visitor.isAt('/?return_to=%2Faccount');
      await expect(visitor.main).toContainText('Please sign in to see that page.');
      await visitor.main.getByRole('link', { name: 'Sign in', exact: true }).click();
      await visitor.signInAtProvider();
      await visitor.isAt('/account');
      await expect(visitor.main).toContainText(ADA.email);
    });
  });
});

test('I19: a provider that did not confirm is asked to prompt, and no parameter weakens that', async ({
  visitor,
  provider,
  complaints,
}) => {
  complaints.expect(/net::ERR_FAILED/);
  await visitor.signIn();
  await visitor.page.route(`${provider.issuer}/**`, (route) => route.abort());
  await Promise.all([
    visitor.page.waitForEvent('requestfailed', (request) => request.url().startsWith(provider.issuer)),
    visitor.signOutButton.click(),
  ]);
  expect(await visitor.sessionStatus()).toBe(401);
  for (const [parameters, prompt] of [
    ['', 'login'],
    ['?prompt=none', 'login'],
    ['?prompt=consent', 'login'],
    ['?prompt=select_account', 'select_account'],
  ]) {
    const response = await visitor.context.request.get(visitor.at(`/auth/login${parameters}`), { maxRedirects: 0 });
    expect(response.status()).toBe(303);
    expect(new URL(response.headers()['location'] ?? '').searchParams.get('prompt')).toBe(prompt);
  }
});

test('I7: nobody is sent to another origin after signing in', async ({ visitor, app }) => {
  for (const target of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example', 'javascript:alert(1)']) {
    await visitor.goto(`/auth/login?return_to=${encodeURIComponent(target)}`);
    if ((await visitor.sessionStatus()) !== 200) {
      await visitor.signInAtProvider();
    }
    await expect(visitor.page).toHaveURL((url) => url.href.startsWith(app.at('/')));
    await visitor.isAt('/');
  }
});

test('the HTML for a stranger holds nothing protected', async ({ visitor, app }) => {
  await visitor.signIn();
  const cookie = await visitor.sessionCookie();
  const signedIn = await (await fetch(app.at('/account'), { headers: { cookie } })).text();
  expect(signedIn, 'for whoever is signed in it is in the HTML').toContain(ADA.email);
  for (const path of ['/', '/account', '/logged-out']) {
    const response = await fetch(app.at(path));
    const html = await response.text();
    expect(response.status, path).toBe(200);
    expect(html, path).toContain('</html>');
    expect(html, path).not.toContain(ADA.email);
    expect(html, path).not.toContain(ADA.name);
    expect(html, path).not.toContain('Three ways out');
  }
});
