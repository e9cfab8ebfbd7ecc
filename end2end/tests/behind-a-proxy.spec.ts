import { ADA, GRACE } from '../oidc-provider/people.ts';
import { expect, test as base } from '../support/fixtures.ts';
import { startSharedOrigin, type SharedOrigin } from '../support/shared-origin.ts';
import { Visitor } from '../support/visitor.ts';

interface Neighbours {
  readonly shared: SharedOrigin;
  /** In one browser: a tab of each app. */
  readonly tabs: { readonly stripped: Visitor; readonly kept: Visitor };
}

const test = base.extend<Neighbours>({
  shared: async ({}, use) => {
    const shared = await startSharedOrigin();
    await use(shared);
    await shared.stop();
    for (const { provider } of [shared.stripped, shared.kept]) {
      expect(provider.faults, 'faults of the provider').toEqual([]);
    }
  },
  tabs: async ({ context, page, shared, complaints, javaScriptEnabled }, use) => {
    const scripts = javaScriptEnabled !== false;
    const stripped = new Visitor(page, { ...shared.stripped, complaints, scripts });
    const kept = new Visitor(await context.newPage(), { ...shared.kept, complaints, scripts });
    await use({ stripped, kept });
    await Promise.all(context.pages().map((open) => open.close()));
  },
});

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    for (const which of ['stripped', 'kept'] as const) {
      test(`I20: below a prefix that nginx has ${which}, the whole way works and stays below it`, async ({ tabs, shared }) => {
        const visitor = tabs[which];
        const outside: string[] = [];
        visitor.page.on('request', (request) => {
          const { origin, pathname } = new URL(request.url());
          if (origin === shared.origin && !pathname.startsWith(which === 'stripped' ? '/one/' : '/two/app/')) {
            outside.push(pathname);
          }
        });
        await visitor.signIn();
        await expect(visitor.main).toContainText(ADA.email);
        await visitor.main.getByRole('button', { name: 'Stay signed in' }).click();
        await visitor.isAt('/account');
        await visitor.main.getByRole('link', { name: 'All your sessions in this app' }).click();
        await visitor.isAt('/sessions');
        await expect(visitor.main.getByRole('listitem')).toHaveCount(1);
        await visitor.goto('/account');
        await visitor.isLive();
        await visitor.signOut();
        await expect(visitor.headline).toHaveText('You are signed out of this app');
        expect(outside).toEqual([]);
      });
    }

    test('I9: two apps on one origin do not touch each other\'s sessions', async ({ tabs }) => {
      await tabs.stripped.signIn(ADA);
      await tabs.kept.signIn(GRACE);
      await tabs.stripped.page.reload();
      await expect(tabs.stripped.main).toContainText(ADA.email);
      await tabs.stripped.isLive();
      // The providers are at one host and share its cookies, so they are left out of it.
      await tabs.stripped.main.getByRole('button', { name: 'Sign out of this app only' }).click();
      await tabs.stripped.isAt('/logged-out');
      expect(await tabs.stripped.sessionStatus()).toBe(401);
      expect(await tabs.kept.sessionStatus()).toBe(200);
      await tabs.kept.page.reload();
      await expect(tabs.kept.main).toContainText(GRACE.email);
    });
  });
}

test('I18: through nginx too an open tab hears within a second, and the neighbour hears nothing', async ({ tabs }) => {
  const listening = tabs.kept.listens();
  await tabs.stripped.signIn(ADA);
  await tabs.kept.signIn(GRACE);
  await listening;
  const other = await tabs.kept.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  await other.signOutButton.click();
  await expect(tabs.kept.page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible({ timeout: 1000 });
  await expect(tabs.stripped.main).toContainText(ADA.email);
  await expect(tabs.stripped.page.getByRole('dialog')).toBeHidden();
  expect(await tabs.stripped.sessionStatus()).toBe(200);
});
