import { ADA } from '../oidc-provider/people.ts';
import { deafen, questions, stopTime } from '../support/deaf.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

/** Ends the session where the page cannot notice: no tab of its browser has a part in it. */
async function endsElsewhere(visitor: Visitor): Promise<void> {
  const ended = await fetch(visitor.at('/api/auth/logout'), {
    method: 'POST',
    headers: { cookie: await visitor.sessionCookie(), 'content-type': 'application/json' },
    body: '{}',
  });
  expect(ended.status).toBe(200);
}

/** What makes a page ask: of all the ways in which it could learn of the end, the only one that is left to it. */
const REASONS: Readonly<Record<string, (visitor: Visitor) => Promise<unknown>>> = {
  'it is looked at again': ({ page }) =>
    page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))),
  'its window has the focus again': ({ page }) => page.evaluate(() => window.dispatchEvent(new Event('focus'))),
  // As the browser itself tells it.
  'the network is back': async ({ context }) => {
    await context.setOffline(true);
    await context.setOffline(false);
  },
};

for (const [reason, happens] of Object.entries(REASONS)) {
  test(`I18: a page that nothing reaches asks once who is signed in when ${reason}`, async ({ visitor }) => {
    const { page } = visitor;
    await deafen(page);
    await page.clock.install();
    await visitor.signIn();
    await stopTime(page);
    const asked = questions(page);
    await endsElsewhere(visitor);
    await expect(visitor.main).toContainText(ADA.email);
    expect(asked.count, 'it knows nothing of the end').toBe(0);

    await happens(visitor);
    await expect(visitor.main).not.toContainText(ADA.email);
    await expect(page.locator('html')).not.toContainText(ADA.name);
    await expect(visitor.main.getByRole('link', { name: 'Sign in', exact: true })).toBeVisible();
    expect(asked.count).toBe(1);
    // It opens with the next frame.
    await page.clock.runFor(100);
    await expect(page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
  });
}

test('nothing else makes such a page ask', async ({ visitor }) => {
  const { page } = visitor;
  await deafen(page);
  await page.clock.install();
  await visitor.signIn();
  await stopTime(page);
  const asked = questions(page);
  await endsElsewhere(visitor);
  // Looked away from, and left by the focus: no reason to ask.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    window.dispatchEvent(new Event('blur'));
    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
  });
  await visitor.main.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('Tab');
  expect(asked.count).toBe(0);
  await expect(visitor.main).toContainText(ADA.email);
});
