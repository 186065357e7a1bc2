// Chromium, Firefox and WebKitGTK by plain WebDriver: each takes the steps of steps.mjs, with the development build, the
// sandbox and the certified provider. `scripts/interop-engines` starts it. An engine that is not installed is skipped.
//
//   node engines/run.mjs [NAME...]

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { freePorts } from "../ports.mjs";
import { providerVariables, stopProcess, waitFor } from "../processes.mjs";
import { certified, latchkey, sandbox } from "../servers.mjs";
import { engines, withBrowser } from "./engines.mjs";
import { steps } from "./steps.mjs";

const here = join(import.meta.dirname, "..");
const logs = join(here, "logs");
mkdirSync(logs, { recursive: true });

const running = [];
const start = async (url, ...words) => {
  const child = spawn(process.execPath, words, { cwd: here, stdio: "ignore" });
  running.push(child);
  await waitFor(url, child);
};

async function control(path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${sandbox.origin}/control/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

let redirects = 0;

/** Servers that redirect to each other and then to `origin`, as providers do with one host per country. Returns the first origin. */
async function redirectsTo(origin, count) {
  let next = origin;
  for (const port of await freePorts(count)) {
    const target = next;
    createServer(({ url }, response) => {
      redirects += 1;
      response.writeHead(303, { location: target + url, "cache-control": "no-store" }).end();
    })
      .listen(port, "127.0.0.1")
      .unref();
    next = `http://127.0.0.1:${port}`;
  }
  return next;
}

/** Makes Google's authorization endpoint redirect twice, as the certified provider's does. */
async function redirectGoogle() {
  const { GOOGLE_ISSUER } = await providerVariables();
  const metadata = await (await fetch(`${GOOGLE_ISSUER}/.well-known/openid-configuration`)).json();
  const { pathname } = new URL(metadata.authorization_endpoint);
  const endpoint = (await redirectsTo(sandbox.origin, 2)) + pathname;
  await control("google/faults", { endpoint: "discovery", fault: { kind: "patch", set: { authorization_endpoint: endpoint } } });
}

/** A user with accounts at every provider, under three addresses. */
async function createUser() {
  const id = `engine-${randomUUID().slice(0, 8)}`;
  const user = { id, name: "Ada Lovelace", email: `${id}@gmail.com`, other: `${id}@example.org`, third: `${id}-third@example.org` };
  const emails = { [id]: user.email, [`${id}-other`]: user.other, [`${id}-third`]: user.third };
  for (const [person, email] of Object.entries(emails))
    await control("persons", { id: person, name: user.name, email, email_verified: true });
  return user;
}

/** Takes the steps; the first one that fails ends them. Returns whether all succeeded. */
async function visit(browser, { name, goesBack = true }) {
  const user = { ...(await createUser()), goesBack };
  for (const [title, step] of Object.entries(steps)) {
    try {
      await step(browser, user);
      console.log(`  ok      ${title}`);
    } catch (error) {
      await browser.screenshot(join(logs, `engine-${name.toLowerCase().replaceAll(" ", "-")}.png`)).catch(() => {});
      console.log(`  FAILED  ${title}\n          ${error.message}`);
      return false;
    }
  }
  return true;
}

const wanted = process.argv.slice(2);
let failed = 0;
try {
  await start(`${certified.issuer}/.well-known/openid-configuration`, "oidc/server.mjs");
  await start(`${sandbox.origin}/`, "latchkey.mjs", "sandbox");
  await redirectGoogle();
  await start(`${latchkey.origin}/healthz`, "latchkey.mjs", "serve");
  for (const engine of engines.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    console.log(engine.name);
    const log = join(logs, `engine-${engine.name.toLowerCase().replaceAll(" ", "-")}.log`);
    const succeeded = await withBrowser(engine, log, (browser) => visit(browser, engine));
    if (succeeded === undefined) console.log(`  skipped: ${engine.driver} is not installed`);
    if (succeeded === false) failed += 1;
  }
  if (redirects === 0) throw new Error("no request to Google was redirected");
} finally {
  for (const child of running.reverse()) await stopProcess(child);
}
process.exitCode = failed > 0 ? 1 : 0;
