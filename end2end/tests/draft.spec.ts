import { ADA, GRACE } from '../oidc-provider/people.ts';
import { expect, test } from '../support/fixtures.ts';
import { operate } from '../support/operator.ts';

const TEXT = 'Dear Charles,\nthe engine weaves algebraic patterns.';

test.describe('a text under way', () => {
  test.beforeEach(async ({ visitor, app }) => {
    const listens = visitor.listens();
    await visitor.signIn();
    await listens;
    await visitor.page.getByLabel('Your text').fill(TEXT);
    const session = await visitor.page.request.get(app.at('/api/session'));
    const { user_id: subject } = (await session.json()) as { user_id: string };
    await operate(app, 'end', '--user', subject);
    await expect(visitor.page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    expect(await visitor.page.locator('textarea').count(), 'it leaves the screen too').toBe(0);
  });

  test('is there again once the same person has signed in again', async ({ visitor }) => {
    // The provider still knows who it is, and sends them back at once.
    await visitor.page.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.isLive();
    await visitor.isAt('/account');
    await expect(visitor.main).toContainText(ADA.email);
    await expect(visitor.page.getByLabel('Your text')).toHaveValue(TEXT);
  });

  test('is nobody else\'s, and gone for good then', async ({ visitor }) => {
    await visitor.goto('/auth/login?prompt=login&return_to=/account');
    await visitor.signInAtProvider(GRACE);
    await visitor.isAt('/account');
    await visitor.isLive();
    await expect(visitor.page.getByLabel('Your text')).toHaveValue('');
    await expect.poll(() => visitor.page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});

test('a sign-out takes it away', async ({ visitor }) => {
  await visitor.signIn();
  await visitor.page.getByLabel('Your text').fill(TEXT);
  await visitor.signOut();
  expect(await visitor.page.evaluate(() => sessionStorage.length)).toBe(0);
});
