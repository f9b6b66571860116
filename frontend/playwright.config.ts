import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./scripts/chromium.mjs";

/** Walks the running platform as people do: `scripts/up` first. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // One platform, which all tests change.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A busy machine may be late once; a test that needs its second try is named as flaky.
  retries: process.env["CI"] ? 1 : 0,
  reporter: process.env["CI"] ? "line" : "list",
  use: {
    baseURL: process.env["OPSC_UI"] ?? "https://localhost:8443",
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    screenshot: "only-on-failure",
    launchOptions: LAUNCH,
  },
});
