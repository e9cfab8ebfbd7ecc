import { ADA, GRACE } from '../oidc-provider/people.ts';
import { lives, noteLife } from '../support/alive.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

// Else nobody could tell when a page with moments on it has come alive.
test.use({ timezoneId: 'Europe/Vienna' });

/** What only somebody signed in is shown, and what nobody else may have seen. */
const SIGNED_IN = [ADA.name, ADA.email, 'On stage', 'Three ways out', 'Where you are signed in to this app', 'Your text'];
/** What only a stranger is shown. */
const STRANGER = ['Nobody is on stage.', 'You are not signed in', 'This page is for people who are signed in.', 'Please sign in'];
/** What is shown where nobody can say. */
const UNKNOWN = ['Nobody can say just now.', 'We cannot tell just now'];

interface Seen {
  /** Of what was looked for. */
  readonly found: string[];
  readonly changes: number;
}

/**
 * From before the first byte of each document on: notes which of these texts were ever in it, be it for less than a frame.
 * What a change took out again before anybody could look at it counts too.
 */
async function watch({ page }: Visitor, texts: readonly string[]): Promise<void> {
  await noteLife(page);
  await page.addInitScript((texts) => {
    const found = new Set<string>();
    const seen = { found: [] as string[], changes: 0 };
    Object.assign(globalThis, { seen });
    const look = (node: Node | null): void => {
      const text = node?.textContent ?? '';
      texts.filter((one) => text.includes(one)).forEach((one) => found.add(one));
      seen.found = [...found];
    };
    new MutationObserver((records) => {
      seen.changes += records.length;
      for (const { target, addedNodes, removedNodes } of records) {
        [target, ...addedNodes, ...removedNodes].forEach(look);
      }
      look(document.documentElement);
    }).observe(document, { childList: true, subtree: true, characterData: true });
  }, texts);
}

async function seen({ page }: Visitor): Promise<Seen> {
  await lives(page);
  return page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
}

test('a stranger is shown nothing of anybody who is signed in, not for a frame', async ({ visitor }) => {
  await watch(visitor, [...SIGNED_IN, ...UNKNOWN, 'Nobody is on stage.']);
  for (const [path, own] of [
    ['/', ['Nobody is on stage.']],
    ['/account', []],
    ['/sessions', []],
    ['/logged-out', []],
  ] as const) {
    await visitor.goto(path);
    const { found, changes } = await seen(visitor);
    expect(found, path).toEqual(own);
    expect(changes, 'it was looked at').toBeGreaterThan(10);
  }
});

test('nor is whoever has just signed out', async ({ visitor }) => {
  await visitor.signIn();
  await visitor.signOut();
  await watch(visitor, [...SIGNED_IN, ...UNKNOWN, 'You are signed out of this app']);
  await visitor.page.reload();
  expect((await seen(visitor)).found).toEqual(['You are signed out of this app']);
  await visitor.goto('/account');
  expect((await seen(visitor)).found).toEqual([]);
});

test('somebody signed in is shown nothing that is for a stranger, not for a frame', async ({ visitor }) => {
  await visitor.signIn();
  await watch(visitor, [...STRANGER, ...UNKNOWN, ADA.name]);
  for (const path of ['/', '/account', '/sessions', '/logged-out']) {
    await visitor.goto(path);
    const { found, changes } = await seen(visitor);
    expect(found, path).toEqual([ADA.name]);
    expect(changes, 'it was looked at').toBeGreaterThan(10);
  }
});

test('nor is whoever looks at a page once more, while the answer is under way', async ({ visitor }) => {
  const { page } = visitor;
  await watch(visitor, [...STRANGER, ...UNKNOWN]);
  await visitor.signIn();
  let answer = (): void => undefined;
  const isTime = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/auth/current-session*', async (route) => {
    await isTime;
    await route.continue();
  });
  const asked = page.waitForRequest('**/api/auth/current-session*');
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await asked;
  expect((await seen(visitor)).found, 'still under way').toEqual([]);
  const answered = page.waitForResponse('**/api/auth/current-session*');
  answer();
  await (await answered).finished();
  expect((await seen(visitor)).found, 'and answered').toEqual([]);
});

test('who signs in after somebody else is shown nothing of them, their roles neither', async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn(ADA);
  await expect(visitor.main).toContainText('admin, user');
  await watch(visitor, [ADA.name, ADA.email, 'admin', GRACE.name, 'editor, user']);
  await visitor.goto('/auth/login?prompt=login&return_to=/account');
  await visitor.signInAtProvider(GRACE);
  await visitor.isAt('/account');
  expect((await seen(visitor)).found.toSorted()).toEqual([GRACE.name, 'editor, user'].toSorted());
  // Asked again it stays so.
  const answered = page.waitForResponse('**/api/auth/current-session*');
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await (await answered).finished();
  expect((await seen(visitor)).found.toSorted()).toEqual([GRACE.name, 'editor, user'].toSorted());
});

test('what is put in and taken out at once is seen', async ({ visitor }) => {
  await watch(visitor, ['not for a frame']);
  await visitor.goto('/');
  await visitor.page.evaluate(() => {
    const word = Object.assign(document.createElement('p'), { textContent: 'not for a frame' });
    document.body.append(word);
    word.remove();
  });
  expect((await seen(visitor)).found).toEqual(['not for a frame']);
});
