import { ask } from '../support/bare.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

test.use({ providerKind: 'certified', settings: { EXEUNT_FRONT_CHANNEL_LOGOUT: 'on' } });

/** The session of the provider that the last ID token names. */
function sid(secrets: ReadonlySet<string>): string {
  const claims = [...secrets]
    .filter((secret) => secret.split('.').length === 3)
    .map((token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sid?: string });
  const last = claims.findLast((claims) => claims.sid !== undefined);
  expect(last?.sid, 'a sid').toBeDefined();
  return last?.sid ?? '';
}

/** Opens a page of this origin that holds nothing but a frame. */
async function frame({ page }: Visitor, origin: string, address: string): Promise<void> {
  await page.route(`${origin}/farewell`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Farewell</title><link rel="icon" href="data:,"><iframe src="${address.replaceAll('&', '&amp;')}"></iframe>`,
    }),
  );
  await page.goto(`${origin}/farewell`);
}

test('F7.1: the provider ends a session from a frame of its page, in a browser that brings no cookie', async ({
  visitor,
  elsewhere,
  app,
  provider,
}) => {
  await visitor.signIn();
  const cookie = await visitor.sessionCookie();
  const query = new URLSearchParams({ iss: provider.issuer, sid: sid(provider.secrets) });
  const [answer] = await Promise.all([
    elsewhere.page.waitForResponse((response) => response.url().includes('/auth/frontchannel-logout?')),
    frame(elsewhere, provider.issuer, app.at(`/auth/frontchannel-logout?${query}`)),
  ]);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['cache-control']).toContain('no-store');
  expect(answer.headers()['content-security-policy']).toContain(`frame-ancestors ${provider.issuer}`);
  await expect.poll(() => ask(app, '/api/session', { cookie })).toBe(401);
  await visitor.goto('/account');
  await visitor.isAt('/?return_to=%2Faccount');
});

test('F7.2: a wrong issuer or an unknown sid ends nothing', async ({ visitor, elsewhere, app, provider }) => {
  await visitor.signIn();
  for (const query of [
    new URLSearchParams({ iss: 'https://evil.example', sid: sid(provider.secrets) }),
    new URLSearchParams({ iss: provider.issuer, sid: 'unknown' }),
    new URLSearchParams({ sid: sid(provider.secrets) }),
  ]) {
    const [answer] = await Promise.all([
      elsewhere.page.waitForResponse((response) => response.url().includes('/auth/frontchannel-logout?')),
      frame(elsewhere, provider.issuer, app.at(`/auth/frontchannel-logout?${query}`)),
    ]);
    expect(answer.status()).toBe(200);
    expect(await visitor.sessionStatus(), query.toString()).toBe(200);
  }
});

test('F7.4: no other page may be framed, and nobody else may frame that one', async ({
  visitor,
  app,
  provider,
  complaints,
}) => {
  complaints.expect(/frame-ancestors|X-Frame-Options|Framing .* violates|chrome-error/i);
  await frame(visitor, provider.issuer, app.at('/'));
  const blocked = visitor.page.frames().find((frame) => frame !== visitor.page.mainFrame());
  await expect.poll(() => blocked?.url()).toBe('chrome-error://chromewebdata/');

  const other = await visitor.inAnotherTab();
  const query = new URLSearchParams({ iss: provider.issuer, sid: 'unknown' });
  await frame(other, 'http://127.0.0.1:9', app.at(`/auth/frontchannel-logout?${query}`));
  const alsoBlocked = other.page.frames().find((frame) => frame !== other.page.mainFrame());
  await expect.poll(() => alsoBlocked?.url()).toBe('chrome-error://chromewebdata/');
});
