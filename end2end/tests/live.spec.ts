import type { Locator } from '@playwright/test';

import { ADA } from '../oidc-provider/people.ts';
import { expect, test } from '../support/fixtures.ts';
import { operate } from '../support/operator.ts';
import type { Visitor } from '../support/visitor.ts';

/** Invariant I18: within one second while the events arrive. */
const WITHIN_A_SECOND = { timeout: 1000 };

function farewell({ page }: Visitor): Locator {
  return page.getByRole('dialog', { name: 'Your session has ended' });
}

async function hasLeftTheScreen(visitor: Visitor): Promise<void> {
  const text = await visitor.page.locator('html').evaluate((html) => html.textContent ?? '');
  expect(text).not.toContain(ADA.email);
  expect(text).not.toContain(ADA.name);
}

/** Somebody else's page, signed in through the same session at the provider, with its events arriving. */
async function opensAccount(visitor: Visitor): Promise<void> {
  const listens = visitor.listens();
  await visitor.goto('/auth/login?return_to=/account');
  await visitor.isAt('/account');
  await visitor.isLive();
  await listens;
}

test.describe('at a provider with a back channel', () => {
  test.use({ providerKind: 'certified' });

  test('I18: an open page of another browser shows within a second that the provider ended its session, and says so', async ({
    visitor,
    elsewhere,
  }) => {
    await visitor.signIn();
    await elsewhere.sharesProviderWith(visitor);
    await opensAccount(elsewhere);
    await visitor.signOutButton.click();
    await visitor.confirmAtProvider();
    await expect(farewell(elsewhere)).toBeVisible(WITHIN_A_SECOND);
    await visitor.isAt('/logged-out');
    await hasLeftTheScreen(elsewhere);
    await expect(farewell(elsewhere)).toContainText('Your provider no longer vouches for it.');
    await expect(farewell(elsewhere).getByText('Ended at')).toBeVisible();
  });

  test('I19: nothing signs in by itself afterwards; who presses comes back to the same page', async ({
    visitor,
    elsewhere,
    app,
  }) => {
    await visitor.signIn();
    await elsewhere.sharesProviderWith(visitor);
    await opensAccount(elsewhere);
    const asked: string[] = [];
    elsewhere.page.on('request', (request) => asked.push(request.url()));
    await visitor.signOut();
    await expect(farewell(elsewhere)).toBeVisible();
    expect(asked.filter((url) => url.includes('/auth/login'))).toEqual([]);
    await farewell(elsewhere).getByRole('link', { name: 'Sign in again' }).click();
    await elsewhere.isAtProvider();
    await elsewhere.signInAtProvider();
    await expect(elsewhere.page).toHaveURL(app.at('/account'));
    await expect(farewell(elsewhere)).toBeHidden();
    await expect(elsewhere.main).toContainText(ADA.email);
  });
});

test('I18: a sign-out in one tab is shown in all others of the browser within a second', async ({ visitor }) => {
  await visitor.signIn();
  const others = [await visitor.inAnotherTab(), await visitor.inAnotherTab()];
  for (const other of others) {
    await other.goto('/account');
    await other.isLive();
  }
  await visitor.signOutButton.click();
  await visitor.isAt('/logged-out');
  for (const other of others) {
    await expect(farewell(other)).toBeVisible(WITHIN_A_SECOND);
    await hasLeftTheScreen(other);
  }
  await expect(farewell(visitor), 'who signed out needs no telling').toBeHidden();
});

test('I18: an end by the operator, in another process, is shown within a second', async ({ visitor, app }) => {
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  const session = await visitor.page.request.get(app.at('/api/session'));
  const { user_id: subject } = (await session.json()) as { user_id: string };
  await operate(app, 'end', '--user', subject);
  await expect(farewell(visitor)).toBeVisible(WITHIN_A_SECOND);
  await expect(farewell(visitor)).toContainText('Whoever runs this app ended it.');
  await hasLeftTheScreen(visitor);
});

