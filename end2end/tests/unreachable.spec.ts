import { ADA } from '../oidc-provider/people.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

test.use({ providerKind: 'certified' });

async function admitsThatNothingIsKnown(visitor: Visitor): Promise<void> {
  await visitor.isAt('/logged-out');
  await expect(visitor.page.getByRole('alert')).toContainText('Could not reach the server');
  await expect(visitor.page.getByRole('alert')).toContainText('You may still be signed in');
  await expect(visitor.page.locator('body')).not.toContainText(ADA.name);
  await expect(visitor.page.locator('body')).not.toContainText(ADA.email);
  await expect(visitor.page.locator('body')).not.toContainText('You are signed out');
}

test('F4.29, I4: with the server gone the page says so in place, and a press works when it is back', async ({
  visitor,
  app,
  complaints,
}) => {
  // What the page listened to breaks off, and what it asks for then too, each in whatever way it does.
  complaints.expect(/net::ERR_(CONNECTION_\w+|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/);
  await visitor.signIn();
  await app.stop();
  const documents = countDocuments(visitor);

  await visitor.signOutButton.click();
  await admitsThatNothingIsKnown(visitor);
  expect(documents.count, 'no document was loaded').toBe(0);

  await visitor.page.getByRole('button', { name: 'Try again' }).click();
  await admitsThatNothingIsKnown(visitor);

  await app.start();
  expect(await visitor.sessionStatus(), 'the session was alive all the time').toBe(200);
  await visitor.page.getByRole('button', { name: 'Try again' }).click();
  await visitor.confirmAtProvider();
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
  expect(await visitor.sessionStatus()).toBe(401);
  expect(await visitor.askProviderSilently()).toBe('login_required');
});

test('F4.29: without network it says so, and tries again by itself when the network is back', async ({
  visitor,
  complaints,
}) => {
  complaints.expect(/net::ERR_INTERNET_DISCONNECTED/);
  await visitor.signIn();
  await visitor.context.setOffline(true);
  await visitor.signOutButton.click();
  await admitsThatNothingIsKnown(visitor);
  await visitor.context.setOffline(false);
  await visitor.confirmAtProvider();
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
  expect(await visitor.sessionStatus()).toBe(401);
});

test('F4.29: a server that does not answer for ten seconds counts as unreachable', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  await page.clock.install();
  await visitor.signIn();
  await page.route('**/api/auth/logout', () => new Promise(() => {}));
  await visitor.signOutButton.click();
  await expect(visitor.signOutButton).toBeDisabled();
  await page.clock.runFor(9_000);
  await visitor.isAt('/account');
  await page.clock.runFor(1_500);
  await admitsThatNothingIsKnown(visitor);
});

test('I4: an answer that is an error leads to the page that tells the truth', async ({ visitor, complaints }) => {
  complaints.expect(/status of 503/);
  await visitor.signIn();
  await visitor.page.route('**/api/auth/logout', (route) => route.fulfill({ status: 503, body: 'no' }));
  await visitor.signOutButton.click();
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are still signed in');
  await expect(visitor.signOutButton).toBeVisible();
});

/** Counts the documents that the page asks for from now on. */
function countDocuments(visitor: Visitor): { readonly count: number } {
  const documents = { count: 0 };
  visitor.page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      documents.count += 1;
    }
  });
  return documents;
}
