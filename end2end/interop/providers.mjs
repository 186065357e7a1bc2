// Signs in to Latchkey in a browser through OpenID providers that others wrote: with each, a cancelled sign-in
// where its pages let one cancel, a sign-in, and a second one that finds the same account. Prints a line for each step; fails if one failed.
//
// `node providers.mjs [NAME…]`; scripts/interop-providers installs what it needs. INTEROP is the folder of the installed packages.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, expect } from "@playwright/test";
import { browserPath } from "../browser.mjs";
import { freePorts } from "../ports.mjs";
import { startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { certified, latchkey } from "../servers.mjs";

const here = import.meta.dirname;
const logs = join(here, "../logs");
const packages = process.env.INTEROP;
const secret = "interop-secret-of-the-client";
const password = "a long passphrase 42";

const [canaillePort, toolkitPort, glewlwydPort] = await freePorts(3);

/** Each provider: how it starts, and what a person does on its pages. */
const providers = [
  {
    name: "certified",
    software: "oidc-provider (npm)",
    issuer: certified.issuer,
    secret: certified.clientSecret,
    command: [process.execPath, join(here, "../oidc/server.mjs")],
    async signIn(page) {
      if (await page.getByLabel("Email").count()) {
        await page.getByLabel("Email").fill("ada@certified.example");
        await page.getByLabel("Name").fill("Ada Certified");
        await page.getByRole("button", { name: "Allow" }).click();
      }
    },
    async cancel(page) {
      await page.getByRole("button", { name: "Cancel" }).click();
    },
  },
  {
    name: "canaille",
    software: "Canaille (PyPI)",
    issuer: `http://127.0.0.1:${canaillePort}`,
    command: python("canaille", "start_canaille.py", canaillePort, "canaille"),
    async signIn(page) {
      await logIn(page, page.getByLabel("Login"));
      await consent(page, page.getByRole("button", { name: "Accept" }));
    },
    async cancel(page) {
      await logIn(page, page.getByLabel("Login"));
      await page.getByRole("button", { name: "Deny" }).click();
    },
  },
  {
    name: "toolkit",
    software: "django-oauth-toolkit (PyPI)",
    issuer: `http://127.0.0.1:${toolkitPort}/o`,
    command: python("django-oauth-toolkit", "toolkit.py", toolkitPort, "toolkit"),
    async signIn(page) {
      await logIn(page, page.getByLabel("Username"));
      await consent(page, page.getByRole("button", { name: "Authorize" }));
    },
    async cancel(page) {
      await logIn(page, page.getByLabel("Username"));
      await page.getByRole("button", { name: "Cancel" }).click();
    },
  },
  {
    name: "glewlwyd",
    software: "Glewlwyd (Debian)",
    issuer: `http://127.0.0.1:${glewlwydPort}/api/oidc`,
    command: ["python3", join(here, "start_glewlwyd.py"), glewlwydPort, "latchkey", secret, callbackOf("glewlwyd")],
    async signIn(page) {
      await logIn(page, page.getByLabel("Login"));
      const grant = page.getByRole("button", { name: "Grant access" });
      const goOn = page.getByRole("button", { name: "Continue" });
      await expect(grant.or(goOn).first()).toBeVisible();
      if (await grant.isVisible()) {
        for (const scope of ["email", "profile"]) await page.locator(`#grant-${scope}`).check();
        await grant.click();
      }
      await goOn.click();
    },
    // Its pages have no way to decline.
  },
];

function python(environment, script, port, name) {
  return [join(packages ?? "", environment, "bin/python"), join(here, script), port, "latchkey", secret, callbackOf(name)];
}

function callbackOf(name) {
  return `${latchkey.origin}/auth/callback/${name}`;
}

/** A login form of one step or of two. */
async function logIn(page, login) {
  await login.fill("ada");
  const field = page.locator("input[type=password]");
  if (!(await field.isVisible())) await page.locator("[type=submit]").first().click();
  await field.fill(password);
  await page.locator("[type=submit]").last().click();
}

/** Consents unless the provider remembers it. */
async function consent(page, button) {
  await expect(button.or(page.locator(".person"))).toBeVisible();
  if (await button.isVisible()) await button.click();
}

const wanted = providers.filter(({ name }) => process.argv.length < 3 || process.argv.includes(name, 2));
const running = [];
const folders = [];
let failed = 0;
try {
  mkdirSync(logs, { recursive: true });
  await Promise.all(wanted.map(run));
  await serve();
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath: browserPath(), args: isRoot ? ["--no-sandbox"] : [] });
  try {
    for (const provider of wanted) {
      if (provider.cancel) await step(browser, provider, "cancel", cancelled);
      const first = await step(browser, provider, "sign in", signedIn);
      const second = await step(browser, provider, "sign in again", signedIn);
      if (first && second) await step(browser, provider, "same account", () => expect(second).toBe(first));
    }
  } finally {
    await browser.close();
  }
} finally {
  for (const child of running.reverse()) await stopProcess(child);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
console.log(failed ? `${failed} failed; see end2end/logs/` : "every step passed");
process.exitCode = failed ? 1 : 0;

/** Starts a provider in an empty folder and waits for its metadata. */
async function run({ name, issuer, command: [program, ...words] }) {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-interop-${name}-`));
  folders.push(folder);
  const child = spawn(program, words.map(String), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(join(logs, `interop-${name}.log`));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  running.push(child);
  // Some take long to create their databases.
  await waitFor(`${issuer}/.well-known/openid-configuration`, child, 120);
}

/** Starts Latchkey with all of them. */
async function serve() {
  const variables = { BASE_URL: latchkey.origin, LISTEN_ADDR: latchkey.listen, RATE_LIMITS: "off" };
  for (const provider of wanted) {
    const prefix = `OIDC_${provider.name.toUpperCase()}`;
    variables[`${prefix}_ISSUER`] = provider.issuer;
    variables[`${prefix}_CLIENT_ID`] = "latchkey";
    variables[`${prefix}_CLIENT_SECRET`] = provider.secret ?? secret;
    variables[`${prefix}_LABEL`] = labelOf(provider);
  }
  const child = startLatchkey("serve", variables, "interop-latchkey");
  running.push(child);
  await waitFor(`${latchkey.origin}/healthz`, child, 120);
}

function labelOf({ name }) {
  return name[0].toUpperCase() + name.slice(1);
}

/** One step in a new browser context, with its line. */
async function step(browser, provider, what, act) {
  const context = await browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  try {
    const result = await act(page, provider);
    console.log(`ok      ${provider.software}: ${what}`);
    return result;
  } catch (error) {
    failed += 1;
    const shot = join(logs, `interop-${provider.name}.png`);
    await page.screenshot({ path: shot, fullPage: true }).catch(() => {});
    console.log(`FAILED  ${provider.software}: ${what}, at ${page.url()}\n        ${String(error.message).split("\n")[0]}`);
  } finally {
    await context.close();
  }
}

async function leave(page, provider) {
  await page.goto(`${latchkey.origin}/auth/${provider.name}`);
  await expect(page).toHaveURL((url) => url.origin !== latchkey.origin);
}

async function cancelled(page, provider) {
  await leave(page, provider);
  await provider.cancel(page);
  await expect(page).toHaveURL((url) => url.origin === latchkey.origin && url.searchParams.get("error") === "cancelled");
  await expect(page.getByRole("alert")).toBeVisible();
}

/** Returns the account's id. */
async function signedIn(page, provider) {
  await leave(page, provider);
  await provider.signIn(page);
  await expect(page).toHaveURL(`${latchkey.origin}/dashboard`);
  await expect(page.getByRole("heading", { level: 1, name: `Ada ${labelOf(provider)}` })).toBeVisible();
  const data = await page.request.get(`${latchkey.origin}/settings/data.json`);
  const { user } = await data.json();
  expect(user?.id, "the account's id").toBeTruthy();
  return user.id;
}
