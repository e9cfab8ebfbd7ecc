import { lives, noteLife } from '../support/alive.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

// Else nobody could tell whether a moment is told in the reader's own time yet.
test.use({ timezoneId: 'Europe/Vienna' });

/** What the page asks for from now on, but for what is the same for everybody: its static files. */
function requests({ page }: Visitor): readonly string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/pkg/') && pathname !== '/favicon.svg') {
      asked.push(`${request.method()} ${pathname}`);
    }
  });
  return asked;
}

test('coming alive asks the server for nothing again: the document is all there is, and the events', async ({ visitor }) => {
  await noteLife(visitor.page);
  await visitor.signIn();
  for (const path of ['/', '/account', '/sessions', '/logged-out']) {
    // The last page asks for nothing any more.
    await visitor.page.goto('about:blank');
    const asked = requests(visitor);
    const listens = visitor.listens();
    await visitor.goto(path);
    await listens;
    await lives(visitor.page);
    expect(asked, path).toEqual([`GET ${path}`, 'GET /auth/events']);
  }
});

test('for a stranger, and after a sign-out, it asks for nothing at all', async ({ visitor }) => {
  await noteLife(visitor.page);
  const isOnlyDocument = async (path: string): Promise<void> => {
    const asked = requests(visitor);
    await visitor.goto(path);
    await lives(visitor.page);
    expect(asked, path).toEqual([`GET ${path}`]);
  };
  await isOnlyDocument('/');
  await isOnlyDocument('/logged-out');
  await visitor.signIn();
  await visitor.signOut();
  await lives(visitor.page);
  await visitor.page.goto('about:blank');
  await isOnlyDocument('/logged-out');
});

interface Shift {
  readonly at: number;
  readonly what: string;
}

for (const [where, surroundings] of [
  ['in a wide window', {}],
  // Far from UTC, with a longer name, and where the text of a moment takes another line.
  ['on a phone in Kathmandu', { timezoneId: 'Asia/Kathmandu', viewport: { width: 390, height: 844 } }],
  ['on a phone in German in Marquesas', { timezoneId: 'Pacific/Marquesas', locale: 'de', viewport: { width: 360, height: 740 } }],
] as const) {
  test.describe(where, () => {
    test.use(surroundings);

    test('nothing on a page moves while it comes alive', async ({ visitor }) => {
      const { page } = visitor;
      await noteLife(page);
      await page.addInitScript(() => {
        const record = globalThis as unknown as { shifts: Shift[] };
        record.shifts = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { startTime, value, sources } = entry as unknown as {
              startTime: number;
              value: number;
              sources: ReadonlyArray<{ node?: Node }>;
            };
            const moved = sources.map(({ node }) => (node instanceof Element ? node.outerHTML : node?.textContent));
            record.shifts.push({ at: startTime, what: `${value}: ${moved.join(' and ').slice(0, 500)}` });
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      /** The program is kept back until the document is drawn as the server wrote it; what moves then is of its doing. */
      const comesAliveStill = async (path: string, who: string): Promise<void> => {
        let isDrawn = (): void => undefined;
        const drawn = new Promise<void>((resolve) => {
          isDrawn = resolve;
        });
        await page.route('**/pkg/*.wasm', async (route) => {
          await drawn;
          await route.continue();
        });
        await page.goto(visitor.at(path), { waitUntil: 'domcontentloaded' });
        const since = await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))));
            }),
        );
        isDrawn();
        await lives(page);
        const shifts = await page.evaluate(
          (since) => (globalThis as unknown as { shifts: Shift[] }).shifts.filter(({ at }) => at > since),
          since,
        );
        expect.soft(shifts, `${path}, ${who}`).toEqual([]);
        await page.unroute('**/pkg/*.wasm');
      };
      for (const path of ['/', '/?return_to=%2Faccount', '/logged-out']) {
        await comesAliveStill(path, 'a stranger');
      }
      await visitor.goto('/auth/login?return_to=/account');
      await visitor.signInAtProvider();
      await visitor.isAt('/account');
      for (const path of ['/account', '/sessions', '/', '/logged-out']) {
        await comesAliveStill(path, 'signed in');
      }
      await visitor.goto('/account');
      await lives(page);
      await visitor.main.locator('.exits').getByRole('button').first().click();
      await visitor.isAt('/logged-out');
      await expect(visitor.main.locator('.receipt')).toBeVisible();
      await comesAliveStill('/logged-out', 'the receipt');
    });
  });
}

test('a shift would be seen', async ({ visitor }) => {
  await noteLife(visitor.page);
  await visitor.goto('/');
  // A page that comes alive does not expect anything to stand there that it did not write.
  await lives(visitor.page);
  const shifts = visitor.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().length)).observe({ type: 'layout-shift' });
      }),
  );
  await visitor.page.evaluate(() => document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'Late' })));
  expect(await shifts).toBeGreaterThan(0);
});

test('before its scripts arrive a page can be used all the same', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  complaints.expect(/preload/);
  await visitor.signIn();
  await visitor.page.route('**/pkg/*.wasm', (route) => route.abort());
  complaints.expect(/wasm|fetch/i);
  await visitor.page.reload();
  await visitor.signOutButton.click();
  await visitor.isAt('/logged-out');
  await expect(visitor.headline).toHaveText('You are signed out of this app');
});

test('from the press to leaving it is one way to the server and back', async ({ visitor }) => {
  await noteLife(visitor.page);
  const listens = visitor.listens();
  await visitor.signIn();
  await listens;
  await lives(visitor.page);
  const asked = requests(visitor);
  await visitor.signOutButton.click();
  await visitor.isAt('/logged-out');
  const leaving = asked.findIndex((request) => !request.includes('/auth/logout'));
  expect(asked.slice(0, leaving)).toEqual(['POST /api/auth/logout']);
});

test('static files are named by what is in them, kept for ever, and come compressed', async ({ visitor, app }) => {
  const files: string[] = [];
  visitor.page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/pkg/')) {
      files.push(response.url());
    }
  });
  await visitor.signIn();
  await expect.poll(() => files.some((file) => file.includes('/split_account.'))).toBe(true);
  for (const file of new Set(files)) {
    expect(file).toMatch(/\.[A-Za-z0-9_-]{22}\.(css|js|svg|wasm)$/);
    const response = await fetch(file, { headers: { 'accept-encoding': 'br', referer: app.at('/') } });
    expect(response.headers.get('content-encoding'), file).toBe('br');
    expect(response.headers.get('cache-control'), file).toContain('immutable');
  }
  // What of them names another is named by what is in all of these: none can be older than the others.
  const named = files.map((file) => /\/(?:exeunt|__wasm_split)\.([^.]+)\.(?:js|wasm)$/.exec(file)?.[1]);
  expect(new Set(named.filter((hash) => hash !== undefined)).size).toBe(1);
});
