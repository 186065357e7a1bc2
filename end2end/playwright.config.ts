// The browser tests: Latchkey's development build with the sandbox and a certified provider. `npm test` runs them,
// `npm run screenshots` takes screenshots of all pages, `npm run pictures` those of the documentation, and
// `npm run documents` keeps the HTML of all pages.

import { defineConfig, devices } from "@playwright/test";
import { browserPath } from "./browser.mjs";
import { certified, latchkey, sandbox } from "./servers.mjs";

/** Instead of tests: what goes through all pages and keeps something of each. */
const collects = Boolean(process.env.COLLECT);
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // On a shared CI machine a page may time out once; twice is a defect.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: latchkey.origin,
    // Recording every test takes a fifth of the time: locally, `npm test -- --trace on` for the test that fails.
    trace: "on-first-retry",
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: {
      executablePath: browserPath(),
      args: isRoot ? [...quiet, "--no-sandbox"] : quiet,
    },
  },
  projects: collects
    ? [
        { name: "screenshots", testMatch: "screenshots.ts" },
        { name: "pictures", testMatch: "pictures.ts" },
        { name: "documents", testMatch: "documents.ts" },
      ]
    : [
        { name: "chromium" },
        // Tests that need JavaScript have the tag @js.
        { name: "chromium-no-js", use: { javaScriptEnabled: false }, grepInvert: /@js/ },
      ],
  webServer: [
    server("node oidc/server.mjs", `${certified.issuer}/.well-known/openid-configuration`),
    server("node latchkey.mjs sandbox", `${sandbox.origin}/`),
    server("node latchkey.mjs serve", `${latchkey.origin}/healthz`),
  ],
});

function server(command: string, url: string) {
  return {
    command,
    url,
    timeout: 30_000,
    // Never test a process that happens to use the port.
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 } as const,
  };
}
