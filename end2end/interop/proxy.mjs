// A proxy of a run, with a Latchkey behind it, and the checks of both.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { sandbox } from "../servers.mjs";
import { send } from "./visitor.mjs";

const logs = resolve(import.meta.dirname, "../logs");

/** Runs `body` with the sandbox. */
export async function withSandbox(name, body) {
  const mock = startLatchkey("sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, `${name}-sandbox`);
  try {
    await waitFor(`${sandbox.origin}/control/variables`, mock);
    return await body();
  } finally {
    await stopProcess(mock);
  }
}

/** The environment in which a program finds nothing but what is in the folder. */
export function environmentOf(folder) {
  return { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
}

/**
 * Starts a Latchkey at the port `back` and, before it, `program` with these arguments in its folder, and runs `body` with the
 * Latchkey once the proxy serves `origin`. Logs begin with `name`.
 */
export async function withProxy({ name, program, words, folder, origin, back, settings }, body) {
  const processes = [];
  try {
    const latchkey = startLatchkey("serve", { ...(await providerVariables()), ...settings }, name);
    processes.push(latchkey);
    await waitFor(`http://127.0.0.1:${back}/readyz`, latchkey);
    mkdirSync(logs, { recursive: true });
    const log = openSync(join(logs, `${name}-itself.log`), "w");
    const server = spawn(program, words, { cwd: folder, env: environmentOf(folder), stdio: ["ignore", log, log] });
    processes.unshift(server);
    await waitUntilServing(`${origin}/healthz`, server);
    return await body(latchkey);
  } finally {
    await Promise.all(processes.map(stopProcess));
  }
}

/** Runs checks by their titles, each with `at` and after `before`, and prints a line for each. Returns the number of failed ones. */
export async function check(checks, at, before = () => {}) {
  let failed = 0;
  for (const [title, body] of Object.entries(checks)) {
    before();
    try {
      await body(at);
      console.log(`  ok      ${title}`);
    } catch (error) {
      failed += 1;
      console.log(`  FAILED  ${title}\n${String(error.message).replaceAll(/^/gm, "          ")}`);
    }
  }
  return failed;
}

/** The path of an installed program, or `undefined`. */
export function onPath(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Makes localhost.pem, which is its own authority, and localhost.key. */
export function makeCertificate(folder) {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "localhost.key"];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-out", "localhost.pem"];
  const { status } = spawnSync("openssl", ["req", "-x509", ...key, ...name], { cwd: folder, stdio: "ignore" });
  if (status !== 0) throw new Error("openssl cannot make a certificate");
}

/** As `waitFor`, with a certificate that is its own authority. */
async function waitUntilServing(url, child) {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has exited; see logs/`);
    const response = await send(url).catch(() => undefined);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not respond`);
}
