#!/usr/bin/env bash
# Metadata of an authorization server that issues no id_tokens: `id_token_signing_alg_values_supported` is required by OpenID
# Connect Discovery, and an empty list is what such a server would honestly write. A verifier of access tokens has no use for
# the member, as it is about id_tokens; yet express-oauth2-jwt-bearer takes the list for the algorithms of access tokens and
# rejects every token when it is empty, with the same `Unexpected 'alg' value` as for a forbidden algorithm, and also where
# `tokenSigningAlg` names the right one. Leaving the member out works. PyJWT's documented use (the list becomes `algorithms`)
# ends in the same way.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund jose@6.2.18 express@5.3.0 express-oauth2-jwt-bearer@1.10.0
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1"

cat >verify.mjs <<'JS'
import { createServer } from "node:http";
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const { publicKey, privateKey } = await generateKeyPair("ES256");
const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "ES256", use: "sig" };
let algorithms;
const server = createServer((request, response) => {
  const metadata = { issuer, jwks_uri: `${issuer}/keys`, id_token_signing_alg_values_supported: algorithms };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(request.url === "/keys" ? { keys: [jwk] } : metadata));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "1" }).setIssuer(issuer).setAudience("api")
  .setIssuedAt().setExpirationTime("5m").sign(privateKey);

for (const [list, options] of [[["ES256"], {}], [undefined, {}], [[], {}], [[], { tokenSigningAlg: "ES256" }]]) {
  algorithms = list;
  const app = express().use(auth({ issuerBaseURL: issuer, audience: "api", ...options }));
  app.get("/", (_, response) => response.send("accepted"));
  app.use((error, _request, response, _next) => response.status(error.status ?? 500).send(error.message));
  const listening = app.listen(0, "127.0.0.1");
  await new Promise((listens) => listening.once("listening", listens));
  const url = `http://127.0.0.1:${listening.address().port}/`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const set = options.tokenSigningAlg ? ", tokenSigningAlg ES256" : "";
  console.log(`express-oauth2-jwt-bearer 1.10.0, list ${JSON.stringify(list)}${set}: ${response.status} ${await response.text()}`);
}
process.exit(0);
JS

cat >verify.py <<'PY'
import importlib.metadata

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP256R1())
token = jwt.encode({"aud": "api"}, key, "ES256")
for algorithms in (["ES256"], []):
    metadata = {"id_token_signing_alg_values_supported": algorithms}
    try:
        jwt.decode(token, key.public_key(), algorithms=metadata["id_token_signing_alg_values_supported"], audience="api")
        outcome = "accepted"
    except jwt.InvalidTokenError as error:
        outcome = f"{type(error).__name__}: {error}"
    print(f"PyJWT {importlib.metadata.version('PyJWT')}, list {algorithms}: {outcome}")
PY

cat >expected <<'TEXT'
express-oauth2-jwt-bearer 1.10.0, list ["ES256"]: 200 accepted
express-oauth2-jwt-bearer 1.10.0, list undefined: 200 accepted
express-oauth2-jwt-bearer 1.10.0, list []: 401 Unexpected 'alg' value
express-oauth2-jwt-bearer 1.10.0, list [], tokenSigningAlg ES256: 401 Unexpected 'alg' value
PyJWT 2.15.1, list ['ES256']: accepted
PyJWT 2.15.1, list []: DecodeError: It is required that you pass in a value for the "algorithms" argument when calling decode().
TEXT
{
  node verify.mjs
  python/bin/python verify.py
} | tee seen
diff expected seen
