// Runs the recipes of docs/verify-tokens.md against two servers that share their signing keys and issue tokens for
// different audiences. `node run.mjs FOLDER`: the folder with the recipes' libraries, which scripts/interop-verifiers
// installs.

import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { googleIdToken } from "../google_id_token.mjs";
import { freePorts } from "../ports.mjs";
import { providerVariables, startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { latchkey, sandbox } from "../servers.mjs";

const folder = resolve(process.argv[2]);
const document = resolve(import.meta.dirname, "../../docs/verify-tokens.md");
const processes = [];

try {
  const tokens = await obtainTokens();
  const recipes = extractRecipes();
  const outcomes = {
    ...(await inJavaScript(recipes, tokens)),
    ...inPython(recipes, tokens),
    ...(await inEnvoy(recipes, tokens)),
  };
  process.exitCode = report(outcomes, tokens) ? 0 : 1;
} finally {
  await Promise.all(processes.map(stopProcess));
}

/** An access token, and others that its verifiers must reject. */
async function obtainTokens() {
  const [port] = await freePorts(1);
  const run = async (name, command, url, variables) => {
    const child = startLatchkey(command, variables, name);
    processes.push(child);
    await waitFor(url, child);
  };
  await run("verifiers-sandbox", "sandbox", `${sandbox.origin}/control/variables`, {
    SANDBOX_ADDR: sandbox.listen,
    SANDBOX_SMTP_ADDR: sandbox.smtp,
  });
  const shared = {
    ...(await providerVariables()),
    BASE_URL: latchkey.origin,
    SECRET_KEY: randomBytes(32).toString("base64"),
    DATABASE_URL: `sqlite://${folder}/latchkey.db`,
  };
  await run("verifiers", "serve", `${latchkey.origin}/readyz`, { ...shared, LISTEN_ADDR: latchkey.listen });
  const other = `http://127.0.0.1:${port}`;
  await run("verifiers-other", "serve", `${other}/readyz`, {
    ...shared,
    LISTEN_ADDR: `127.0.0.1:${port}`,
    TOKEN_AUDIENCE: "https://other.example",
  });
  const { accessToken, idToken } = await signIn(latchkey.origin, shared);
  const [header, payload, signature] = accessToken.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  const altered = Buffer.from(JSON.stringify({ ...claims, sub: "someone-else" })).toString("base64url");
  return {
    valid: accessToken,
    altered: `${header}.${altered}.${signature}`,
    "other audience": (await signIn(other, shared)).accessToken,
    id_token: idToken,
  };
}

/** Signs Ada in as an app does: with Google's id_token, for tokens instead of a cookie. */
async function signIn(server, variables) {
  const { nonce, nonce_token } = await (await fetch(`${server}/api/auth/nonce`)).json();
  const idToken = await googleIdToken(variables, nonce);
  const response = await fetch(`${server}/api/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ provider: "google", mode: "token", id_token: idToken, nonce_token }),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`no access token: ${JSON.stringify(answer)}`);
  return { accessToken: answer.access_token, idToken };
}

/** Writes the code blocks that begin with the name of a file, for this server. */
function extractRecipes() {
  const blocks = readFileSync(document, "utf8").matchAll(/^```\w+\n(?:\/\/|#) (verify[-_]\w+\.(?:mjs|py|yaml))\n([^]*?)^```$/gm);
  return [...blocks].map(([, name, code]) => {
    writeFileSync(join(folder, name), code.replaceAll("http://localhost:3000", latchkey.origin));
    return name;
  });
}

/** For each recipe and token: "accepted", or "rejected" with the error's name. */
async function inJavaScript(recipes, tokens) {
  const outcomes = {};
  for (const name of recipes.filter((name) => name.endsWith(".mjs"))) {
    const { userOf, app } = await import(pathToFileURL(join(folder, name)));
    const server = app?.listen(0, "127.0.0.1");
    if (server) await once(server, "listening");
    const ask = async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers });
      const reason = response.headers.get("www-authenticate")?.match(/error_description="([^"]+)"/)?.[1];
      if (response.status === 401) throw Object.assign(new Error(), { code: reason });
      if (!response.ok) throw new TypeError(`status ${response.status}`);
    };
    outcomes[name] = {};
    for (const [kind, token] of Object.entries(tokens)) {
      outcomes[name][kind] = await (userOf ?? ask)(token).then(
        () => "accepted",
        (error) => (error.code ? `rejected: ${error.code}` : `crashed: ${error.message}`),
      );
    }
    server?.close();
  }
  return outcomes;
}

function inPython(recipes, tokens) {
  const modules = recipes.filter((name) => name.endsWith(".py"));
  const input = JSON.stringify({ modules, tokens });
  const script = join(import.meta.dirname, "check.py");
  const run = spawnSync(join(folder, "python/bin/python"), [script], { cwd: folder, input, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** The filter in a proxy that answers every request which passes it. */
async function inEnvoy(recipes, tokens) {
  const name = recipes.find((name) => name.endsWith(".yaml"));
  const [envoy, admin] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`);
  const address = (url) => `{ socket_address: { address: 127.0.0.1, port_value: ${new URL(url).port} } }`;
  const filter = readFileSync(join(folder, name), "utf8").replaceAll(/^/gm, " ".repeat(14));
  const config = `
admin: { address: ${address(admin)} }
static_resources:
  listeners:
  - address: ${address(envoy)}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: http
          route_config:
            virtual_hosts:
            - { name: all, domains: ["*"], routes: [{ match: { prefix: / }, direct_response: { status: 200 } }] }
          http_filters:
${filter}
              - name: envoy.filters.http.router
                typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: latchkey
    type: STATIC
    load_assignment:
      cluster_name: latchkey
      endpoints: [{ lb_endpoints: [{ endpoint: { address: ${address(latchkey.origin)} } }] }]
`;
  writeFileSync(join(folder, "envoy.yaml"), config);
  const options = ["-c", "envoy.yaml", "--log-level", "error", "--disable-hot-restart", "--concurrency", "1"];
  const child = spawn(join(folder, "envoy/envoy/_bin/envoy"), options, { cwd: folder, stdio: "inherit" });
  processes.push(child);
  await waitFor(`${admin}/ready`, child);
  const outcomes = {};
  for (const [kind, token] of Object.entries(tokens)) {
    const response = await fetch(envoy, { headers: { authorization: `Bearer ${token}` } });
    const isRejected = [401, 403].includes(response.status);
    outcomes[kind] = response.ok ? "accepted" : `${isRejected ? "rejected" : "crashed"}: ${await response.text()}`;
  }
  return { [name]: outcomes };
}

function report(outcomes, tokens) {
  const names = Object.keys(outcomes);
  let right = names.length === 5;
  for (const name of names) {
    for (const kind of Object.keys(tokens)) {
      const outcome = outcomes[name][kind];
      const expected = kind === "valid" ? outcome === "accepted" : outcome.startsWith("rejected");
      right &&= expected;
      console.log(`${expected ? "ok  " : "FAIL"}  ${name.padEnd(20)}  ${kind.padEnd(15)}  ${outcome}`);
    }
  }
  return right;
}
