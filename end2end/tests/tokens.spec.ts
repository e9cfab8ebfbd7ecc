import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

test.use({ providerKind: 'certified' });

withAndWithoutScripts(() => {
  test('F4.1: the receipt says that the tokens are revoked, and they are', async ({ visitor, provider }) => {
    await visitor.signIn();
    const discovery = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
    const { userinfo_endpoint: userinfo } = (await discovery.json()) as { userinfo_endpoint: string };
    const works = async (token: string): Promise<boolean> =>
      (await fetch(userinfo, { headers: { authorization: `Bearer ${token}` } })).ok;
    const tokens = [...provider.secrets];
    const working = (await Promise.all(tokens.map(works))).filter(Boolean);
    expect(working, 'the access token').toHaveLength(1);

    await visitor.signOut();

    await expect.poll(() => visitor.statusOf('access_token')).toBe('ended');
    expect(await visitor.statusOf('refresh_token')).toBe('ended');
    await visitor.page.reload();
    for (const line of ['Access token', 'Refresh token']) {
      await expect(visitor.line(line)).toContainText('ended');
      await expect(visitor.line(line)).toContainText('127.0.0.1 revoked it.');
    }
    expect((await Promise.all(tokens.map(works))).filter(Boolean), 'nothing of it works any more').toEqual([]);
  });
});

test('what is still under way is followed by the page itself, gently', async ({ visitor }) => {
  const { page } = visitor;
  const asked: string[] = [];
  let pending = true;
  await page.route('**/api/auth/logged-out*', async (route) => {
    asked.push(route.request().url());
    const response = await route.fetch();
    const view = (await response.json()) as { receipt: { layers: Array<{ layer: string; status: string }> } };
    for (const line of view.receipt.layers) {
      if (line.layer === 'access_token' && pending) {
        line.status = 'pending';
      }
    }
    await route.fulfill({ response, json: view });
  });
  await visitor.signIn();
  await visitor.signOut();
  await expect(visitor.line('Access token')).toContainText('ended');
  await page.clock.install();
  // The page asks again whenever it is looked at; this time the answer is that something is under way.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await expect(visitor.line('Access token')).toContainText('still trying');
  await expect(visitor.main.getByRole('link', { name: 'Refresh this page' })).toBeVisible();
  for (const [seconds, questions] of [
    [1, 2],
    [2, 3],
  ] as const) {
    await page.clock.runFor(seconds * 1000);
    await expect.poll(() => asked.length).toBe(questions);
    await expect(visitor.line('Access token')).toContainText('still trying');
  }
  pending = false;
  await page.clock.runFor(4000);
  await expect(visitor.line('Access token')).toContainText('ended');
  await expect(visitor.main.getByRole('link', { name: 'Refresh this page' })).toHaveCount(0);
  const known = asked.length;
  await page.clock.runFor(120_000);
  expect(asked.length, 'what is over is not asked for again').toBe(known);
});
