// Finds the browser of the tests: Playwright's own, or the system's Chromium, without a window where there is one such: the
// suite takes half the time in it. `node browser.mjs` prints its path and fails
// if there is none.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

/** The path of the browser, or `undefined`. */
export function browserPath() {
  const candidates = [
    process.env.CHROMIUM,
    chromium.executablePath(),
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => path && existsSync(path));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = browserPath();
  if (path) console.log(path);
  process.exitCode = path ? 0 : 1;
}
