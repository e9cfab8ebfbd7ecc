/** How long it takes from the provider's word to what a person sees. A measurement, no test: `make bench-tab`. */

import { expect, test } from '../support/fixtures.ts';

const RUNS = 50;

test('from a logout token to the change in an open tab', async ({ visitor, elsewhere, provider }) => {
  test.setTimeout(600_000);
  const waits: number[] = [];
  await elsewhere.page.goto(`${provider.issuer}/sessions`);
  for (let run = 0; run < RUNS; run += 1) {
    const listens = visitor.listens();
    await visitor.signIn();
    await listens;
    await visitor.page.evaluate(() => {
      const record = globalThis as unknown as { seen: Promise<number> };
      record.seen = new Promise((resolve) => {
        new MutationObserver((_, observer) => {
          if (document.querySelector('#exeunt-session-ended h2')) {
            observer.disconnect();
            resolve(Date.now());
          }
        }).observe(document.body, { childList: true, subtree: true });
      });
    });
    await elsewhere.page.reload();
    // The provider calls the app while it answers this form: one clock for both, since both are on this machine.
    const begun = Date.now();
    await elsewhere.page.getByRole('button', { name: 'End this session' }).click();
    const seen = await visitor.page.evaluate(() => (globalThis as unknown as { seen: Promise<number> }).seen);
    waits.push(seen - begun);
    await visitor.page.keyboard.press('Escape');
    await visitor.context.clearCookies();
  }
  waits.sort((a, b) => a - b);
  const median = waits[Math.floor(RUNS / 2)] ?? Number.NaN;
  const worst = waits.at(-1) ?? Number.NaN;
  console.log(`${RUNS} runs, from the press at the provider to the dialog: median ${median} ms, worst ${worst} ms`);
  expect(waits).toHaveLength(RUNS);
});
