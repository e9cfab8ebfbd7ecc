/** What axe finds wrong with a page, for people who do not see or use it as most do. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Page } from '@playwright/test';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: ReadonlyArray<{ readonly target: readonly string[]; readonly failureSummary?: string }>;
}

/** Everything that axe calls wrong in the page as it stands, as one line each. */
export async function faults(page: Page): Promise<string[]> {
  // Through the debugger, so that the page's content security policy has no say.
  await page.evaluate(await readFile(SOURCE, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return violations.map(({ id, impact, nodes }) => {
    const places = nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`);
    return `${impact ?? 'unknown'} ${id}: ${places.join('; ')}`;
  });
}
