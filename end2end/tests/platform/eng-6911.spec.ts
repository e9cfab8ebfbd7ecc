/**
 * ENG-6911: an extension told the platform, server to server, that somebody signs out, and threw the answer away. The single
 * sign-on behind the gateway went on, and the next visit signed the person in again without a question.
 */

import { ADA } from '../../oidc-provider/people.ts';
import { startNaiveExtension } from '../../support/platform/naive-extension.ts';
import { StandIn } from '../../support/platform/stand-in.ts';
import { freePort } from '../../support/ports.ts';
import { expect, test, withAndWithoutScripts } from '../../support/platform/fixtures.ts';

test('the defect, as it was: after a sign-out the next visit is signed in silently', async ({ page }) => {
  const [port, controlPort, own] = [await freePort(), await freePort(), await freePort()];
  const prefix = '/runtime/apps/naive';
  const extension = await startNaiveExtension({
    port: own,
    prefix,
    publicApi: `http://localhost:${port}/api`,
    api: `http://127.0.0.1:${port}/api`,
  });
  const standIn = await StandIn.start({ port, controlPort, extensions: [{ place: prefix, port: own }] });
  try {
    await page.goto(`${standIn.origin}${prefix}/`);
    await page.getByRole('button', { name: ADA.name }).click();
    const signedIn = page.getByRole('heading', { name: `You are ${ADA.name}` });
    await expect(signedIn).toBeVisible();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
    expect(await standIn.sessions(), 'the gateway was told, the single sign-on was not').toEqual({
      gateway: [],
      single_sign_on: [ADA.sub],
    });

    await page.getByRole('link', { name: 'To the start' }).click();
    await expect(signedIn, 'nobody was asked anything').toBeVisible();
  } finally {
    await standIn.stop();
    await extension.stop();
  }
});

withAndWithoutScripts(() => {
  test('the cure: after a sign-out the next visit is asked who one is', async ({ guest, standIn }) => {
    await guest.signIn();
    await guest.signOut();
    await expect(guest.headline).toHaveText('You are signed out of this app');
    expect(await standIn.sessions()).toEqual({ gateway: [], single_sign_on: [] });
    expect(await guest.isAskedWhoOneIs()).toBe(true);
  });
});
