import { Complaints } from '../support/complaints.ts';
import { expect, test } from '../support/fixtures.ts';

/** A page of nobody's, so that nothing but the test speaks on it. */
const PAGE = 'http://nowhere.example/';

test('whatever a page says, throws or fails to load is heard', async ({ browser }) => {
  const context = await browser.newContext();
  const complaints = new Complaints();
  await complaints.watch(context);
  await context.route('http://nowhere.example/**', (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === '/' ? route.fulfill({ contentType: 'text/html', body: '<title>Nowhere</title>' }) : route.abort();
  });
  const page = await context.newPage();
  await page.goto(PAGE);
  expect(complaints.unexpected, 'a silent page').toEqual([]);
  await page.evaluate(async () => {
    for (const kind of ['log', 'info', 'debug', 'warn', 'error'] as const) {
      console[kind](`said by ${kind}`);
    }
    await fetch('/gone').catch(() => undefined);
    setTimeout(() => {
      throw new Error('thrown');
    });
  });
  for (const heard of [
    /^log: said by log/,
    /^info: said by info/,
    /^debug: said by debug/,
    /^warning: said by warn/,
    /^error: said by error/,
    /^failed: GET http:\/\/nowhere\.example\/gone \(net::ERR_FAILED\)/,
    /^uncaught: Error: thrown/,
  ]) {
    await expect.poll(() => complaints.unexpected.filter((one) => heard.test(one)).length, String(heard)).toBe(1);
  }
  complaints.expect(/said by (log|info)/);
  expect(complaints.unexpected.join('\n')).not.toMatch(/said by (log|info)/);
  expect(complaints.unexpected.join('\n'), 'and no other').toContain('said by debug');
  await context.close();
});
