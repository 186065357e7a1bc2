// PostgreSQL servers of a run: each in a temporary folder, on loopback, under an ordinary user (initdb refuses root).

import { execFile } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../ports.mjs";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** The folder of PostgreSQL's programs: the newest of Debian's, or none if they are on the PATH. */
const programs = (() => {
  const debian = "/usr/lib/postgresql";
  try {
    const versions = readdirSync(debian).sort((one, other) => Number(other) - Number(one));
    return join(debian, versions[0], "bin");
  } catch {
    return "";
  }
})();

async function asServer(program, ...options) {
  const command = [programs ? join(programs, program) : program, ...options];
  const whole = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", ...command] : command;
  return run(whole[0], whole.slice(1), { cwd: "/", encoding: "utf8" });
}

export class Postgres {
  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.data = join(folder, "data");
    this.url = `postgres://latchkey@127.0.0.1:${port}/postgres`;
  }

  static async #place() {
    // A short path: a socket's has 107 bytes at most.
    const folder = mkdtempSync("/tmp/latchkey-pg-");
    if (isRoot) {
      const user = await run("id", ["-u", "postgres"]);
      chownSync(folder, Number(user.stdout), 0);
    }
    const [port] = await freePorts(1);
    return new Postgres(folder, port);
  }

  /** A new, empty server, stopped. */
  static async create() {
    const server = await Postgres.#place();
    const options = ["--username=latchkey", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
    await asServer("initdb", "--pgdata", server.data, ...options);
    return server;
  }

  /** A copy that follows this running server, stopped. */
  async standby() {
    const server = await Postgres.#place();
    // Without `fast`, the copy waits minutes for the next checkpoint.
    const source = ["--host=127.0.0.1", `--port=${this.port}`, "--username=latchkey", "--checkpoint=fast"];
    await asServer("pg_basebackup", ...source, "--pgdata", server.data, "--wal-method=stream", "--write-recovery-conf", "--no-sync");
    return server;
  }

  /** `settings` last as long as the process. */
  async start(settings = {}) {
    const all = {
      listen_addresses: "127.0.0.1",
      port: this.port,
      unix_socket_directories: this.folder,
      fsync: "off",
      max_connections: 100,
      ...settings,
    };
    const options = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`);
    await asServer("pg_ctl", "start", "--wait", "--pgdata", this.data, "--log", join(this.folder, "log"), "--options", options.join(" "));
  }

  stop(mode = "fast") {
    return asServer("pg_ctl", "stop", "--wait", "--pgdata", this.data, "--mode", mode);
  }

  promote() {
    return asServer("pg_ctl", "promote", "--wait", "--pgdata", this.data);
  }

  /** The rows as text. */
  async sql(statement, database = "postgres") {
    const options = ["--no-psqlrc", "--tuples-only", "--no-align", "--host=127.0.0.1", `--port=${this.port}`, "--username=latchkey"];
    const { stdout } = await asServer("psql", ...options, "--dbname", database, "--command", statement);
    return stdout.trim();
  }

  /** Runs a client program of PostgreSQL, such as pg_dump, against this server. */
  client(program, ...options) {
    return asServer(program, "--host=127.0.0.1", `--port=${this.port}`, "--username=latchkey", ...options);
  }

  async remove() {
    await this.stop("immediate").catch(() => {});
    rmSync(this.folder, { recursive: true, force: true });
  }
}
