import { defineConfig, devices } from '@playwright/test';

import { launchOptions } from './support/chromium.ts';
import type { Options } from './support/fixtures.ts';

export default defineConfig<Options>({
  testDir: 'tests',
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  // The provider says at each start that it is meant for development.
  quiet: true,
  expect: { timeout: 10_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    screenshot: 'only-on-failure',
    // It costs a fifth of the time.
    trace: process.env['TRACE'] === undefined ? 'off' : 'retain-on-failure',
    launchOptions: launchOptions(),
  },
  projects: [
    { name: 'chromium', testIgnore: 'pages.spec.ts' },
    // Leaves a picture of every page in `screenshots-out`.
    { name: 'screenshots', testMatch: 'pages.spec.ts' },
  ],
});
