import { ADA } from '../oidc-provider/people.ts';
import { expect, test } from '../support/fixtures.ts';
import type { Visitor } from '../support/visitor.ts';

/** Marks every element of the document, and notes which are put in or taken out from now on. */
async function mark({ page }: Visitor): Promise<void> {
  await page.evaluate(() => {
    document.querySelectorAll('body *').forEach((element) => element.setAttribute('data-marked', ''));
    const changes: string[] = [];
    Object.assign(globalThis, { changes });
    const note = (sign: string, nodes: NodeList): void => {
      const elements = [...nodes].filter((node) => node instanceof Element);
      changes.push(...elements.map((element) => `${sign} ${element.outerHTML}`));
    };
    // Text may change: the seconds are counted.
    new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        note('+', addedNodes);
        note('-', removedNodes);
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
}

/** Which were put in or taken out, and which stand there without a mark. */
function changes({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const unmarked = [...document.querySelectorAll('body *:not([data-marked])')].map((element) => `new: ${element.outerHTML}`);
    return [...(globalThis as unknown as { changes: string[] }).changes, ...unmarked];
  });
}

/** Two frames later what an answer brought about has been drawn. */
async function drawn({ page }: Visitor): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

const ASKED = '**/api/auth/current-session*';

/** What makes a page ask who is signed in. */
const REASONS: Readonly<Record<string, (visitor: Visitor) => Promise<unknown>>> = {
  'its window has the focus again': ({ page }) => page.evaluate(() => window.dispatchEvent(new Event('focus'))),
  'another tab says that something changed': ({ page }) =>
    page.evaluate(() => {
      const channel = new BroadcastChannel('exeunt:');
      channel.postMessage('ask');
      channel.close();
    }),
};

for (const path of ['/', '/account', '/sessions'] as const) {
  for (const [reason, happens] of Object.entries(REASONS)) {
    test(`the same answer rebuilds nothing of ${path}, when ${reason}`, async ({ visitor }) => {
      const { page } = visitor;
      const listens = visitor.listens();
      await visitor.signIn();
      await listens;
      const again = visitor.listens();
      await visitor.goto(path);
      await again;
      await expect(page.locator('.masthead')).toContainText(ADA.name);
      await mark(visitor);
      // Each answer tells another time, and is the same in all else.
      for (let times = 0; times < 2; times += 1) {
        const answered = page.waitForResponse(ASKED);
        await happens(visitor);
        await (await answered).finished();
        await drawn(visitor);
      }
      expect(await changes(visitor)).toEqual([]);
    });
  }
}

test('an answer about somebody in other roles rebuilds what goes by them', async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signIn();
  await mark(visitor);
  await page.route(ASKED, async (route) => {
    const response = await route.fetch();
    const view = (await response.json()) as { roles: string[] };
    await route.fulfill({ response, json: { ...view, roles: ['prompter'] } });
  });
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(visitor.main).toContainText('prompter');
  await drawn(visitor);
  expect(await changes(visitor), 'else nothing here would be seen').not.toEqual([]);
});
