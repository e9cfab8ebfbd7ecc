import { ADA } from '../oidc-provider/people.ts';
import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

withAndWithoutScripts(() => {
  test('F4.22, I4: visited while signed in, the page says so and offers to sign out', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.goto('/logged-out');
    await expect(visitor.headline).toHaveText('You are still signed in');
    await expect(visitor.main).not.toContainText('You are signed out');
    expect(await visitor.sessionStatus(), 'the visit ended nothing').toBe(200);
    await visitor.signOutButton.click();
    await visitor.isAt('/logged-out');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    expect(await visitor.sessionStatus()).toBe(401);
  });

  test('I4: visited by somebody who never signed in, the page claims nothing', async ({ visitor }) => {
    await visitor.goto('/logged-out');
    await expect(visitor.headline).toHaveText('You are not signed in here');
    await expect(visitor.main).toContainText('That says nothing of other sites.');
    await expect(visitor.main.getByRole('listitem')).toHaveCount(0);
    await expect(visitor.main).not.toContainText('ended');
  });

  test('I4: signed in again after a sign-out, the page speaks of the living session and not of the old receipt', async ({
    visitor,
  }) => {
    await visitor.signIn();
    await visitor.signOut();
    await visitor.signIn();
    await visitor.goto('/logged-out');
    await expect(visitor.headline).toHaveText('You are still signed in');
    await expect(visitor.main.getByRole('listitem')).toHaveCount(0);
  });

  test.describe('on the return from the provider', () => {
    test.use({ providerKind: 'certified' });

    test('F4.21: a wrong state confirms nothing and does not use up the right one', async ({ visitor }) => {
      await visitor.signIn();
      await visitor.signOutButton.click();
      await visitor.isAtProvider();

      const other = await visitor.inAnotherTab();
      for (const query of ['state=wrong', 'state=', 'state=a&state=b', `state=${'x'.repeat(10_000)}`]) {
        await other.goto(`/logged-out?${query}`);
        await other.isAt('/logged-out');
        await expect(other.headline).toHaveText('You are signed out of this app');
        await expect(other.main).toContainText('has not confirmed that you are signed out there');
        expect(await other.statusOf('provider_session')).toBe('unconfirmed');
      }

      await visitor.confirmAtProvider();
      await visitor.isAt('/logged-out');
      expect(await visitor.statusOf('provider_session')).toBe('returned');
    });

    test('F4.21: what stands in the query is never written into the page', async ({ visitor }) => {
      await visitor.goto(`/logged-out?state=${encodeURIComponent('"><script>document.title="taken"</script>')}`);
      await visitor.isAt('/logged-out');
      await expect(visitor.page).toHaveTitle('Signing out');
      expect(await visitor.page.content()).not.toContain('taken');
    });
  });

  test('I16: the state leaves the address bar and the history', async ({ visitor }) => {
    const { page } = visitor;
    await visitor.signIn();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/logged-out?state=')),
      visitor.signOut(),
    ]);
    expect(answer.status()).toBe(303);
    expect(page.url()).not.toContain('state');
    await page.reload();
    expect(page.url()).not.toContain('state');
    await expect(visitor.headline).toHaveText('You are signed out of this app');
    expect(await visitor.statusOf('provider_session'), 'the receipt outlives a reload').toBe('returned');
  });

  test('N1: the receipt names nobody', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.signOut();
    const receipt = JSON.stringify(await visitor.receipt());
    for (const told of [ADA.name, ADA.email]) {
      expect(receipt).not.toContain(told);
      expect(await visitor.page.content()).not.toContain(told);
    }
  });
});
