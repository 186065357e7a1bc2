// The engines, and the drivers that speak WebDriver for them.

import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { delimiter, join } from "node:path";
import { browserPath } from "../browser.mjs";
import { freePorts } from "../ports.mjs";
import { stopProcess, waitFor } from "../processes.mjs";
import { Browser } from "./browser.mjs";

const isRoot = process.getuid?.() === 0;
const miniBrowser = ["4.1", "4.0", "6.0"]
  .map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`)
  .find((path) => existsSync(path));

const firefox = (prefs) => ({
  browserName: "firefox",
  "moz:firefoxOptions": { args: ["-headless"], prefs },
});

/** Each engine: its driver, that driver's arguments, and the capabilities of its browser. */
export const engines = [
  {
    name: "Chromium",
    driver: "chromedriver",
    arguments: (port) => [`--port=${port}`],
    capabilities: {
      "goog:chromeOptions": { binary: browserPath(), args: ["--headless=new", ...(isRoot ? ["--no-sandbox"] : [])] },
    },
  },
  {
    name: "Firefox",
    driver: "geckodriver",
    arguments: (port) => ["--port", String(port), "--websocket-port", "0"],
    capabilities: firefox({}),
  },
  {
    name: "Firefox without JavaScript",
    driver: "geckodriver",
    arguments: (port) => ["--port", String(port), "--websocket-port", "0"],
    capabilities: firefox({ "javascript.enabled": false }),
  },
  {
    name: "WebKitGTK",
    driver: "WebKitWebDriver",
    // It has no mode without a window: scripts/interop-engines gives it a display.
    arguments: (port) => [`--port=${port}`],
    // After going back to another origin its driver (2.50) answers no command.
    goesBack: false,
    capabilities: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation"] } },
  },
];

/** Runs `visit` in a new browser. Returns `undefined` where the driver is not installed. */
export async function withBrowser(engine, log, visit) {
  const program = onPath(engine.driver);
  if (!program) return undefined;
  const [port] = await freePorts(1);
  const output = openSync(log, "w");
  const driver = spawn(program, engine.arguments(port), { stdio: ["ignore", output, output] });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await waitFor(`${origin}/status`, driver);
    const browser = await Browser.open(origin, engine.capabilities);
    try {
      return await visit(browser);
    } finally {
      await browser.close().catch(() => {});
    }
  } finally {
    await stopProcess(driver);
  }
}

function onPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
