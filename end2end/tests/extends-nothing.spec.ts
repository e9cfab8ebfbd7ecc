import { expect, test } from '../support/own-store.ts';
import type { Visitor } from '../support/visitor.ts';

/** Counts the requests that extend the session. */
function extensions({ page }: Visitor): { readonly count: number } {
  const asked = { count: 0 };
  page.on('request', (request) => {
    if (request.url().endsWith('/api/auth/extend')) {
      asked.count += 1;
    }
  });
  return asked;
}

test.beforeEach(async ({ visitor }) => {
  await visitor.page.clock.install();
});

test('a page that is opened extends the session, once a minute: else the tests here would see nothing', async ({
  visitor,
  store,
}) => {
  await visitor.signIn();
  store.age(120);
  const before = store.times;
  await visitor.page.reload();
  await visitor.isLive();
  const after = store.times;
  expect(after).not.toBe(before);
  await visitor.page.reload();
  await visitor.isLive();
  expect(store.times).toBe(after);
});

test('I5, I12: neither what a page hears nor what it asks for extends the session', async ({ visitor, store, complaints }) => {
  complaints.expect(/auth\/events/);
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  let listens = visitor.listens();
  await visitor.signIn();
  await listens;
  store.age(120);
  const before = store.times;

  // The events begin again, and it is looked at.
  listens = visitor.listens();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await listens;
  let asked = page.waitForResponse('**/api/auth/current-session*');
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  expect((await asked).status()).toBe(200);

  // Without events it asks by itself.
  await page.route('**/auth/events', (route) => route.abort());
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  for (let minute = 0; minute < 2; minute += 1) {
    asked = page.waitForResponse('**/api/auth/current-session*');
    await page.clock.runFor(60_000);
    expect((await asked).status()).toBe(200);
  }
  for (const path of ['/api/session', '/api/auth/session-list', '/api/auth/logged-out']) {
    await page.evaluate((path) => fetch(path), path);
  }
  expect(store.times).toBe(before);
});

test('I12: the list of sessions is asked for every few seconds, and that extends nothing', async ({ visitor, store }) => {
  const { page } = visitor;
  await visitor.signIn();
  await visitor.goto('/sessions');
  await expect(visitor.main.getByRole('listitem')).toHaveCount(1);
  store.age(120);
  const before = store.times;
  for (let times = 0; times < 3; times += 1) {
    const asked = page.waitForResponse('**/api/auth/session-list*');
    await page.clock.runFor(5000);
    expect((await asked).status()).toBe(200);
  }
  expect(store.times).toBe(before);
});

test('whoever types and clicks is not kept signed in by it, and is by the button', async ({ visitor, store }) => {
  const { page } = visitor;
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  const asked = extensions(visitor);
  store.age(120);
  const before = store.times;
  for (let minute = 0; minute < 3; minute += 1) {
    await page.getByLabel('Your text').fill('');
    await page.getByLabel('Your text').pressSequentially('half a letter');
    await visitor.headline.click();
    await page.clock.runFor(61_000);
  }
  await page.keyboard.press('Tab');
  expect(asked.count).toBe(0);
  expect(store.times).toBe(before);

  const extended = page.waitForResponse('**/api/auth/extend');
  await visitor.main.getByRole('button', { name: 'Stay signed in' }).click();
  expect((await extended).status()).toBe(200);
  expect(asked.count).toBe(1);
  expect(store.times).not.toBe(before);
});
