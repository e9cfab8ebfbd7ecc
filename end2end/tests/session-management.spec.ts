import { ask } from '../support/bare.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

test.use({ settings: { EXEUNT_SESSION_MANAGEMENT: 'true' } });

/** Waits until the provider's frame has said so often that something changed. */
async function hearChanges({ page }: Visitor, count: number): Promise<void> {
  await page.evaluate(
    (count) =>
      new Promise<void>((resolve) => {
        let heard = 0;
        addEventListener('message', (event) => {
          heard += event.data === 'changed' ? 1 : 0;
          if (heard === count) {
            resolve();
          }
        });
      }),
    count,
  );
}

test.describe('on the site of the provider, whose frame sees its cookies', () => {
  test.use({ host: '127.0.0.1' });

  test('F7.10, I19: the page notices that the session at the provider is over, and signs nobody in', async ({
    visitor,
    app,
    provider,
  }) => {
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    const policy = (await visitor.context.request.get(visitor.at('/account'))).headers()['content-security-policy'];
    expect(policy).toMatch(new RegExp(`; frame-src ${provider.issuer}$`));
    await visitor.forgetProvider();

    await expect(visitor.headline).toHaveText('You are signed out of this app', { timeout: 20_000 });
    await visitor.isAt('/logged-out');
    expect(await visitor.statusOf('provider_session'), 'login_required proves it').toBe('ended');
    expect(await ask(app, '/api/session', { cookie })).toBe(401);
    const closed = (await visitor.context.request.get(visitor.at('/'))).headers()['content-security-policy'];
    expect(closed, 'nothing is watched any more').not.toContain('frame-src');
  });

  test('while nothing changes the page stays where it is', async ({ visitor }) => {
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    await visitor.page.evaluate(
      () => new Promise<void>((resolve) => addEventListener('message', ({ data }) => data === 'unchanged' && resolve())),
    );
    await visitor.isAt('/account');
    expect(await visitor.sessionCookie()).toBe(cookie);
  });

  test('A4.8: if the same person is still signed in there, the page comes back with a new session', async ({
    visitor,
    app,
  }) => {
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    await visitor.forgetProvider('exeunt_dev_op_state');
    await expect.poll(() => ask(app, '/api/session', { cookie }), { timeout: 20_000 }).toBe(401);
    await visitor.isAt('/account');
    await visitor.isLive();
    expect(await visitor.sessionStatus()).toBe(200);
  });

  test('whoever is writing is not interrupted', async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    const letter = page.getByLabel('Your text');
    await letter.fill('half a letter');
    await visitor.forgetProvider();
    await hearChanges(visitor, 2);
    await visitor.isAt('/account');
    await expect(letter).toHaveValue('half a letter');
    await letter.fill('');
    await expect(visitor.headline).toHaveText('You are signed out of this app', { timeout: 20_000 });
  });

  test('F7.6: nobody but the frame is listened to', async ({ visitor }) => {
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    await visitor.page.evaluate(() => {
      for (const data of ['changed', 'error', { changed: true }]) {
        window.postMessage(data, '*');
      }
    });
    await visitor.page.evaluate(
      () => new Promise<void>((resolve) => addEventListener('message', ({ data }) => data === 'unchanged' && resolve())),
    );
    await visitor.isAt('/account');
    expect(await visitor.sessionCookie()).toBe(cookie);
  });
});

for (const [what, words] of [
  ['"error"', '"error"'],
  ['words that nobody knows', '"changed changed"'],
  ['an object', '{ changed: true }'],
] as const) {
  test(`F7.8, A4.7: where the frame says ${what} the provider is not asked`, async ({ visitor, provider }) => {
    const { page } = visitor;
    await page.route(`${provider.issuer}/check_session`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><script>
          addEventListener('message', ({ source, origin }) => source.postMessage(${words}, origin));
        </script>`,
      }),
    );
    const checks: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).searchParams.get('prompt') === 'none') {
        checks.push(request.url());
      }
    });
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    // The page itself listens longer than this, so it has judged when this hears.
    await page.evaluate(
      (issuer) =>
        new Promise<void>((resolve) => addEventListener('message', ({ origin }) => origin === issuer && resolve())),
      provider.issuer,
    );
    await visitor.isAt('/account');
    await visitor.isLive();
    expect(checks).toEqual([]);
    expect(await visitor.sessionCookie()).toBe(cookie);
    expect(await visitor.sessionStatus()).toBe(200);
  });
}

test('F7.7: on another site the frame sees no cookies and cries for ever; it is heard three times', async ({ visitor }) => {
  const { page } = visitor;
  const checks: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/auth/login?prompt=none')) {
      checks.push(request.url());
    }
  });
  await visitor.signIn();
  await expect(page.locator('#exeunt-check-session')).toHaveCount(1);
  await expect.poll(() => checks.length, { timeout: 40_000 }).toBe(3);
  // The page that comes back the third time is told of nothing to watch.
  await expect(page.locator('[data-session]')).toHaveCount(0, { timeout: 20_000 });
  await visitor.isAt('/account');
  await visitor.isLive();
  await expect(page.locator('#exeunt-check-session')).toHaveCount(0);
  expect(await visitor.sessionStatus()).toBe(200);
});

test.describe('without the setting', () => {
  test.use({ settings: {} });

  test('the page watches nothing', async ({ visitor }) => {
    await visitor.signIn();
    await expect(visitor.page.locator('[data-session], iframe')).toHaveCount(0);
    const policy = (await visitor.context.request.get(visitor.at('/account'))).headers()['content-security-policy'];
    expect(policy).not.toContain('frame-src');
  });
});
