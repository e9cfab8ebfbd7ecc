import { expect, test } from '../support/fixtures.ts';

/** Which part of the program each page has for itself; see ADR 20. */
const PARTS = {
  '/': [],
  '/account': ['split_account'],
  '/sessions': ['split_own_sessions'],
  '/logged-out': ['split_logged_out'],
  '/nowhere': [],
} as const;

for (const [path, parts] of Object.entries(PARTS)) {
  test(`${path} loads its own part of the program and no other, each file once and as the document names it`, async ({
    visitor,
    complaints,
  }) => {
    complaints.expect(/status of 404 .*\/nowhere/);
    await visitor.signIn();
    const loaded: string[] = [];
    visitor.page.on('request', (request) => {
      if (request.url().endsWith('.wasm')) {
        loaded.push(request.url());
      }
    });
    const listens = visitor.listens();
    await visitor.page.goto(visitor.at(path));
    await listens;
    const named = await visitor.page
      .locator('link[rel=preload]')
      .evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href));
    expect(loaded.toSorted()).toEqual(named.toSorted());
    const own = named.map((file) => file.split('/').at(-1)?.split('.')[0] ?? '').filter((name) => name.startsWith('split_'));
    expect(own).toEqual(parts);
  });
}

test('a page whose part cannot be loaded can be used all the same', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  complaints.expect(/preload/);
  complaints.expect(/Failed to fetch/);
  await visitor.signIn();
  await visitor.page.route('**/pkg/split_account.*.wasm', (route) => route.abort());
  const told = visitor.page.waitForEvent('console', (message) => message.text().includes('Failed to fetch'));
  await visitor.page.reload();
  await told;
  const posted = visitor.page.waitForRequest((request) => request.method() === 'POST');
  await visitor.signOutButton.click();
  expect((await posted).isNavigationRequest(), 'sent by the form itself').toBe(true);
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
});
