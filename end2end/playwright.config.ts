import { defineConfig, devices } from '@playwright/test';

import { chromiumOnPath } from './support/chromium.ts';
import type { Options } from './support/fixtures.ts';

const executablePath = chromiumOnPath();

export default defineConfig<Options>({
  testDir: 'tests',
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['line'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'chromium', testIgnore: 'pages.spec.ts' },
    // Leaves a picture of every page in `screenshots-out`.
    { name: 'screenshots', testMatch: 'pages.spec.ts' },
  ],
});
