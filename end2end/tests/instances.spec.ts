import type { Locator } from '@playwright/test';

import { ADA } from '../oidc-provider/people.ts';
import type { AppServer } from '../support/app-server.ts';
import { expect, test as base } from '../support/fixtures.ts';
import { startFleet, type Fleet } from '../support/instances.ts';
import { STORES, type StoreKind } from '../support/stores.ts';
import { Visitor } from '../support/visitor.ts';

interface Several {
  readonly store: StoreKind;
  /** Whether the test knows who answers what. */
  readonly known: boolean;
  readonly fleet: Fleet;
  readonly person: Visitor;
  /** Another browser of the same person. */
  readonly other: Visitor;
}

const test = base.extend<Several>({
  store: ['sqlite', { option: true }],
  known: [false, { option: true }],
  fleet: async ({ store, known }, use, testInfo) => {
    const fleet = await startFleet(store, known);
    await use(fleet);
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const [name, app] of Object.entries({ first: fleet.first, second: fleet.second, third: fleet.third })) {
        await testInfo.attach(`${name}.log`, { body: await app.log(), contentType: 'text/plain' });
      }
    }
    await fleet.stop();
    expect(fleet.provider.faults, 'faults of the provider').toEqual([]);
  },
  person: async ({ page, fleet, complaints }, use) => {
    await use(new Visitor(page, { ...fleet, complaints, scripts: true }));
    await Promise.all(page.context().pages().map((open) => open.close()));
  },
  other: async ({ browser, fleet, complaints }, use) => {
    const context = await browser.newContext();
    await complaints.watch(context);
    await use(new Visitor(await context.newPage(), { ...fleet, complaints, scripts: true }));
    await context.close();
  },
});

/** Of streams and requests that break off with their instance. */
const BROKEN_OFF = /net::ERR_(INCOMPLETE_CHUNKED_ENCODING|HTTP2_PROTOCOL_ERROR|EMPTY_RESPONSE)|status of 502/;

function farewell({ page }: Visitor): Locator {
  return page.getByRole('dialog', { name: 'Your session has ended' });
}

/** The other by the sign-in of the first, on a page that lives and listens. */
async function bothSignIn(person: Visitor, other: Visitor): Promise<void> {
  await person.signIn();
  await other.sharesProviderWith(person);
  const listens = other.listens();
  await other.goto('/auth/login?return_to=/account');
  await other.isAt('/account');
  await other.isLive();
  await listens;
}

async function answered(app: AppServer, route: string): Promise<boolean> {
  const lines = (await app.log()).split('\n');
  return lines.some((line) => line.includes('"answered"') && line.includes(`"${route}"`));
}

for (const store of STORES) {
  test.describe(`three instances on ${store}`, () => {
    test.use({ store });

    test.describe('who are known', () => {
      test.use({ known: true });

      test('I18: signed in at one, ended at another, told within a second by the third', async ({ person, other, fleet }) => {
        await bothSignIn(person, other);
        await expect(other.main).toContainText(ADA.email);

        await person.signOutButton.click();
        await person.confirmAtProvider();
        await expect(farewell(other)).toBeVisible({ timeout: 1000 });
        await expect(other.page.locator('body')).not.toContainText(ADA.email);
        await person.isAt('/logged-out');
        await expect(person.headline).toHaveText('You are signed out of this app');
        expect(await person.sessionStatus()).toBe(401);
        expect(await other.sessionStatus()).toBe(401);

        expect(await answered(fleet.first, '/auth/callback')).toBe(true);
        expect(await answered(fleet.second, '/auth/backchannel-logout')).toBe(true);
        expect(await answered(fleet.third, '/auth/backchannel-logout')).toBe(false);
      });
    });

    test('I18: whoever answers what, an open tab is told within a second', async ({ person, other }) => {
      for (let time = 0; time < 3; time += 1) {
        await bothSignIn(person, other);

        await person.signOutButton.click();
        await person.confirmAtProvider();
        await expect(farewell(other)).toBeVisible({ timeout: 1000 });
        await person.isAt('/logged-out');
        expect(await person.sessionStatus()).toBe(401);
        expect(await other.sessionStatus()).toBe(401);
      }
    });

    test('an instance that is killed signs nobody out, and the others go on', async ({ person, fleet, complaints }) => {
      complaints.expect(BROKEN_OFF);
      await person.signIn();
      await fleet.first.stop();
      // Each of them is asked in turn; the dead one is passed over.
      for (let visit = 0; visit < 6; visit += 1) {
        await person.page.reload();
        await expect(person.main).toContainText(ADA.email);
      }
      await person.isLive();
      await person.signOut();
      await expect(person.headline).toHaveText('You are signed out of this app');
      await fleet.first.start();
      for (let ask = 0; ask < 6; ask += 1) {
        expect(await person.sessionStatus(), 'also where it began').toBe(401);
      }
      expect(await person.askProviderSilently()).toBe('login_required');
    });

    test('a rolling restart signs nobody out', async ({ person, fleet, complaints }) => {
      complaints.expect(BROKEN_OFF);
      await person.signIn();
      for (const instance of [fleet.first, fleet.second, fleet.third]) {
        await instance.terminate();
        await person.page.reload();
        await expect(person.main).toContainText(ADA.email);
        await instance.start();
        await person.page.reload();
        await expect(person.main).toContainText(ADA.email);
      }
      await person.isLive();
      await person.signOut();
      await expect(person.headline).toHaveText('You are signed out of this app');
      expect(await person.sessionStatus()).toBe(401);
    });
  });
}
