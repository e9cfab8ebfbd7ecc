import type { Response } from '@playwright/test';

import { FAREWELL, startCertifiedProvider } from '../oidc-provider/index.ts';
import { ask } from '../support/bare.ts';
import { expect, test } from '../support/fixtures.ts';
import { freePort } from '../support/ports.ts';
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

/** Opens a page of the provider that frames this address, and waits for the answer. */
async function frame({ page }: Visitor, issuer: string, address: string): Promise<Response> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url() === address),
    page.goto(`${issuer}${FAREWELL}?${new URLSearchParams({ frame: address })}`),
  ]);
  return answer;
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
  const answer = await frame(elsewhere, provider.issuer, app.at(`/auth/frontchannel-logout?${query}`));
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
    const answer = await frame(elsewhere, provider.issuer, app.at(`/auth/frontchannel-logout?${query}`));
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
  complaints.expect(/frame-ancestors|X-Frame-Options|net::ERR_BLOCKED_BY_(RESPONSE|CSP)/);
  const framed = ({ page }: Visitor): string | undefined =>
    page.frames().find((frame) => frame !== page.mainFrame())?.url();
  await frame(visitor, provider.issuer, app.at('/'));
  await expect.poll(() => framed(visitor)).toBe('chrome-error://chromewebdata/');

  const query = new URLSearchParams({ iss: provider.issuer, sid: 'unknown' });
  const address = app.at(`/auth/frontchannel-logout?${query}`);
  await frame(visitor, provider.issuer, address);
  await expect.poll(() => framed(visitor), 'the provider may').toBe(address);

  const port = await freePort();
  const stranger = await startCertifiedProvider(port, {
    redirectUri: app.at('/auth/callback'),
    postLogoutRedirectUri: app.at('/logged-out'),
    backchannelLogoutUri: app.at('/auth/backchannel-logout'),
    sessionRequired: true,
  });
  const other = await visitor.inAnotherTab();
  await frame(other, stranger.issuer, address);
  await expect.poll(() => framed(other)).toBe('chrome-error://chromewebdata/');
  await stranger.stop();
});
