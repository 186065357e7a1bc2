#!/usr/bin/env bash
# A token is signed with a key that the JWKS endpoint publishes since a moment ago. "Libraries fetch the key set again for an
# unknown kid" is only half true: in jose, express-oauth2-jwt-bearer and current PyJWT every fetch, the first one too, starts
# a cool-down of 30 seconds during which the token is rejected although its key is published. PyJWT 2.10.1 had none. Authlib
# fetches nothing by itself: its key set is whatever the application gave it. So an issuer has to publish a key before it signs
# with it, for longer than verifiers and caches keep the set.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund jose@6.2.18 express@5.3.0 express-oauth2-jwt-bearer@1.10.0
for version in 2.10.1 2.15.1; do
  python3 -m venv "pyjwt-$version"
  "pyjwt-$version/bin/pip" install --quiet --disable-pip-version-check "pyjwt[crypto]==$version" authlib==1.9.10 joserfc==1.8.0
done

cat >verify.mjs <<'JS'
import { createServer } from "node:http";
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import { SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from "jose";

const keys = {};
for (const kid of ["old", "new"]) {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  keys[kid] = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" } };
}
let published = [], fetches = 0;
const server = createServer((request, response) => {
  const isKeys = request.url === "/keys";
  if (isKeys) fetches += 1;
  const metadata = { issuer, jwks_uri: `${issuer}/keys`, id_token_signing_alg_values_supported: ["ES256"] };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(isKeys ? { keys: published.map((kid) => keys[kid].jwk) } : metadata));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const token = (kid) =>
  new SignJWT({}).setProtectedHeader({ alg: "ES256", kid }).setIssuer(issuer).setAudience("api").setIssuedAt()
    .setExpirationTime("5m").sign(keys[kid].privateKey);

function withJose() {
  const set = createRemoteJWKSet(new URL(`${issuer}/keys`));
  return (jwt) => jwtVerify(jwt, set, { issuer, audience: "api" }).then(() => true, () => false);
}

function withExpress() {
  const app = express().use(auth({ issuerBaseURL: issuer, audience: "api" })).get("/", (_, response) => response.json({}));
  app.use((error, _request, response, _next) => response.sendStatus(error.status ?? 500));
  const listening = app.listen(0, "127.0.0.1");
  return async (jwt) => {
    const url = `http://127.0.0.1:${listening.address().port}/`;
    return (await fetch(url, { headers: { authorization: `Bearer ${jwt}` } })).ok;
  };
}

const now = Date.now;
for (const [name, verifier] of [["jose 6.2.18", withJose()], ["express-oauth2-jwt-bearer 1.10.0", withExpress()]]) {
  [published, fetches] = [["old"], 0];
  const seen = [await verifier(await token("old"))];
  published = ["old", "new"];
  seen.push(await verifier(await token("new")));
  Date.now = () => now() + 31_000;
  seen.push(await verifier(await token("new")));
  Date.now = now;
  console.log(`${name}: old key ${seen[0]}, new key at once ${seen[1]}, 31 seconds later ${seen[2]}, fetches ${fetches}`);
}
process.exit(0);
JS

cat >verify.py <<'PY'
import http.server
import importlib.metadata
import json
import threading
import time
import urllib.request

import jwt
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import KeySet
from jwt.algorithms import ECAlgorithm

keys = {kid: ec.generate_private_key(ec.SECP256R1()) for kid in ("old", "new")}
published = ["old"]
fetches = 0


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global fetches
        fetches += 1
        jwks = [{**json.loads(ECAlgorithm.to_jwk(keys[kid].public_key())), "kid": kid, "use": "sig"} for kid in published]
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"keys": jwks}).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
threading.Thread(target=server.serve_forever, daemon=True).start()
issuer = f"http://127.0.0.1:{server.server_port}"


def token(kid):
    now = int(time.time())
    claims = {"iss": issuer, "aud": "api", "sub": "a", "client_id": "c", "jti": "1", "iat": now, "exp": now + 300}
    return jwt.encode(claims, keys[kid], "ES256", headers={"kid": kid, "typ": "at+jwt"})


def accepts(verify, kid):
    try:
        verify(token(kid))
    except Exception:
        return "false"
    return "true"


client = jwt.PyJWKClient(f"{issuer}/keys")


def with_pyjwt(text):
    jwt.decode(text, client.get_signing_key_from_jwt(text), algorithms=["ES256"], issuer=issuer, audience="api")


class Fixed(JWTBearerTokenValidator):
    keys = None

    def get_jwks(self):
        if self.keys is None:
            with urllib.request.urlopen(f"{issuer}/keys") as response:
                self.keys = KeySet.import_key_set(json.load(response))
        return self.keys


fixed = Fixed(issuer=issuer, resource_server="api")


def with_authlib(text):
    fixed.validate_token(fixed.authenticate_token(text), [], None)


monotonic, clock = time.monotonic, time.time
names = ["PyJWT", "Authlib"] if importlib.metadata.version("PyJWT") == "2.15.1" else ["PyJWT"]
for name in names:
    verify = with_pyjwt if name == "PyJWT" else with_authlib
    published, fetches = ["old"], 0
    seen = [accepts(verify, "old")]
    published = ["old", "new"]
    seen.append(accepts(verify, "new"))
    time.monotonic = lambda: monotonic() + 31
    seen.append(accepts(verify, "new"))
    time.monotonic = monotonic
    version = importlib.metadata.version(name)
    print(f"{name} {version}: old key {seen[0]}, new key at once {seen[1]}, 31 seconds later {seen[2]}, fetches {fetches}")
PY

cat >expected <<'TEXT'
jose 6.2.18: old key true, new key at once false, 31 seconds later true, fetches 2
express-oauth2-jwt-bearer 1.10.0: old key true, new key at once false, 31 seconds later true, fetches 2
PyJWT 2.10.1: old key true, new key at once true, 31 seconds later true, fetches 2
PyJWT 2.15.1: old key true, new key at once false, 31 seconds later true, fetches 2
Authlib 1.9.10: old key true, new key at once false, 31 seconds later false, fetches 1
TEXT
{
  node verify.mjs
  pyjwt-2.10.1/bin/python verify.py
  pyjwt-2.15.1/bin/python verify.py
} | tee seen
diff expected seen
