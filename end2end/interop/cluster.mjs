// Two Latchkeys behind HAProxy, on PostgreSQL with a standby, all on loopback, while people sign in: what they notice when a
// process is killed, the database restarts, it fails over, and Latchkey is upgraded. `make cluster` starts it.
//
//   node interop/cluster.mjs [SECONDS of load between the events] [pgbouncer]
//
// With `pgbouncer`, one in session mode stands between the Latchkeys and HAProxy.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../ports.mjs";
import { binary, providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { sandbox } from "../servers.mjs";
import { startPgBouncer, untilListening } from "./pgbouncer.mjs";
import { Postgres } from "./postgres.mjs";
import { Visitor, send } from "./visitor.mjs";

const PEOPLE = 12;
const PAGES = 5;
const words = process.argv.slice(2);
const pooled = words.includes("pgbouncer");
const seconds = Number(words.find((word) => word !== "pgbouncer") ?? 8);
/** After an event, in ms: until then, a click that fails is part of the outage. */
const RECOVERY = 15_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const [webPort, databasePort, ...ports] = await freePorts(6);
const origin = `http://localhost:${webPort}`;
const folder = mkdtempSync(join(tmpdir(), "latchkey-cluster-"));

/** What a proxy asks each database: 200 where it takes writes, as Patroni answers at /primary. `settled` after a few answers. */
function primaryCheck(server, port) {
  let answers = 0;
  let settle;
  const settled = new Promise((resolve) => (settle = resolve));
  const answer = async (_, response) => {
    const state = await server.sql("SELECT pg_is_in_recovery()").catch(() => "down");
    response.writeHead(state === "f" ? 200 : 503).end();
    answers += 1;
    if (answers === 4) settle();
  };
  return Object.assign(createServer(answer).listen(port, "127.0.0.1"), { settled });
}

function haproxyConfiguration(databases, checks, latchkeys) {
  const servers = (list, options) => list.map((port, number) => `  server s${number} 127.0.0.1:${port} ${options(number)}`).join("\n");
  return `
defaults
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout check 2s
listen database
  mode tcp
  bind 127.0.0.1:${databasePort}
  option httpchk GET /primary
  timeout client 1h
  timeout server 1h
  default-server inter 300ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers(databases, (number) => `check port ${checks[number]}`)}
listen web
  mode http
  bind 127.0.0.1:${webPort}
  balance roundrobin
  option forwardfor
  option httpchk GET /readyz
  option redispatch
  retries 2
  retry-on conn-failure
  default-server inter 300ms fall 1 rise 1
${servers(latchkeys, () => "check")}
`;
}

/** What people notice, since the last event. */
class Notes {
  constructor() {
    this.reset();
  }

  reset() {
    Object.assign(this, { began: Date.now(), signIns: 0, pages: 0, failedSignIns: 0, failedPages: 0, signedOut: 0, lateFailures: 0, firstAfter: undefined });
  }

  succeeded(started, kind) {
    this[kind] += 1;
    this.lastSuccess = Date.now();
    // The first click after the event that led to a session.
    if (kind === "signIns" && started >= this.began) this.firstAfter ??= Date.now() - this.began;
    this.lastFailureBefore ??= 0;
  }

  failed(started, kind) {
    this[kind] += 1;
    this.lastFailure = Date.now();
    if (started > this.began + RECOVERY) this.lateFailures += 1;
  }
}

const notes = new Notes();
let stopped = false;

/** Signs in, reads pages, signs out, again and again. Clicks once more when a click fails. */
async function live(person) {
  while (!stopped) {
    const visitor = new Visitor(origin);
    let started = Date.now();
    const landed = await visitor.signIn(person).catch(() => undefined);
    if (landed !== "/dashboard") {
      notes.failed(started, "failedSignIns");
      await pause(200);
      continue;
    }
    notes.succeeded(started, "signIns");
    for (let page = 0; page < PAGES && !stopped; page += 1) {
      started = Date.now();
      const response = await visitor.request("/dashboard").catch(() => undefined);
      if (response?.status === 200) notes.succeeded(started, "pages");
      else if (response?.headers.location?.startsWith("/login")) notes.signedOut += 1;
      else notes.failed(started, "failedPages");
    }
    await visitor.request("/auth/logout", { method: "POST", headers: { origin } }).catch(() => undefined);
  }
}

const results = [];

/** Lets `event` happen under load, and notes what people noticed of it. */
async function under(name, event) {
  notes.reset();
  await event();
  const recovered = Date.now();
  // Until the sign-ins have worked again for a while.
  do await pause(seconds * 1000);
  while (notes.firstAfter === undefined && Date.now() - recovered < 60_000);
  const outage = notes.lastFailure && notes.lastFailure > notes.began ? (notes.lastFailure - notes.began) / 1000 : 0;
  results.push({ name, ...notes, outage });
  console.log(
    `${name}: ${notes.signIns} sign-ins, ${notes.pages} pages; failed ${notes.failedSignIns} and ${notes.failedPages}, ` +
      `the last ${outage.toFixed(1)} s after it; signed out ${notes.signedOut}; failures after ${RECOVERY / 1000} s ${notes.lateFailures}`,
  );
}

if (spawnSync("haproxy", ["-v"], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).error) {
  console.error("cluster: haproxy is not installed (Debian: apt-get install haproxy postgresql)");
  process.exit(1);
}

const processes = [];
const secretKey = randomBytes(32).toString("base64");
const primary = await Postgres.create();
let standby;
let pooler;
let checks = [];
try {
  const synchronous = { synchronous_standby_names: "*", wal_level: "replica" };
  await primary.start();
  standby = await primary.standby();
  await standby.start();
  await primary.stop();
  await primary.start(synchronous);

  const mock = startLatchkey("sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, "cluster-sandbox");
  processes.push(mock);
  await waitFor(`${sandbox.origin}/control/variables`, mock);
  pooler = pooled ? await startPgBouncer(databasePort) : undefined;
  const variables = {
    ...(await providerVariables()),
    BASE_URL: origin,
    DATABASE_URL: `postgres://latchkey@127.0.0.1:${pooler?.port ?? databasePort}/postgres`,
    RATE_LIMITS: "off",
    SECRET_KEY: secretKey,
    TRUSTED_PROXIES: "127.0.0.1",
  };
  const [checkOne, checkTwo, ...latchkeyPorts] = ports;
  checks = [primaryCheck(primary, checkOne), primaryCheck(standby, checkTwo)];
  writeFileSync(join(folder, "haproxy.cfg"), haproxyConfiguration([primary.port, standby.port], [checkOne, checkTwo], latchkeyPorts));
  const haproxy = spawn("haproxy", ["-q", "-f", join(folder, "haproxy.cfg")], { env: { PATH: `${process.env.PATH}:/usr/sbin` }, stdio: "inherit" });
  processes.push(haproxy);
  await untilListening(databasePort, haproxy);
  // Until then HAProxy takes the standby for a primary.
  await Promise.all(checks.map(({ settled }) => settled));

  // Four at once on an empty database.
  const migrating = [1, 2, 3, 4].map(() => spawn(binary, ["migrate"], { cwd: folder, env: { PATH: process.env.PATH, ...variables }, stdio: "inherit" }));
  const codes = await Promise.all(migrating.map((child) => new Promise((resolve) => child.on("close", resolve))));
  console.log(`four migrations at once: exit codes ${codes.join(", ")}`);
  if (codes.some((code) => code !== 0)) throw new Error("a migration failed");

  const start = async (port) => {
    const child = startLatchkey("serve", { ...variables, LISTEN_ADDR: `127.0.0.1:${port}` }, `cluster-${port}`);
    processes.push(child);
    await waitFor(`http://127.0.0.1:${port}/readyz`, child, 40);
    return child;
  };
  let [one, two] = await Promise.all(latchkeyPorts.map(start));
  await waitFor(`${origin}/readyz`, one);

  const people = Array.from({ length: PEOPLE }, (_, number) => live(["ada", "grace", "linus"][number % 2]));
  await under("steady", async () => {});
  await under("one instance killed with -9, and started again", async () => {
    one.kill("SIGKILL");
    await pause(2000);
    one = await start(latchkeyPorts[0]);
  });
  await under("both instances replaced, one after the other", async () => {
    await stopProcess(one);
    one = await start(latchkeyPorts[0]);
    await stopProcess(two);
    two = await start(latchkeyPorts[1]);
  });
  await under("the primary restarted", async () => {
    await primary.stop();
    await primary.start(synchronous);
  });
  await under("failed over to the standby", async () => {
    await primary.stop("immediate");
    await standby.promote();
  });
  stopped = true;
  await Promise.all(people);
  const ready = await Promise.all(latchkeyPorts.map((port) => send(`http://127.0.0.1:${port}/readyz`)));
  const began = Date.now();
  await Promise.all([stopProcess(one), stopProcess(two)]);
  console.log(`both ended ${((Date.now() - began) / 1000).toFixed(1)} s after SIGTERM`);

  const bad = results.filter((result) => result.signedOut > 0 || result.lateFailures > 0 || result.signIns === 0);
  if (ready.some(({ status }) => status !== 200)) bad.push({ name: "readiness at the end" });
  for (const { name } of bad) console.log(`FAILED: ${name}`);
  process.exitCode = bad.length > 0 ? 1 : 0;
} finally {
  stopped = true;
  await Promise.all(processes.map(stopProcess));
  await pooler?.stop();
  for (const check of checks) check.close();
  await standby?.remove();
  await primary.remove();
  rmSync(folder, { recursive: true, force: true });
}
