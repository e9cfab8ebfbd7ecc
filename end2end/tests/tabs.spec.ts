import { ADA, GRACE } from '../oidc-provider/people.ts';
import { ask } from '../support/bare.ts';
import { deafen, stopTime } from '../support/deaf.ts';
import { expect, test, withAndWithoutScripts, withEachProvider } from '../support/fixtures.ts';

withEachProvider(() => {
  withAndWithoutScripts(() => {
    test('I11: two tabs that sign in at the same time both end up signed in, with one session', async ({
      visitor,
      app,
    }) => {
      const other = await visitor.inAnotherTab();
      await visitor.startSigningIn();
      await other.startSigningIn();
      await visitor.signInAtProvider();
      await visitor.isAt('/account');
      const first = await visitor.sessionCookie();
      await other.signInAtProvider();
      await other.isAt('/account');
      const second = await visitor.sessionCookie();
      expect(second).not.toBe(first);
      expect(await ask(app, '/api/session', { cookie: first }), 'the replaced session is dead').toBe(401);
      expect(await ask(app, '/api/session', { cookie: second })).toBe(200);
      for (const tab of [visitor, other]) {
        await tab.page.reload();
        await expect(tab.main).toContainText(ADA.email);
      }
    });

    test('I2: a sign-out cancels the sign-in that another tab has begun', async ({ visitor, app, complaints }) => {
      complaints.expect(/status of 400 .*\/auth\/callback\?/);
      await visitor.signIn();
      const other = await visitor.inAnotherTab();
      await other.goto('/auth/login?prompt=login');
      await other.isAtProvider();

      await visitor.main.getByRole('button', { name: 'Sign out of this app only' }).click();
      await visitor.isAt('/logged-out');

      await other.signInAtProvider();
      await expect(other.page).toHaveURL((url) => url.href.startsWith(app.at('/auth/callback?')));
      await expect(other.headline).toHaveText('This sign-in is over');
      expect(await visitor.sessionStatus()).toBe(401);
      await other.main.getByRole('link').first().click();
      await expect(other.page).not.toHaveURL((url) => url.pathname === '/auth/callback');
    });
  });

  test('I11: signing in as somebody else ends the session of the first', async ({ visitor, app }) => {
    await visitor.signIn(ADA);
    const first = await visitor.sessionCookie();
    await visitor.goto('/auth/login?prompt=login&return_to=/account');
    await visitor.signInAtProvider(GRACE);
    await visitor.isAt('/account');
    await expect(visitor.main).toContainText(GRACE.email);
    await expect(visitor.main).not.toContainText(ADA.email);
    expect(await ask(app, '/api/session', { cookie: first })).toBe(401);
  });

  test('F4.6, I18: a tab that heard nothing shows the sign-out when it is looked at again, and signs nobody in', async ({
    visitor,
    provider,
  }) => {
    await visitor.page.clock.install();
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    await deafen(other.page);
    await other.goto('/account');
    await other.isLive();
    await stopTime(other.page);
    await visitor.signOut();
    await expect(other.main, 'nobody has told it').toContainText(ADA.email);
    const asked: string[] = [];
    other.page.on('request', (request) => asked.push(request.url()));
    // What the browser tells a page that comes to the front.
    await other.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await expect(other.main).not.toContainText(ADA.email);
    await expect(other.page.locator('html')).not.toContainText(ADA.name);
    await expect(other.page.getByRole('button', { name: 'Sign out' })).toHaveCount(0);
    expect(asked.filter((url) => url.startsWith(provider.issuer))).toEqual([]);
    expect(asked.filter((url) => url.includes('/auth/login'))).toEqual([]);
  });

  test('I18: a tab is told by the one that signed out, where neither the server nor a look at it tells it', async ({
    visitor,
  }) => {
    await visitor.page.clock.install();
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    await other.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'EventSource'));
    await other.goto('/account');
    await other.isLive();
    await stopTime(other.page);
    await visitor.signOut();
    await expect(other.main).not.toContainText(ADA.email);
    await expect(other.page.locator('html')).not.toContainText(ADA.name);
  });

  test('F4.5: a sign-out in a tab whose session another tab ended is no fault', async ({ visitor, complaints }) => {
    complaints.expect(/net::ERR_FAILED/);
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    await other.goto('/account');
    await other.isLive();
    // It cannot ask, so it has not noticed.
    await other.page.route('**/api/auth/current-session*', (route) => route.abort());
    await visitor.signOut();
    await other.signOutButton.click();
    await other.isAt('/logged-out');
    await expect(other.headline).toHaveText('You are signed out of this app');
    expect(await other.statusOf('provider_session'), 'the first receipt stands').toBe('returned');
  });
});
