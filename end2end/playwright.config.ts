// How `cargo xtask e2e` runs the browser tests: one after the other, as they share a host.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: {
    actionTimeout: 30_000,
    // Nobody watches, and what moves keeps the processors busy.
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
    // Filming keeps the processors busier than what is filmed.
    trace: process.env.OFFING_TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.OFFING_CHROMIUM,
      // As root there is no sandbox; and a test's browser has nothing to ask its maker.
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    },
  },
});
