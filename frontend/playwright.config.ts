import { defineConfig } from '@playwright/test'

// The tests drive Debian's Chromium, against the real services on embedded stores with the production build in front,
// all in one process: see e2e/system.ts.
export default defineConfig({
  projects: [
    { name: 'e2e', testDir: 'e2e' },
    { name: 'bench', testDir: 'bench', timeout: 20 * 60_000 },
    { name: 'screenshots', testDir: 'screenshots' },
  ],
  outputDir: 'test-results',
  globalSetup: './e2e/build.ts',
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI === 'true',
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
    },
  },
})
