// The browser tests: Latchkey's development build on one side, the sandbox and a certified provider on the other.
// `npm test` runs them, `npm run shots` takes pictures instead, `npm run pictures` those of the documents.

import { defineConfig, devices } from "@playwright/test";
import { certified, latchkey, sandbox } from "./servers.mjs";
import { browserPath } from "./browser.mjs";

const shots = Boolean(process.env.SHOTS);
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // On a machine that others use a page may be late once; twice is a defect.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: latchkey.origin,
    trace: "retain-on-failure",
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: {
      executablePath: browserPath(),
      args: isRoot ? [...quiet, "--no-sandbox"] : quiet,
    },
  },
  projects: shots
    ? [
        { name: "shots", testMatch: "shots.ts" },
        { name: "pictures", testMatch: "pictures.ts" },
      ]
    : [
        { name: "chromium" },
        // Tests that are about the islands have the tag @js.
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
    // Another process on the port would be tested in Latchkey's place.
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 } as const,
  };
}
