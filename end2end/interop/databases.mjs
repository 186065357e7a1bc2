// Latchkey with databases as operators run them: restored from a backup, and behind PgBouncer and pgpool-II in their modes.
// `scripts/interop-databases` starts it. What is not installed (sqlite3, PgBouncer, pgpool-II) is skipped. `PGBOUNCER` may name
// another program than Debian's.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../ports.mjs";
import { binary, providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { sandbox } from "../servers.mjs";
import { Postgres } from "./postgres.mjs";
import { Visitor } from "./visitor.mjs";

const work = mkdtempSync(join(tmpdir(), "latchkey-databases-"));
chmodSync(work, 0o755);
const secretKey = randomBytes(32).toString("base64");
let providers;

/** Runs `body` with a server on this database. */
async function served(url, body, settings = {}) {
  const [port] = await freePorts(1);
  const origin = `http://localhost:${port}`;
  const all = { ...providers, ...variables(url, origin), LISTEN_ADDR: `127.0.0.1:${port}`, ...settings };
  const latchkey = startLatchkey("serve", all, "databases");
  try {
    await waitFor(`${origin}/readyz`, latchkey);
    return await body(new Visitor(origin), origin);
  } finally {
    await stopProcess(latchkey);
  }
}

function variables(url, origin = "http://localhost:3000") {
  return { BASE_URL: origin, RATE_LIMITS: "off", SECRET_KEY: secretKey, DATABASE_URL: url };
}

function command(url, ...words) {
  const result = spawnSync(binary, words, { cwd: work, encoding: "utf8", env: { PATH: process.env.PATH, ...providers, ...variables(url) } });
  return { status: result.status, text: result.stdout + result.stderr };
}

async function userId(visitor) {
  const response = await visitor.request("/api/me");
  assert.equal(response.status, 200, response.text);
  return JSON.parse(response.text).id;
}

/** The person of a backup: still signed in, and the same user after another sign-in. */
async function assertSamePerson(url, person, settings) {
  await served(
    url,
    async (_, origin) => {
      const visitor = new Visitor(origin);
      visitor.cookies = new Map(person.cookies);
      assert.equal(await userId(visitor), person.id, "the session of the backup");
      const again = new Visitor(origin);
      assert.equal(await again.signIn("ada"), "/dashboard");
      assert.equal(await userId(again), person.id, "a new sign-in");
    },
    settings,
  );
}

function sqlite(file, ...statements) {
  const { status, stdout, stderr } = spawnSync("sqlite3", [file, ...statements], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

/** Signs in on and on while `body` runs, so that a backup is taken from a database in use. */
async function whileInUse(origin, body) {
  let stopped = false;
  const use = (async () => {
    while (!stopped) await new Visitor(origin).signIn("grace");
  })();
  try {
    return await body();
  } finally {
    stopped = true;
    await use;
  }
}

const sqliteChecks = {
  async "backups of a running server, by .backup and by VACUUM INTO, sign the same person in"() {
    const file = join(work, "sqlite", "latchkey.db");
    const copies = [join(work, "copy.db"), join(work, "vacuumed.db")];
    const person = await served(`sqlite://${file}`, async (visitor, origin) => {
      await visitor.signIn("ada");
      await whileInUse(origin, async () => {
        sqlite(file, ".timeout 5000", `.backup ${copies[0]}`);
        sqlite(file, ".timeout 5000", `VACUUM INTO '${copies[1]}'`);
      });
      return { id: await userId(visitor), cookies: visitor.cookies };
    });
    for (const copy of copies) {
      assert.equal(sqlite(copy, "PRAGMA integrity_check"), "ok");
      await assertSamePerson(`sqlite://${copy}`, person);
    }
  },
  async "a restore in place, without the old -wal and -shm, signs the same person in"() {
    const file = join(work, "place", "latchkey.db");
    const copy = join(work, "place.backup.db");
    const person = await served(`sqlite://${file}`, async (visitor) => {
      await visitor.signIn("ada");
      sqlite(file, `.backup ${copy}`);
      return { id: await userId(visitor), cookies: new Map(visitor.cookies) };
    });
    await served(`sqlite://${file}`, (visitor) => visitor.signIn("grace"));
    for (const ending of ["", "-wal", "-shm"]) rmSync(file + ending, { force: true });
    copyFileSync(copy, file);
    await assertSamePerson(`sqlite://${file}`, person);
    assert.equal(sqlite(file, "PRAGMA integrity_check"), "ok");
  },
  async "without the old secret key, sessions and users of a backup stay"() {
    const file = join(work, "key", "latchkey.db");
    const person = await served(`sqlite://${file}`, async (visitor) => {
      await visitor.signIn("ada");
      return { id: await userId(visitor), cookies: visitor.cookies };
    });
    await assertSamePerson(`sqlite://${file}`, person, { SECRET_KEY: randomBytes(32).toString("base64") });
  },
};

const postgresChecks = {
  async "a server that nobody used for a while goes on"(server) {
    await server.sql("CREATE DATABASE idle");
    await served(server.url.replace(/postgres$/, "idle"), async (visitor) => {
      await visitor.signIn("ada");
      // Meanwhile the pool pings its idle connections.
      await new Promise((resolve) => setTimeout(resolve, 35_000));
      await userId(visitor);
    });
  },
  async "a dump of a running server signs the same person in"(server) {
    await server.sql("CREATE DATABASE original");
    const url = server.url.replace(/postgres$/, "original");
    const dump = join(server.folder, "dump");
    const person = await served(url, async (visitor, origin) => {
      await visitor.signIn("ada");
      await whileInUse(origin, () => server.client("pg_dump", "--format=custom", `--file=${dump}`, "original"));
      return { id: await userId(visitor), cookies: visitor.cookies };
    });
    await server.sql("CREATE DATABASE restored");
    await server.client("pg_restore", "--exit-on-error", "--dbname=restored", dump);
    await assertSamePerson(server.url.replace(/postgres$/, "restored"), person);
  },
};

/** Runs `body` with the URL of a PgBouncer before the server. */
async function pooled(server, settings, body) {
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pgbouncer-"));
  chmodSync(folder, 0o755);
  const all = { listen_addr: "127.0.0.1", listen_port: port, auth_type: "any", unix_socket_dir: "", ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const databases = `* = host=127.0.0.1 port=${server.port} user=latchkey`;
  writeFileSync(join(folder, "pgbouncer.ini"), `[databases]\n${databases}\n[pgbouncer]\n${lines.join("\n")}\n`);
  const user = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
  const pgbouncer = spawn(pgbouncerProgram, ["-q", ...user, join(folder, "pgbouncer.ini")], { cwd: folder, stdio: "ignore" });
  try {
    await waitForPort(port, pgbouncer);
    return await body(`postgres://latchkey@127.0.0.1:${port}/pooled`);
  } finally {
    await stopProcess(pgbouncer);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function waitForPort(port, child) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error("the pooler has exited");
    const answers = await new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the pooler does not answer");
}

const ignored = { ignore_startup_parameters: "extra_float_digits" };

const poolerChecks = {
  async "session mode works, and a migration leaves no lock behind"(server) {
    await pooled(server, { pool_mode: "session", ...ignored }, async (url) => {
      assert.equal(command(url, "migrate").status, 0);
      assert.equal(await server.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0");
      await served(url, async (visitor) => {
        assert.equal(await visitor.signIn("ada"), "/dashboard");
        assert.equal((await visitor.request("/dashboard")).status, 200);
      });
    });
  },
  async "transaction mode is refused at the start and named by doctor"(server, version) {
    const settings = { pool_mode: "transaction", ...ignored, ...(version >= 1021 && { max_prepared_statements: 0 }) };
    await pooled(server, settings, async (url) => {
      const started = command(url, "migrate");
      assert.notEqual(started.status, 0);
      assert.match(started.text, /pooler in transaction mode.*pool_mode = session/s);
      assert.match(command(url, "doctor").text, /pooler in transaction mode/);
    });
  },
  async "from 1.21 on, transaction mode with max_prepared_statements works, with a warning"(server, version) {
    if (version < 1021) return "PgBouncer is older";
    const settings = { pool_mode: "transaction", max_prepared_statements: 200, default_pool_size: 10, ...ignored };
    await pooled(server, settings, async (url) => {
      const migrated = command(url, "migrate");
      assert.equal(migrated.status, 0, migrated.text);
      assert.match(migrated.text, /pooler in transaction mode/);
      assert.match(command(url, "doctor").text, /pooler in transaction mode: time-outs/);
      await served(url, manySignIns);
    });
  },
  async "a missing ignore_startup_parameters is explained"(server) {
    await pooled(server, { pool_mode: "session" }, async (url) => {
      const started = command(url, "migrate");
      assert.notEqual(started.status, 0);
      assert.match(started.text, /ignore_startup_parameters = extra_float_digits/);
    });
  },
};

/** Forty people sign in at the same time, and read two pages each, at once. */
async function manySignIns(_, origin) {
  const signedOut = await signedOutAtOnce(origin);
  assert.equal(signedOut, 0, `${signedOut} of 40 look signed out`);
}

async function signedOutAtOnce(origin) {
  const visits = Array.from({ length: 40 }, async () => {
    const visitor = new Visitor(origin);
    assert.equal(await visitor.signIn("ada"), "/dashboard");
    const pages = [await visitor.request("/dashboard"), await visitor.request("/settings")];
    return pages.some(({ status }) => status !== 200);
  });
  return (await Promise.all(visits)).filter(Boolean).length;
}

/** Runs `body` with the URL of a pgpool-II before a primary and a standby that is 20 ms behind. */
async function split(primary, standby, settings, body) {
  const [port, pcp] = await freePorts(2);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pgpool-"));
  const backend = (number, { port }) => ({
    [`backend_hostname${number}`]: "127.0.0.1",
    [`backend_port${number}`]: port,
    [`backend_weight${number}`]: 1,
    [`backend_flag${number}`]: number === 0 ? "ALWAYS_PRIMARY|DISALLOW_TO_FAILOVER" : "DISALLOW_TO_FAILOVER",
  });
  const all = {
    listen_addresses: "127.0.0.1",
    port,
    pcp_port: pcp,
    unix_socket_directories: folder,
    pcp_socket_dir: folder,
    pid_file_name: join(folder, "pgpool.pid"),
    logdir: folder,
    backend_clustering_mode: "streaming_replication",
    sr_check_user: "latchkey",
    sr_check_database: "postgres",
    num_init_children: 60,
    ...backend(0, primary),
    ...backend(1, standby),
    ...settings,
  };
  writeFileSync(join(folder, "pgpool.conf"), Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`).join(""));
  writeFileSync(join(folder, "pcp.conf"), "");
  const options = ["-n", "-f", join(folder, "pgpool.conf"), "-F", join(folder, "pcp.conf")];
  const pgpool = spawn("pgpool", options, { cwd: folder, stdio: "ignore" });
  try {
    await waitForPort(port, pgpool);
    return await body(`postgres://latchkey@127.0.0.1:${port}/split`);
  } finally {
    pgpool.kill("SIGINT");
    await stopProcess(pgpool);
    rmSync(folder, { recursive: true, force: true });
  }
}

const pgpoolChecks = {
  async "without load balancing it works"(primary, standby) {
    await split(primary, standby, { load_balance_mode: "off" }, async (url) => {
      const migrated = command(url, "migrate");
      assert.equal(migrated.status, 0, migrated.text);
      assert.doesNotMatch(migrated.text + command(url, "doctor").text, /pgpool/);
      await served(url, manySignIns);
    });
  },
  async "load balancing is named at the start and by doctor"(primary, standby) {
    return split(primary, standby, { load_balance_mode: "on" }, async (url) => {
      const migrated = command(url, "migrate");
      assert.equal(migrated.status, 0, migrated.text);
      assert.match(migrated.text, /pgpool-II that sends reads to standbys.*load_balance_mode = off/s);
      assert.match(command(url, "doctor").text, /a pgpool-II that sends reads to standbys/);
      const signedOut = await served(url, (_, origin) => signedOutAtOnce(origin));
      return `there, ${signedOut} of 40 look signed out right after a sign-in`;
    });
  },
};

async function check(name, checks, ...given) {
  console.log(name);
  let failed = 0;
  for (const [title, body] of Object.entries(checks)) {
    try {
      const remark = await body(...given);
      console.log(`  ok      ${title}${remark ? ` (${remark})` : ""}`);
    } catch (error) {
      failed += 1;
      console.log(`  FAILED  ${title}\n${String(error.stack).replaceAll(/^/gm, "          ")}`);
    }
  }
  return failed;
}

const pgbouncerProgram = process.env.PGBOUNCER ?? "pgbouncer";
const isInstalled = (program, option) => spawnSync(program, [option]).error === undefined;

const mock = startLatchkey("sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, "databases-sandbox");
const server = await Postgres.create();
let failed = 0;
try {
  await server.start();
  await waitFor(`${sandbox.origin}/control/variables`, mock);
  providers = await providerVariables();
  if (isInstalled("sqlite3", "--version")) failed += await check("SQLite", sqliteChecks);
  else console.log("SQLite: skipped, the program sqlite3 is not installed");
  failed += await check("PostgreSQL", postgresChecks, server);
  await server.sql("CREATE DATABASE pooled");
  process.env.PATH += ":/usr/sbin";
  if (isInstalled(pgbouncerProgram, "-V")) {
    const version = spawnSync(pgbouncerProgram, ["-V"], { encoding: "utf8" }).stdout.split("\n")[0];
    const [, major, minor] = /(\d+)\.(\d+)/.exec(version);
    failed += await check(version, poolerChecks, server, Number(major) * 1000 + Number(minor));
  } else console.log("PgBouncer: skipped, it is not installed");
  if (isInstalled("pgpool", "-v")) {
    await server.sql("CREATE DATABASE split");
    const standby = await server.standby();
    try {
      await standby.start({ recovery_min_apply_delay: "20ms" });
      failed += await check("pgpool-II", pgpoolChecks, server, standby);
    } finally {
      await standby.remove();
    }
  } else console.log("pgpool-II: skipped, it is not installed");
} finally {
  await stopProcess(mock);
  await server.remove();
  rmSync(work, { recursive: true, force: true });
}
console.log(`\ndatabases: ${failed} checks failed`);
process.exitCode = failed > 0 ? 1 : 0;
