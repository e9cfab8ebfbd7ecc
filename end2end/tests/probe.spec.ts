import { expect, test, withAndWithoutScripts } from '../support/fixtures.ts';

test.use({ providerKind: 'certified', settings: { EXEUNT_LOGOUT_PROBE: 'true' } });

withAndWithoutScripts(() => {
  test('I4: asked silently, the provider proves that its session is over', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.signOut();
    await expect(visitor.line('Session at the provider')).toContainText('ended');
    expect(await visitor.statusOf('provider_session')).toBe('ended');
    expect(await visitor.sessionStatus(), 'the answer signed nobody in').toBe(401);
    expect(visitor.page.url()).not.toMatch(/state|error|code/);
  });

  test('I4, I19: whoever chose to stay signed in there is told so, and signed in nowhere', async ({ visitor }) => {
    await visitor.signIn();
    await visitor.signOutButton.click();
    await visitor.page.getByRole('button', { name: 'No, stay signed in' }).click();
    await visitor.isAt('/logged-out');
    expect(await visitor.statusOf('provider_session')).not.toBe('ended');
    await expect(visitor.main).not.toContainText('is ended too');
    expect(await visitor.sessionStatus()).toBe(401);
    expect(await visitor.askProviderSilently(), 'as the page says').toBe('code');
  });
});
