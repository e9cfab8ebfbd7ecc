/** The pages that one seldom sees: how to come to each, so that it can be looked at. */

import { expect } from '@playwright/test';

import type { Complaints } from './complaints.ts';
import type { OwnStore } from './own-store.ts';
import type { Provider } from './provider.ts';
import type { Visitor } from './visitor.ts';

/** Looks at the page as it stands. */
export type Look = (visitor: Visitor, name: string) => Promise<void>;

interface Around {
  readonly visitor: Visitor;
  readonly provider: Provider;
  readonly complaints: Complaints;
}

/** The store fails (503), and the sign-out that it failed to carry out is offered to be finished. */
export async function withoutStore({ visitor, store, complaints }: Around & { readonly store: OwnStore }, look: Look): Promise<void> {
  complaints.expect(/status of 503/);
  await visitor.signIn();
  store.fail();
  for (const [path, name, words] of [
    ['/', 'home-unknown', 'Nobody can say just now.'],
    ['/account', 'account-unknown', 'This page cannot be shown just now'],
    ['/sessions', 'sessions-unknown', 'This page cannot be shown just now'],
    ['/logged-out', 'logged-out-fault', 'We cannot tell just now.'],
  ] as const) {
    const answer = await visitor.page.goto(visitor.at(path));
    expect(answer?.status(), path).toBe(503);
    await expect(visitor.main).toContainText(words);
    await look(visitor, name);
  }
  // It leads to the page on which it was pressed, so that the address does not tell when one is there.
  const loaded = visitor.page.waitForEvent('load');
  await visitor.signOutButton.click();
  await loaded;
  await visitor.isAt('/logged-out');
  store.mend();
  await visitor.goto('/logged-out');
  await expect(visitor.headline).toHaveText('Your sign-out is not finished');
  await look(visitor, 'logged-out-unfinished');
  await visitor.main.getByRole('button', { name: 'Finish signing out' }).click();
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
  await look(visitor, 'logged-out-finished');
}

/** Nobody used the session for too long. */
export async function ranOut({ visitor, store }: Around & { readonly store: OwnStore }, look: Look): Promise<void> {
  await visitor.signIn();
  store.runOut();
  await visitor.goto('/logged-out');
  await expect(visitor.headline).toHaveText('Your session here has run out');
  await look(visitor, 'logged-out-ran-out');
}

/** The provider ended the session; with the development provider, where an administrator can make it do so. */
export async function endedByProvider(
  { visitor, elsewhere, provider }: Around & { readonly elsewhere: Visitor },
  look: Look,
): Promise<void> {
  await visitor.signIn();
  await elsewhere.page.goto(`${provider.issuer}/sessions`);
  await elsewhere.page.getByRole('button', { name: 'End this session' }).click();
  await expect(elsewhere.headline).toHaveText('No sessions');
  await expect.poll(() => visitor.sessionStatus()).toBe(401);
  await visitor.goto('/logged-out');
  await expect(visitor.headline).toHaveText('Your provider signed you out of this app');
  await look(visitor, 'logged-out-ended-by-provider');
}

/** What is refused (403): a form of another site, and a sign-in that was declined. */
export async function refused({ visitor, provider, complaints }: Around, look: Look): Promise<void> {
  complaints.expect(/status of 403/);
  const { page } = visitor;
  const trap = `<form method="post" action="${visitor.at('/api/auth/logout')}"><button>Win</button></form>`;
  await page.route(`${provider.issuer}/trap`, (route) => route.fulfill({ contentType: 'text/html', body: trap }));
  await page.goto(`${provider.issuer}/trap`);
  await page.getByRole('button', { name: 'Win' }).click();
  await expect(visitor.headline).toHaveText('That did not come from this app');
  await look(visitor, 'fault-another-site');
  await visitor.startSigningIn();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(visitor.headline).toHaveText('Sign-in was declined');
  await look(visitor, 'sign-in-declined');
}

/** The server was not reached, and is being tried again. */
export async function unreachable({ visitor, complaints }: Around, look: Look): Promise<void> {
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  await visitor.signIn();
  await page.route('**/api/auth/logout', (route) => route.abort());
  await visitor.signOutButton.click();
  await expect(visitor.headline).toHaveText('Could not reach the server');
  await look(visitor, 'unreachable');
  await page.unroute('**/api/auth/logout');
  await page.route('**/api/auth/logout', () => undefined);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: /^Trying again/ })).toBeDisabled();
  await look(visitor, 'unreachable-trying');
}