test('I18: what the server told of is believed where it does not answer any more', async ({ visitor, app }) => {
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  const session = await visitor.page.request.get(app.at('/api/session'));
  const { user_id: subject } = (await session.json()) as { user_id: string };
  // As on a network that has just become very slow: the question is under way and stays so.
  await visitor.page.route('**/api/auth/current-session*', () => undefined);
  await operate(app, 'end', '--user', subject);
  await expect(farewell(visitor)).toBeVisible({ timeout: 1600 });
  await hasLeftTheScreen(visitor);
});

test('one tab of a browser listens for all, and another takes over when it goes', async ({ visitor }) => {
  const connections: string[] = [];
  visitor.context.on('request', (request) => {
    if (request.url().endsWith('/auth/events')) {
      connections.push(request.url());
    }
  });
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  const other = await visitor.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  const third = await visitor.inAnotherTab();
  await third.goto('/account');
  await third.isLive();
  const before = connections.length;
  const takesOver = visitor.listens();
  await visitor.page.close();
  await takesOver;
  expect(connections.length, 'one more, by one of the two').toBe(before + 1);
  await third.signOutButton.click();
  await third.isAt('/logged-out');
  await expect(farewell(other)).toBeVisible(WITHIN_A_SECOND);
});

test.describe('where no events arrive', () => {
  test('I18: the server is asked instead, so that the end is shown within 30 seconds', async ({ visitor, app, complaints }) => {
    complaints.expect(/auth\/events/);
    complaints.expect(/net::ERR_FAILED/);
    await visitor.context.route('**/auth/events', (route) => route.abort());
    await visitor.page.clock.install();
    await visitor.signIn();
    const cookie = await visitor.sessionCookie();
    const ended = await fetch(app.at('/api/auth/logout'), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(ended.status).toBe(200);
    await visitor.page.clock.runFor(30_000);
    await expect(farewell(visitor)).toBeVisible();
    await hasLeftTheScreen(visitor);
  });
});

test('F7.11: what another script of this origin says on the channel is a reason to ask, and is not believed', async ({ visitor }) => {
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  const other = await visitor.inAnotherTab();
  await other.goto('/');
  const asked = visitor.page.waitForResponse('**/api/auth/current-session*');
  await other.page.evaluate(() => new BroadcastChannel('exeunt:').postMessage('ended:operator:1700000000'));
  expect((await asked).status()).toBe(200);
  await expect(visitor.main).toContainText(ADA.email);
  await expect(farewell(visitor)).toBeHidden();
});

test('a network that was gone and is back loses nothing', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_INTERNET_DISCONNECTED/);
  complaints.expect(/net::ERR_NETWORK_CHANGED/);
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  await visitor.context.setOffline(true);
  await visitor.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await expect(visitor.main).toContainText(ADA.email);
  const again = visitor.listens();
  await visitor.context.setOffline(false);
  await again;
  const other = await visitor.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  await other.signOutButton.click();
  await other.isAt('/logged-out');
  await expect(farewell(visitor)).toBeVisible(WITHIN_A_SECOND);
});

test('the dialog takes the focus, keeps it, and closes at Escape', async ({ visitor }) => {
  await visitor.signIn();
  const other = await visitor.inAnotherTab();
  await other.goto('/account');
  await other.isLive();
  await visitor.signOutButton.click();
  await expect(farewell(other)).toBeVisible();
  const link = farewell(other).getByRole('link', { name: 'Sign in again' });
  await expect(link).toBeFocused();
  await other.page.keyboard.press('Tab');
  await expect(farewell(other).getByRole('button', { name: 'Close' })).toBeFocused();
  await other.page.keyboard.press('Escape');
  await expect(farewell(other)).toBeHidden();
  await expect(other.main.getByRole('link', { name: 'Sign in' })).toBeVisible();
});
