import { ADA, GRACE } from '../../oidc-provider/people.ts';
import { ask } from '../../support/bare.ts';
import { expect, test, withAndWithoutScripts } from '../../support/platform/fixtures.ts';

const LOGOUT = '/api/auth/logout';

withAndWithoutScripts(() => {
  test('F8.1, I1, I20: a person signs in at the platform, and out of all of it', async ({ guest, standIn, platform }) => {
    await guest.signIn();
    await expect(guest.headline).toHaveText('Your account');
    await expect(guest.main).toContainText(ADA.name);
    await expect(guest.main).toContainText(ADA.email);
    const cookies = await guest.context.cookies(guest.at('/'));
    const token = cookies.find(({ name }) => name === 'access_token');
    const cookie = `access_token=${token?.value}`;
    const [app] = platform.apps;
    expect(app && (await ask(app, '/api/session', { cookie }))).toBe(200);

    await guest.signOut();

    await expect(guest.headline).toHaveText('You are signed out of this app');
    expect(await guest.statusOf('app_session')).toBe('ended');
    expect(await guest.statusOf('platform')).toBe('ended');
    expect(await guest.statusOf('provider_session')).toBe('returned');
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
    expect(await guest.sessionStatus()).toBe(401);
    expect(app && (await ask(app, '/api/session', { cookie })), 'I3: the old token is worth nothing').toBe(401);
  });
});

test('F8.9, K3, K4: the platform is asked once, with its own cookie and nothing else of the browser', async ({
  guest,
  standIn,
}) => {
  await guest.context.addCookies([{ name: 'theme', value: 'dark', url: guest.at('/') }]);
  await guest.signIn();
  await guest.signOut();
  const asked = await standIn.requestsTo(LOGOUT);
  expect(asked.map(({ method, cookies }) => ({ method, cookies }))).toEqual([
    { method: 'POST', cookies: ['access_token'] },
  ]);
  const beyond = asked[0]?.headers.filter((name) => /^(x-user-|x-auth-|origin$|referer$|sec-|user-agent$)/.test(name));
  expect(beyond).toEqual([]);
});

test('somebody else can sign in afterwards, and is somebody else', async ({ guest }) => {
  await guest.signIn(ADA);
  await guest.signOut();
  await guest.signIn(GRACE);
  await expect(guest.main).toContainText(GRACE.email);
  await expect(guest.main).not.toContainText(ADA.email);
});

test('a sign-out of this app alone keeps the platform, and says so', async ({ guest, standIn }) => {
  await guest.signIn();
  await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
  await guest.isAt('/logged-out');
  await expect(guest.headline).toHaveText('You are signed out of this app');
  expect(await guest.statusOf('platform')).toBe('kept');
  expect(await guest.sessionStatus()).toBe(401);
  expect((await standIn.sessions()).single_sign_on).toEqual([ADA.sub]);
  expect(await standIn.requestsTo(LOGOUT)).toEqual([]);
});

withAndWithoutScripts(() => {
  test('I19: after a sign-out of this app alone a press of "Sign in" signs in again, and nothing else does', async ({ guest }) => {
    await guest.signIn();
    await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
    await guest.isAt('/logged-out');
    const { request } = guest.context;

    // What clients fetch by themselves, and what a page of any site can make a browser fetch.
    const asked = await request.get(guest.at('/api/auth/login-url?redirect_uri=%2Faccount'));
    const { login_url: loginUrl } = (await asked.json()) as { readonly login_url: string };
    expect(loginUrl).toBe(`${guest.at('/auth/login')}?return_to=%2Faccount`);
    await request.get(loginUrl, { maxRedirects: 0 });
    expect(await guest.sessionStatus()).toBe(401);

    await guest.goto('/account');
    await guest.main.getByRole('link', { name: 'Sign in', exact: true }).click();
    await guest.isAt('/account');
    await expect(guest.headline).toHaveText('Your account');
    expect(await guest.sessionStatus()).toBe(200);
  });

  test('I19: from a page of another site a page with a button stands before the sign-in', async ({ guest, standIn }) => {
    await guest.signIn();
    await guest.main.getByRole('button', { name: 'Sign out of this app only' }).click();
    await guest.isAt('/logged-out');
    // `127.0.0.1` is another site than `localhost`.
    const elsewhere = new URL(standIn.origin);
    elsewhere.hostname = '127.0.0.1';
    await guest.page.route(`${elsewhere.origin}/link`, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${guest.at('/auth/login?return_to=%2Faccount')}">in</a>` }),
    );
    await guest.page.goto(`${elsewhere.origin}/link`);
    await guest.page.getByRole('link', { name: 'in' }).click();
    await expect(guest.headline).toHaveText('You signed out here');
    expect(await guest.sessionStatus()).toBe(401);

    await guest.main.getByRole('button', { name: 'Sign in' }).click();
    await guest.isAt('/account');
    expect(await guest.sessionStatus()).toBe(200);
  });
});

test('F8.4: whoever says by itself who it is, is nobody, past the gateway and through it', async ({ guest, platform }) => {
  const spoofed = { 'x-user-id': 'zoe', 'x-user-email': 'zoe@example.net', 'x-user-roles': 'admin' };
  const through = await guest.context.request.get(guest.at('/api/session'), { headers: spoofed });
  expect(through.status()).toBe(401);
  const past = await fetch(`http://127.0.0.1:${platform.ports[0]}/api/session`, { headers: spoofed });
  expect(past.status).toBe(401);
});

test.describe('where the gateway is known by its address', () => {
  test.use({ platformTrust: 'peer' });
  test('the whole way works', async ({ guest, standIn }) => {
    await guest.signIn();
    await guest.signOut();
    expect(await guest.statusOf('platform')).toBe('ended');
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
    const [asked] = await standIn.requestsTo(LOGOUT);
    expect(asked?.forwarded['x-forwarded-host'], 'what the gateway said of the request goes on').toBe(
      new URL(standIn.origin).host,
    );
  });
});

test.describe('where the gateway takes the path off', () => {
  test.use({ platformStripsPrefix: true });
  test('the whole way stays below it', async ({ guest, standIn }) => {
    await guest.signIn();
    await guest.signOut();
    expect(await guest.statusOf('provider_session')).toBe('returned');
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
  });
});

withAndWithoutScripts(() => {
  test.describe('at a port of its own', () => {
    test.use({ platformRouting: 'port' });
    test('the whole way works over two origins', async ({ guest, standIn }) => {
      await guest.signIn();
      await guest.signOut();
      await expect(guest.headline).toHaveText('You are signed out of this app');
      expect(await guest.statusOf('provider_session')).toBe('returned');
      expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
      expect(await guest.isAskedWhoOneIs()).toBe(true);
    });
  });
});

test.describe('in the newer contract', () => {
  test.use({ platformSettings: { EXEUNT_PLATFORM_CONTRACT: 'current' } });
  test('the whole way works, and the session is told in its shape', async ({ guest, standIn }) => {
    await guest.signIn();
    const session = await (await guest.context.request.get(guest.at('/api/session'))).json();
    expect(session).toMatchObject({ user_id: ADA.sub, is_authenticated: true });
    await guest.signOut();
    await expect(guest.headline).toHaveText('You are signed out of this app');
    const after = await (await guest.context.request.get(guest.at('/api/session'))).json();
    expect(after).toMatchObject({ user_id: null, is_authenticated: false });
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
  });
});