/** One ended the session of another browser. */
export async function endedAnother({ visitor, elsewhere }: Around & { readonly elsewhere: Visitor }, look: Look): Promise<void> {
  await elsewhere.signIn();
  await visitor.signIn();
  await visitor.goto('/sessions');
  const other = visitor.main.getByRole('listitem').filter({ hasNotText: 'this browser' });
  await other.getByText('End it', { exact: true }).click();
  await look(visitor, 'sessions-asked');
  await other.getByRole('button', { name: 'Yes, end this session' }).click();
  await expect(visitor.page.getByText('Done: it is ended.')).toBeVisible();
  await expect(visitor.main.getByRole('table')).toBeVisible();
  await look(visitor, 'sessions-after-an-end');
}

/** The page between, at a provider that asks; what leads away from it is taken out, so that it stays to be looked at. */
export async function between({ visitor, provider }: Around, look: Look): Promise<void> {
  const { page } = visitor;
  await visitor.signIn();
  await page.route('**/auth/logout/continue', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '') });
  });
  await visitor.signOutButton.click();
  await visitor.isAtProvider();
  await visitor.goto('/auth/logout/continue');
  await expect(visitor.headline).toHaveText(`Signing out at ${new URL(provider.issuer).hostname}`);
  await look(visitor, 'between');
  await visitor.goto('/logged-out');
  await look(visitor, 'logged-out-not-confirmed');
}

/** Until the warning stands before the account page, so long before the session ends. The clock must have been installed. */
async function isWarned({ page }: Visitor, after: string): Promise<void> {
  await page.clock.runFor(1000);
  await page.clock.fastForward(after);
  await page.clock.runFor(2000);
  await expect(page.getByRole('alertdialog')).toBeVisible();
}

/** Staying signed in did not work. */
export async function cannotBeReachedToExtend({ visitor, complaints }: Around, look: Look): Promise<void> {
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  await page.clock.install();
  const listens = visitor.listens();
  await visitor.signIn();
  // Else the page asks the server after the jump of its clock, and is put right.
  await listens;
  await page.route('**/api/auth/extend', (route) => route.abort());
  await isWarned(visitor, '25:10');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('That did not work just now. Please try again.');
  await look(visitor, 'dialog-extension-failed');
}

/** For sessions of ten minutes that nothing makes longer. */
export const SHORT = { EXEUNT_IDLE_TIMEOUT: '10m', EXEUNT_ABSOLUTE_TIMEOUT: '10m' } as const;

/** Nothing can put the end off. */
export async function cannotBeExtended({ visitor }: Around, look: Look): Promise<void> {
  await visitor.page.clock.install();
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  await isWarned(visitor, '05:10');
  await expect(visitor.page.getByRole('alertdialog')).toContainText('It cannot be extended any more');
  await look(visitor, 'dialog-cannot-be-extended');
}

/** For a browser whose owner reads German. */
export const GERMAN = { locale: 'de-AT', timezoneId: 'Europe/Vienna' } as const;

/** The way of somebody who reads German, with what goes wrong on it. */
export async function inGerman({ visitor, complaints }: Around, look: Look): Promise<void> {
  complaints.expect(/status of 40[04]/);
  const { page, main } = visitor;
  const isGerman = async (name: string): Promise<void> => {
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await look(visitor, `de-${name}`);
  };
  for (const [path, name] of [
    ['/', 'home-stranger'],
    ['/?return_to=%2Faccount', 'home-please-sign-in'],
    ['/logged-out', 'logged-out-nothing-known'],
    ['/no/such/page', 'not-found'],
    ['/auth/callback?state=a.b&code=c', 'sign-in-over'],
  ] as const) {
    await visitor.goto(path);
    await isGerman(name);
  }
  await page.clock.install();
  const listens = visitor.listens();
  await visitor.goto('/auth/login?return_to=/account');
  await visitor.signInAtProvider();
  await visitor.isAt('/account');
  await listens;
  await isGerman('account');
  await isWarned(visitor, '25:10');
  await isGerman('dialog-ends-soon');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Schließen' }).click();
  await visitor.goto('/sessions');
  await main.getByText('Überall abmelden', { exact: true }).click();
  await isGerman('sessions');
  await visitor.goto('/');
  await main.getByText('Anders abmelden').click();
  await isGerman('home-ways-out');
  await visitor.goto('/logged-out');
  await isGerman('logged-out-still-signed-in');
  await main.getByRole('button', { name: 'Abmelden', exact: true }).click();
  await expect(visitor.headline).toHaveText('Sie sind von dieser App abgemeldet');
  await isGerman('logged-out-receipt');
}
