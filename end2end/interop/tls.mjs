// Runs the configurations of examples/tls in the real programs, each on free ports with its own Latchkey, whose BASE_URL is
// https. `scripts/interop-tls` starts it. A program that is not installed is skipped.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePorts } from "../ports.mjs";
import { check, environmentOf, makeCertificate, onPath, withProxy, withSandbox } from "./proxy.mjs";
import { Visitor, send } from "./visitor.mjs";

const examples = resolve(import.meta.dirname, "../../examples/tls");
const work = mkdtempSync(join(tmpdir(), "latchkey-tls-"));
chmodSync(work, 0o755);

const proxies = {
  nginx: {
    file: "nginx.conf",
    // As root, nginx would run its workers as another user.
    change: (text) => (process.getuid?.() === 0 ? `user root;\n${text}` : text),
    test: (folder) => ["-t", "-p", folder, "-c", "nginx.conf"],
    start: (folder) => ["-p", folder, "-c", "nginx.conf", "-g", "daemon off;"],
  },
  caddy: {
    file: "Caddyfile",
    // A certificate of its own: the test has no name that a certificate authority knows.
    change: (text, { http, https }) =>
      `{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port ${http}\n\thttps_port ${https}\n}\n${text}`,
    test: () => ["validate", "--config", "Caddyfile"],
    start: () => ["run", "--config", "Caddyfile"],
  },
  haproxy: {
    file: "haproxy.cfg",
    change: (text) => text,
    // One file has both.
    prepare: (folder) => appendFileSync(join(folder, "localhost.pem"), readFileSync(join(folder, "localhost.key"))),
    test: () => ["-c", "-f", "haproxy.cfg"],
    start: () => ["-f", "haproxy.cfg"],
  },
};

/** What a visitor writes to pass for a client with another address. */
const forged = { "x-forwarded-for": "198.51.100.7", forwarded: "for=198.51.100.7" };

class ForgingVisitor extends Visitor {
  request(path, options = {}) {
    return super.request(path, { ...options, headers: { ...forged, ...options.headers } });
  }
}

const checks = {
  async "http leads to https"({ plain }) {
    const { status, headers } = await send(`${plain}/login?return_to=%2Fsettings`);
    assert.equal(status, 308);
    assert.match(headers.location, /^https:\/\/localhost(:\d+)?\/login\?return_to=%2Fsettings$/);
  },
  async "a page has the security headers"({ origin }) {
    const { status, headers } = await send(`${origin}/login`);
    assert.equal(status, 200);
    assert.match(headers["strict-transport-security"], /max-age=63072000/);
    assert.match(headers["content-security-policy"], /upgrade-insecure-requests/);
  },
  async "a user signs in, with cookies of the __Host- prefix"({ visitor }) {
    assert.equal(await visitor.signIn("ada", "/settings"), "/settings");
    assert.deepEqual([...visitor.cookies.keys()].filter((name) => !name.startsWith("__Host-")), []);
  },
  async "an address that the visitor made up is not believed"({ visitor }) {
    const { sessions } = JSON.parse((await visitor.request("/api/sessions")).text);
    assert.deepEqual(sessions.map((session) => session.address), ["127.0.0.1"]);
  },
  async "a form of this origin passes, and one of another does not"({ origin, visitor }) {
    const signOut = (from) => visitor.request("/auth/logout", { method: "POST", headers: { origin: from } });
    assert.equal((await signOut("https://evil.example")).status, 403);
    assert.equal((await signOut(origin)).headers.location, "/login?signed_out=1");
  },
  async "a sign-in that returns to a long URL gets all of its cookies"({ origin }) {
    const long = `/settings?q=${"a".repeat(1900)}`;
    assert.equal(await new Visitor(origin).signIn("grace", long), long);
  },
  async "another host gets nothing"({ origin }) {
    const answer = await send(`${origin}/login`, { headers: { host: "evil.example" } }).catch(() => undefined);
    assert.ok(!answer?.text.includes("Latchkey"), answer?.text);
  },
};

/** Runs the checks of one proxy. Returns the number of failed ones. */
async function run(name, program) {
  const [http, https, back] = await freePorts(3);
  const proxy = proxies[name];
  const folder = join(work, name);
  mkdirSync(folder);
  makeCertificate(folder);
  proxy.prepare?.(folder);
  const origin = `https://localhost:${https}`;
  const text = configured(readFileSync(join(examples, proxy.file), "utf8"), { http, https, back, origin });
  writeFileSync(join(folder, proxy.file), proxy.change(text, { http, https }));
  const tested = spawnSync(program, proxy.test(folder), { cwd: folder, env: environmentOf(folder), encoding: "utf8" });
  assert.equal(tested.status, 0, tested.stdout + tested.stderr);

  const started = { name: `tls-${name}`, program, words: proxy.start(folder), folder, origin, back, settings: settings(origin, back) };
  return withProxy(started, () => check(checks, { origin, plain: `http://localhost:${http}`, visitor: new ForgingVisitor(origin) }));
}

/** The configuration for this machine: its ports, and `localhost` for the name. */
function configured(text, { http, https, back, origin }) {
  return text
    .replaceAll(/^.*listen \[::\].*\n/gm, "")
    .replaceAll("https://app.example", origin)
    .replaceAll("app.example", "localhost")
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${back}`)
    .replaceAll(/(listen |bind :)80\b/g, `$1${http}`)
    .replaceAll(/(listen |bind :)443\b/g, `$1${https}`);
}

function settings(origin, port) {
  return {
    BASE_URL: origin,
    LISTEN_ADDR: `127.0.0.1:${port}`,
    TRUSTED_PROXIES: "127.0.0.1",
    SECRET_KEY: randomBytes(32).toString("base64"),
  };
}

let failed = 0;
try {
  await withSandbox("tls", async () => {
    for (const name of Object.keys(proxies)) {
      const program = onPath(name);
      console.log(program ? name : `${name}: skipped, it is not installed`);
      if (program) failed += await run(name, program);
    }
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
