/** The certified provider, small: one confidential client, two people, a question before it signs anybody out. */

import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

import { close, listen } from '../support/listener.ts';
import { errorPage, farewellPage, loginPage, logoutPage, signedOutPage } from './pages.ts';
import { PEOPLE } from './people.ts';

/** A page that frames what its query names, as a page does that signs people out by the front channel. */
export const FAREWELL = '/farewell';

/** A path that leads nowhere. */
const NOWHERE = '/no/such/page';

/** How the provider may differ from a well-behaved one. */
export interface Habits {
  /** Discovery says that sessions end where there is no page. */
  readonly endSessionNowhere?: boolean;
  /** It sends the browser through this origin before it asks about the sign-out. */
  readonly hop?: string;
}

export interface Registration {
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly backchannelLogoutUri: string;
  /** Whether its logout tokens name the session; only then ID tokens do too. */
  readonly sessionRequired: boolean;
}

export interface CertifiedProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Every token and code that it has given out so far. */
  readonly secrets: ReadonlySet<string>;
  /** What went wrong inside of it. */
  readonly faults: readonly unknown[];
  stop(): Promise<void>;
}

/** Starts it on this port. */
export async function startCertifiedProvider(
  port: number,
  registration: Registration,
  habits: Habits = {},
): Promise<CertifiedProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const clientId = 'exeunt-end2end';
  const clientSecret = randomBytes(24).toString('base64url');
  const secrets = new Set<string>();
  const faults: unknown[] = [];

  const provider = new Provider(issuer, configuration(clientId, clientSecret, registration));
  provider.on('server_error', (_context, error) => faults.push(error));
  provider.on('grant.success', (context) => remember(secrets, context));
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/.well-known/openid-configuration') {
      const metadata = context.body as Record<string, unknown>;
      if (habits.endSessionNowhere) {
        metadata['end_session_endpoint'] = issuer + NOWHERE;
      } else if (habits.hop) {
        metadata['end_session_endpoint'] = `${issuer}/leave`;
      }
    }
  });

  const answer = provider.callback();
  const server = await listen(port, (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const interaction = /^\/interaction\/[\w-]+$/.test(url.pathname);
    if (interaction) {
      interact(provider, request, response).catch((error: unknown) => fail(response, error));
    } else if (url.pathname === FAREWELL) {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(farewellPage(url.searchParams.get('frame') ?? ''));
    } else if (url.pathname === NOWHERE) {
      response
        .writeHead(404, { 'content-type': 'text/html; charset=utf-8' })
        .end(errorPage({ error: 'there is no such page' }));
    } else if (habits.hop && url.pathname === '/leave') {
      response.writeHead(302, { location: `${habits.hop}/pass${url.search}` }).end();
    } else {
      void answer(request, response);
    }
  });
  return { issuer, clientId, clientSecret, secrets, faults, stop: () => close(server) };
}

/** Another origin, which does nothing but send the browser on to the provider's end-session endpoint. */
export async function startHop(port: number, issuer: string): Promise<() => Promise<void>> {
  const server = await listen(port, (request, response) => {
    const { search } = new URL(request.url ?? '/', issuer);
    response.writeHead(302, { location: `${issuer}/session/end${search}` }).end();
  });
  return () => close(server);
}

function configuration(clientId: string, clientSecret: string, registration: Registration): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [registration.redirectUri],
        post_logout_redirect_uris: [registration.postLogoutRedirectUri],
        backchannel_logout_uri: registration.backchannelLogoutUri,
        // Without it there is no `sid` in the ID token.
        backchannel_logout_session_required: registration.sessionRequired,
      },
    ],
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    findAccount: (_context, sub) => {
      const person = PEOPLE.find((person) => person.sub === sub);
      return person && { accountId: sub, claims: () => ({ ...person, email_verified: true }) };
    },
    // The person is not asked to consent: this client is trusted.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, account } = oidc;
      const known = client && session?.grantIdFor(client.clientId);
      // A refresh token that is revoked takes its grant along.
      const living = known && (await oidc.provider.Grant.find(known));
      if (living) {
        return living;
      }
      const grant = new oidc.provider.Grant({ clientId: client?.clientId, accountId: account?.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    // Its own `fetch` refuses loopback addresses; ours are nothing else.
    fetch: (url, options) => {
      const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown };
      return fetch(url, rest);
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = logoutPage(form);
        },
        postLogoutSuccessSource: (context) => {
          context.body = signedOutPage();
        },
      },
    },
    renderError: (context, out) => {
      context.type = 'html';
      context.body = errorPage(out);
    },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 24 * 3600,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 24 * 3600,
      Session: 24 * 3600,
    },
  };
}

/** Shows who can sign in, or takes the answer. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(loginPage(request.url ?? '', prompt.name));
    return;
  }
  const form = new URLSearchParams(await read(request));
  const login = { accountId: form.get('sub') ?? '' };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fail(response: ServerResponse, error: unknown): void {
  const out = { error: 'interaction', error_description: String(error) };
  response.writeHead(400, { 'content-type': 'text/html; charset=utf-8' }).end(errorPage(out));
}

function signingKey(): JsonWebKey & { kty: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'end2end' };
}

function remember(secrets: Set<string>, context: KoaContextWithOIDC): void {
  const body = context.body as Record<string, unknown>;
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const token = body[name];
    if (typeof token === 'string') {
      secrets.add(token);
    }
  }
  const code = context.oidc.params?.['code'];
  if (typeof code === 'string') {
    secrets.add(code);
  }
}
