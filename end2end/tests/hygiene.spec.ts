import type { Response } from '@playwright/test';

import { ADA } from '../oidc-provider/people.ts';
import { expect, test, withAndWithoutScripts, withEachProvider } from '../support/fixtures.ts';

/** The beginning of every JSON Web Token: `{"`. */
const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}/;

withEachProvider(() => {
  withAndWithoutScripts(() => {
    test('N1, I16: no token, code or cookie is in anything the app sends to the browser, or in its log', async ({
      visitor,
      app,
      provider,
    }) => {
      const { context } = visitor;
      const bodies: Array<Promise<{ readonly url: string; readonly body: string }>> = [];
      const secrets = new Map<string, string>();
      context.on('response', (response) => {
        noteSecrets(secrets, response, app.url);
        if (response.url().startsWith(app.url) && !isRedirect(response)) {
          bodies.push(read(response));
        }
      });
      await visitor.goto('/');
      await visitor.signIn();
      secrets.set('session cookie', (await visitor.sessionCookie()).split('=')[1] ?? '');
      await visitor.goto('/');
      await visitor.isLive();
      await visitor.goto('/account');
      await visitor.isLive();
      await visitor.signOut();
      for (const cookie of await context.cookies(app.at('/'))) {
        if (cookie.name.startsWith('exeunt') && cookie.value.length > 8) {
          secrets.set(cookie.name, cookie.value);
        }
      }
      [...provider.secrets].forEach((secret, index) => secrets.set(`given out, ${index}`, secret));
      expect([...secrets.keys()]).toEqual(expect.arrayContaining(['session cookie', 'code', 'state', 'id_token_hint']));

      const sent = await Promise.all(bodies);
      expect(sent.length).toBeGreaterThan(4);
      for (const { url, body } of sent) {
        if (isAboutToLeave(url)) {
          continue;
        }
        expect(JWT.test(body), `a token in ${url}`).toBe(false);
        for (const [name, secret] of secrets) {
          expect(body.includes(secret), `${name} in ${url}`).toBe(false);
        }
      }

      // What it prints at its start for the person at the terminal is not log.
      const log = (await app.log()).split('\n').filter((line) => line.startsWith('{')).join('\n');
      expect(log).toContain('a session begins');
      for (const [name, secret] of secrets) {
        expect(log.includes(secret), `${name} in the log`).toBe(false);
      }
      for (const told of [ADA.name, ADA.email]) {
        expect(log.includes(told), `${told} in the log`).toBe(false);
      }
    });

    test('N1: the answers that lead to the provider hold the ID token in its address and nowhere else', async ({
      visitor,
      app,
      provider,
    }) => {
      await visitor.signIn();
      const cookie = await visitor.sessionCookie();
      const answer = await fetch(app.at('/api/auth/logout'), {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(answer.status).toBe(200);
      const { front_channel_logout_url: leave, ...rest } = (await answer.json()) as Record<string, unknown>;
      expect(rest['success']).toBe(true);
      expect(String(leave).startsWith(provider.issuer)).toBe(true);
      expect(new URL(String(leave)).searchParams.get('id_token_hint')).toMatch(JWT);
      expect(JSON.stringify(rest)).not.toMatch(JWT);

      const pending = answer.headers.getSetCookie().find((set) => set.startsWith('exeunt-logout='))?.split(';')[0] ?? '';
      const between = await fetch(app.at('/auth/logout/continue'), { headers: { cookie: pending } });
      const html = await between.text();
      expect(html.match(/id_token_hint/g)).toHaveLength(2);
      expect(html.replace(/(content="0; url=|href=")http[^"]*id_token_hint=[^"]*"/g, '')).not.toMatch(JWT);
    });

    test('I9: every cookie is HttpOnly, Lax and ours by name, and the session cookie is short and opaque', async ({
      visitor,
      app,
    }) => {
      const { context } = visitor;
      const set: string[] = [];
      context.on('response', async (response) => {
        if (response.url().startsWith(app.url)) {
          const headers = await response.headersArray().catch(() => []);
          set.push(...headers.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value));
        }
      });
      await visitor.signIn();
      const session = await visitor.sessionCookie();
      expect(session.length).toBeLessThan(200);
      expect(session).toMatch(/^exeunt=[\w-]{43,}$/);
      await visitor.signOut();
      await expect(visitor.headline).toHaveText('You are signed out of this app');

      expect(set.length).toBeGreaterThan(3);
      for (const cookie of set) {
        expect(cookie).toMatch(/^exeunt(-login-[\w-]+|-logout|-prompt|-unfinished)?=/);
        expect(cookie).toMatch(/; HttpOnly/);
        expect(cookie).toMatch(/; SameSite=Lax/);
        expect(cookie).toMatch(/; Path=\/(;|$)/);
        expect(cookie).not.toMatch(/; Domain=/);
      }
      const begun = set.filter((cookie) => /^exeunt=[^;]/.test(cookie));
      expect(begun).toHaveLength(1);
      expect(begun[0], 'it ends with the browser').not.toMatch(/Max-Age|Expires/);

      const left = (await context.cookies(app.at('/'))).filter(({ name }) => name.startsWith('exeunt'));
      expect(left.map(({ name }) => name).filter((name) => !name.startsWith('exeunt_dev_op'))).toEqual(['exeunt-logout']);
    });
  });
});

test('every page carries the security headers and is never stored', async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  for (const path of ['/', '/account', '/logged-out', '/no/such/page']) {
    const response = await visitor.context.request.get(visitor.at(path));
    const headers = response.headers();
    expect(headers['cache-control'], path).toBe('no-store');
    expect(headers['referrer-policy'], path).toBe('same-origin');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
    const policy = headers['content-security-policy'] ?? '';
    for (const directive of ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy, path).toContain(directive);
    }
    expect(policy, path).toMatch(/script-src 'nonce-[\w+/=-]{16,}' 'strict-dynamic' 'wasm-unsafe-eval'/);
    expect(policy, path).not.toContain('unsafe-inline');
    expect(policy, path).not.toContain("'unsafe-eval'");
    expect(response.headersArray().reduce((size, { name, value }) => size + name.length + value.length + 4, 0)).toBeLessThan(4096);
  }
  const nonces = await Promise.all([1, 2].map(async () => (await page.request.get(visitor.at('/'))).headers()));
  expect(nonces[0]?.['content-security-policy']).not.toBe(nonces[1]?.['content-security-policy']);
});

test('an address that leads nowhere says so with status 404 and a way on', async ({ visitor, complaints }) => {
  complaints.expect(/status of 404 .*\/no\/such\/page/);
  const response = await visitor.page.goto(visitor.at('/no/such/page'));
  expect(response?.status()).toBe(404);
  await expect(visitor.headline).toHaveText('There is no such page.');
  await visitor.main.getByRole('link', { name: 'To the start page' }).click();
  await visitor.isAt('/');
});

test.describe('F4.3, I6', () => {
  test('a form of another site cannot sign anybody out', async ({ visitor, provider, complaints }) => {
    complaints.expect(/status of 403 .*\/api\/auth\/logout/);
    await visitor.signIn();
    const other = await visitor.inAnotherTab();
    const trap = `<form method="post" action="${visitor.at('/api/auth/logout')}"><button>Win</button></form>`;
    await other.page.route(`${provider.issuer}/trap`, (route) => route.fulfill({ contentType: 'text/html', body: trap }));
    await other.page.goto(`${provider.issuer}/trap`);
    const [answer] = await Promise.all([
      other.page.waitForResponse((response) => response.url().endsWith('/api/auth/logout')),
      other.page.getByRole('button', { name: 'Win' }).click(),
    ]);
    expect(answer.status()).toBe(403);
    // Before the server goes, what the page still fetches (its icon) goes.
    await other.page.close();
    expect(await visitor.sessionStatus()).toBe(200);
  });

  test('a link, an image and a prefetch end nothing', async ({ visitor }) => {
    await visitor.signIn();
    for (const path of ['/api/auth/logout', '/logged-out', '/auth/logout/continue']) {
      const response = await visitor.context.request.get(visitor.at(path), { maxRedirects: 0 });
      expect(response.status(), path).toBeLessThan(500);
      expect(await visitor.sessionStatus(), path).toBe(200);
    }
  });
});

/** Collects what must not be seen again: what travels between the browser and the two sites. */
function noteSecrets(secrets: Map<string, string>, response: Response, app: string): void {
  const url = new URL(response.url());
  if (url.href.startsWith(`${app}/auth/callback`)) {
    note(secrets, 'code', url.searchParams.get('code'));
    note(secrets, 'state', url.searchParams.get('state'));
  }
  note(secrets, 'id_token_hint', url.searchParams.get('id_token_hint'));
  if (url.searchParams.has('id_token_hint')) {
    note(secrets, 'logout state', url.searchParams.get('state'));
  }
  note(secrets, 'nonce', url.searchParams.get('nonce'));
}

function note(secrets: Map<string, string>, name: string, value: string | null): void {
  if (value !== null && value !== '') {
    secrets.set(name, value);
  }
}

function isRedirect(response: Response): boolean {
  return response.status() >= 300 && response.status() < 400;
}

async function read(response: Response): Promise<{ readonly url: string; readonly body: string }> {
  // The body of a page that was left at once may be gone; then nobody saw it either.
  const body = await response.body().catch(() => Buffer.alloc(0));
  return { url: response.url(), body: body.toString('latin1') };
}

/** The two answers in which the ID token must stand, in the provider's address; they have a test of their own. */
function isAboutToLeave(url: string): boolean {
  return ['/api/auth/logout', '/auth/logout/continue'].includes(new URL(url).pathname);
}
