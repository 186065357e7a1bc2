// PgBouncer before a PostgreSQL server of a run.

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../ports.mjs";
import { stopProcess } from "../processes.mjs";

/** Starts a PgBouncer in session mode before the server at `port`. Returns its own port, and how to stop it. */
export async function startPgBouncer(port) {
  const [own] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pgbouncer-"));
  chmodSync(folder, 0o755);
  const configuration = `
[databases]
* = host=127.0.0.1 port=${port} user=latchkey
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = session
max_client_conn = 200
default_pool_size = 80
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
`;
  writeFileSync(join(folder, "pgbouncer.ini"), configuration);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
  const env = { PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn("pgbouncer", ["-q", ...user, join(folder, "pgbouncer.ini")], { cwd: folder, env, stdio: "ignore" });
  const stop = async () => {
    await stopProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const isInstalled = await new Promise((resolve) => child.once("spawn", () => resolve(true)).once("error", () => resolve(false)));
  if (!isInstalled) throw new Error("pgbouncer is not installed (Debian: apt-get install pgbouncer)");
  try {
    await untilListening(own, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: own, stop };
}

/** Waits until a program accepts connections at its port. */
export async function untilListening(port, child) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has exited`);
    const accepted = await new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${child.spawnfile} does not listen`);
}
