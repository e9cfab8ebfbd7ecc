import { ADA } from '../oidc-provider/people.ts';
import { launchOptions } from '../support/chromium.ts';
import { deafen, ignore, questions } from '../support/deaf.ts';
import { expect, test, withEachProvider } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

// Playwright turns the cache off; people have it on.
test.use({ launchOptions: { ...launchOptions(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

withEachProvider(() => {
  test('F4.7, I18: with the back/forward cache on, going back shows nothing protected', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.signOut();
    await visitor.goBackOverProvider();
    await expect(visitor.headline).toBeVisible();
    await expect(visitor.page.locator('body')).not.toContainText(ADA.name);
    await expect(visitor.page.locator('body')).not.toContainText(ADA.email);
    expect(await visitor.sessionStatus()).toBe(401);
  });
});

/** How a document was shown each time, and what it held before it could do anything about it. */
type Shown = Array<{ readonly persisted: boolean; readonly text: string }>;

/** Keeps count in every document of the page. */
async function countShows({ page }: Visitor): Promise<void> {
  await page.addInitScript(() => {
    const record = globalThis as unknown as { shown: Shown };
    record.shown = [];
    addEventListener('pageshow', ({ persisted }) => {
      record.shown.push({ persisted, text: document.documentElement.textContent ?? '' });
    });
  });
}

/** Leaves the account page for another of this origin, and goes back to it. */
async function leavesAndReturns(visitor: Visitor, meanwhile: () => Promise<void>): Promise<Shown> {
  await visitor.goto('/logged-out');
  await meanwhile();
  // A document that was kept is not loaded again, which is what Playwright's own way back waits for.
  await visitor.page.evaluate(() => history.back());
  await visitor.isAt('/account');
  return visitor.page.evaluate(() => (globalThis as unknown as { shown: Shown }).shown);
}

test.describe('a page that returns out of the cache', () => {
  test.beforeEach(async ({ visitor }) => {
    // Nothing but its return can tell it.
    await deafen(visitor.page);
    await ignore(visitor.page, 'visibilitychange', 'focus', 'online');
    await countShows(visitor);
    await visitor.signIn();
  });

  test('I18: asks who is signed in, and shows that nobody is', async ({ visitor }) => {
    const { page } = visitor;
    const cookie = await visitor.sessionCookie();
    const asked = questions(page);
    const shown = await leavesAndReturns(visitor, async () => {
      const headers = { cookie, 'content-type': 'application/json' };
      const ended = await fetch(visitor.at('/api/auth/logout'), { method: 'POST', headers, body: '{}' });
      expect(ended.status).toBe(200);
      expect(asked.count, 'nobody has noticed').toBe(0);
    });
    expect(shown.map(({ persisted }) => persisted), 'the same document').toEqual([false, true]);
    expect(shown[1]?.text, 'what waited in the cache named nobody').not.toContain(ADA.email);
    await expect(visitor.main.getByRole('link', { name: 'Sign in', exact: true })).toBeVisible();
    await expect(page.locator('html')).not.toContainText(ADA.name);
    await expect(page.locator('html')).not.toContainText(ADA.email);
    expect(asked.count).toBe(1);
  });

  test('shows whoever is still signed in', async ({ visitor }) => {
    const shown = await leavesAndReturns(visitor, async () => undefined);
    expect(shown.map(({ persisted }) => persisted), 'the same document').toEqual([false, true]);
    await expect(visitor.main).toContainText(ADA.email);
    await visitor.isLive();
  });
});
