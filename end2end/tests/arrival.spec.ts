import { expect, test } from '../support/fixtures.ts';

test('coming alive asks the server for nothing again', async ({ visitor }) => {
  const asked: string[] = [];
  await visitor.signIn();
  visitor.page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/pkg/')) {
      asked.push(`${request.method()} ${pathname}`);
    }
  });
  const listens = visitor.listens();
  await visitor.page.reload();
  await visitor.isLive();
  await listens;
  expect(asked.filter((request) => !request.endsWith('/favicon.svg'))).toEqual(['GET /account', 'GET /auth/events']);
});

test('nothing on a page moves while it comes alive', async ({ visitor }) => {
  await visitor.page.addInitScript(() => {
    const record = globalThis as unknown as { shifts: number };
    record.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        record.shifts += (entry as unknown as { value: number }).value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await visitor.signIn();
  for (const path of ['/account', '/sessions', '/', '/logged-out']) {
    await visitor.goto(path);
    if (path !== '/sessions' && path !== '/logged-out') {
      await visitor.isLive();
    }
    // Two frames after the page has settled nothing is about to move any more.
    await visitor.page.waitForLoadState('networkidle').catch(() => undefined);
    await visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const shifts = await visitor.page.evaluate(() => (globalThis as unknown as { shifts: number }).shifts);
    expect(shifts, path).toBe(0);
  }
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
  await visitor.signIn();
  const asked: string[] = [];
  visitor.page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
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
    expect(file).toMatch(/\.[A-Za-z0-9_-]{22}\.(css|js|wasm)$/);
    const response = await fetch(file, { headers: { 'accept-encoding': 'br', referer: app.at('/') } });
    expect(response.headers.get('content-encoding'), file).toBe('br');
    expect(response.headers.get('cache-control'), file).toContain('immutable');
  }
  // What of them names another is named by what is in all of these: none can be older than the others.
  const named = files.map((file) => /\/(?:exeunt|__wasm_split)\.([^.]+)\.(?:js|wasm)$/.exec(file)?.[1]);
  expect(new Set(named.filter((hash) => hash !== undefined)).size).toBe(1);
});
