// Starts the development build of Latchkey in an empty temporary folder and with an explicit environment: neither a
// developer's `.env` nor the shell's credentials reach it, and its database is deleted afterwards. Logs are in `logs/`.

import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sandbox } from "./servers.mjs";

const here = import.meta.dirname;
const target = process.env.CARGO_TARGET_DIR ?? resolve(here, "../target");
export const binary = process.env.LATCHKEY ?? join(target, "debug/latchkey");
const inherited = ["PATH", "HOME", "LANG", "RUST_LOG", "RUST_BACKTRACE"];

/** The variables that configure the providers of the running sandbox. */
export async function providerVariables() {
  return (await fetch(`${sandbox.origin}/control/variables`)).json();
}

/** Starts `latchkey COMMAND` with these variables and logs to `logs/NAME.log`. */
export function startLatchkey(command, variables, name, program = binary) {
  if (!existsSync(program)) throw new Error(`${program} is missing: scripts/run builds it, or scripts/test build`);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-end2end-"));
  const environment = Object.fromEntries(inherited.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])));
  mkdirSync(join(here, "logs"), { recursive: true });
  const log = createWriteStream(join(here, "logs", `${name}.log`));
  const child = spawn(program, [command], {
    cwd: folder,
    env: { ...environment, DATABASE_URL: `sqlite://${folder}/latchkey.db`, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  child.on("close", () => rmSync(folder, { recursive: true, force: true }));
  return child;
}

/** Waits until a URL responds with success; fails when that takes too long, or when its server `child` has exited. */
export async function waitFor(url, child, seconds = 20) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server of ${url} has exited; see logs/`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not respond`);
}

/** Stops a process and waits until it has exited. */
export function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", resolve);
    child.kill("SIGTERM");
  });
}
