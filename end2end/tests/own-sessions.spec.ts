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
    if (scripts) {
      await expect(visitor.page.getByText('Done: it is ended.')).toBeVisible();
    }
    await expect(visitor.main.getByRole('table')).toContainText('You ended it from another of your sessions.');
    expect(await ask(app, '/api/session', { cookie: theirs }), 'I3').toBe(401);
    expect(await visitor.sessionStatus()).toBe(200);
    await visitor.isAt('/sessions');
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

  test('a stranger is led to the first page, and comes back', async ({ visitor }) => {
    await visitor.goto('/sessions');
    await expect(visitor.page).toHaveURL((url) => url.pathname === '/' && url.searchParams.get('return_to') === '/sessions');
    await visitor.main.getByRole('link', { name: 'Sign in', exact: true }).click();
    await visitor.isAtProvider();
    await visitor.signInAtProvider();
    await visitor.isAt('/sessions');
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
