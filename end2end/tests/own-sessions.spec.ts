import { ADA, GRACE } from '../oidc-provider/people.ts';
import { ask } from '../support/bare.ts';
import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

withAndWithoutScripts((scripts) => {
  test('the page lists where one is signed in, marks this browser, and ends another', async ({ visitor, elsewhere, app }) => {
    await elsewhere.signIn(ADA);
    const theirs = await elsewhere.sessionCookie();
    await visitor.signIn(ADA);
    await visitor.main.getByRole('link', { name: 'All your sessions in this app' }).click();
    await visitor.isAt('/sessions');
    const entries = visitor.main.getByRole('listitem');
    await expect(entries).toHaveCount(2);
    await expect(entries.filter({ hasText: 'this browser' })).toHaveCount(1);
    await expect(entries.first()).toContainText('Chrome');

    const other = entries.filter({ hasNotText: 'this browser' });
    await other.getByText('End it', { exact: true }).click();
    await other.getByRole('button', { name: 'Yes, end this session' }).click();
    await expect(entries).toHaveCount(1);
    await expect(visitor.main.getByRole('status')).toHaveText('Done: it is ended.');
    await expect(visitor.main.getByRole('table')).toContainText('You ended it from another of your sessions.');
    expect(await ask(app, '/api/session', { cookie: theirs }), 'I3').toBe(401);
    expect(await visitor.sessionStatus()).toBe(200);
    await expect(visitor.page).toHaveURL((url) => url.pathname === '/sessions');
  });

  test('all others are ended at once, and nobody else\'s', async ({ visitor, elsewhere, app }) => {
    await elsewhere.signIn(ADA);
    const theirs = await elsewhere.sessionCookie();
    await visitor.signIn(GRACE);
    await visitor.goto('/sessions');
    await expect(visitor.main.getByRole('listitem')).toHaveCount(1);
    await expect(visitor.main).toContainText('There is no other session.');
    await visitor.goto('/auth/login?prompt=login&return_to=/sessions');
    await visitor.signInAtProvider(ADA);
    await visitor.isAt('/sessions');
    await expect(visitor.main.getByRole('listitem')).toHaveCount(2);
    await visitor.main.getByText('End all others', { exact: true }).click();
    await visitor.main.getByRole('button', { name: 'Yes, end all others' }).click();
    await expect(visitor.main.getByRole('listitem')).toHaveCount(1);
    expect(await ask(app, '/api/session', { cookie: theirs })).toBe(401);
  });

  test('F4.25: "Sign out everywhere" asks first, ends all of one\'s sessions, says so, and the other browser is told', async ({
    visitor,
    elsewhere,
    app,
  }) => {
    const listens = scripts ? elsewhere.listens() : undefined;
    await elsewhere.signIn(ADA);
    await listens;
    const theirs = await elsewhere.sessionCookie();
    await visitor.signIn(ADA);
    const mine = await visitor.sessionCookie();
    await visitor.goto('/sessions');
    const yes = visitor.main.getByRole('button', { name: 'Yes, sign out everywhere' });
    await expect(yes).toBeHidden();
    await visitor.main.getByText('Sign out everywhere', { exact: true }).click();
    await expect(visitor.main).toContainText('End all your sessions in this app, this one too');
    for (const cookie of [mine, theirs]) {
      expect(await ask(app, '/api/session', { cookie }), 'a question ends nothing').toBe(200);
    }

    const answered = visitor.page.waitForResponse('**/api/auth/logout');
    await yes.click();
    // By then they have ended.
    await answered;
    if (scripts) {
      await expect(elsewhere.main, 'I18').not.toContainText(ADA.email, { timeout: 1000 });
      // Two pages are drawn at once here: that the dialog comes is what counts.
      const farewell = elsewhere.page.getByRole('dialog', { name: 'Your session has ended' });
      await expect(farewell).toBeVisible();
      await expect(farewell).toContainText('You signed out everywhere, in another browser.');
      await expect(elsewhere.page.locator('html')).not.toContainText(ADA.email);
    }
    await visitor.isAt('/logged-out');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    await expect(visitor.line('This app, on your other devices')).toContainText('ended');
    expect(await visitor.statusOf('other_sessions')).toBe('ended');
    for (const cookie of [mine, theirs]) {
      expect(await ask(app, '/api/session', { cookie }), 'I3').toBe(401);
    }
    await elsewhere.goto('/account');
    await elsewhere.isAt('/?return_to=%2Faccount');
  });

  test('a stranger is led to the first page, and comes back', async ({ visitor }) => {
    await visitor.goto('/sessions');
    await expect(visitor.page).toHaveURL((url) => url.pathname === '/' && url.searchParams.get('return_to') === '/sessions');
    await visitor.main.getByRole('link', { name: 'Sign in', exact: true }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider();
    await visitor.isAt('/sessions');
  });
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('I4, I20: the page says what its form did, and not for ever, and believes no address', async ({ visitor, elsewhere }) => {
    const status = visitor.main.getByRole('status');
    await elsewhere.signIn(ADA);
    await visitor.signIn(ADA);
    await visitor.goto('/sessions');
    await expect(status, 'nothing was done yet').toHaveText('');
    await visitor.main.getByText('End it', { exact: true }).click();
    await visitor.main.getByRole('button', { name: 'Yes, end this session' }).click();
    await expect(status).toHaveText('Done: it is ended.');
    const told = new URL(visitor.page.url());
    expect(told.pathname).toBe('/sessions');
    const ended = Number(told.searchParams.get('ended'));
    expect(ended, 'when').toBeGreaterThan(0);

    await visitor.goto('/sessions');
    await expect(status).toHaveText('');
    for (const other of [ended - 1, ended + 1, 0, -ended, 'true', '']) {
      await visitor.goto(`/sessions?ended=${other}`);
      await expect(visitor.main.getByRole('listitem')).toHaveCount(1);
      await expect(status, `nothing ended at ${other}`).toHaveText('');
    }
  });
});

test('the list follows a sign-in elsewhere, and the ended page says who ended it', async ({ visitor, elsewhere }) => {
  await visitor.signIn(ADA);
  await visitor.goto('/sessions');
  const entries = visitor.main.getByRole('listitem');
  await expect(entries).toHaveCount(1);
  const listens = elsewhere.listens();
  await elsewhere.signIn(ADA);
  await listens;
  await expect(entries).toHaveCount(2);
  const other = entries.filter({ hasNotText: 'this browser' });
  await other.getByText('End it', { exact: true }).click();
  await other.getByRole('button', { name: 'Yes, end this session' }).click();
  const farewell = elsewhere.page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(farewell).toBeVisible({ timeout: 1000 });
  await expect(farewell).toContainText('You ended it from another of your sessions.');
  await expect(elsewhere.main).not.toContainText(ADA.email);
});

test('a question that stands open stays about its session, whoever signs in meanwhile', async ({ visitor, elsewhere, app }) => {
  await elsewhere.signIn(ADA);
  const asked = await elsewhere.sessionCookie();
  await visitor.signIn(ADA);
  await visitor.goto('/sessions');
  const entries = visitor.main.getByRole('listitem');
  await expect(entries).toHaveCount(2);
  await entries.filter({ hasNotText: 'this browser' }).getByText('End it', { exact: true }).click();

  await elsewhere.context.clearCookies();
  await elsewhere.signIn(ADA);
  const third = await elsewhere.sessionCookie();
  const isList = (response: { url(): string }): boolean => response.url().includes('/api/auth/session-list');
  await (await visitor.page.waitForResponse(isList)).finished();
  await visitor.main.getByRole('button', { name: 'Yes, end this session' }).click();
  await expect(visitor.page.getByText('Done: it is ended.')).toBeVisible();
  expect(await ask(app, '/api/session', { cookie: asked })).toBe(401);
  expect(await ask(app, '/api/session', { cookie: third })).toBe(200);
  await expect(entries, 'and then the list goes on').toHaveCount(2);
  await expect(visitor.main.getByRole('button', { name: 'Yes, end this session' })).toBeHidden();
});
