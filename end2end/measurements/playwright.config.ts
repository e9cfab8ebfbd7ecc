import { defineConfig } from '@playwright/test';

import tests from '../playwright.config.ts';

/** As for the tests, but one after the other: whoever measures wants the machine for themselves. */
export default defineConfig({
  ...tests,
  testDir: '.',
  workers: 1,
  quiet: false,
  reporter: [['list']],
  projects: [{ name: 'measurements' }],
});
