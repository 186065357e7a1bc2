#!/usr/bin/env bash
# A key set with the key that signed the token, and one more key that the verifier cannot use: RFC 7517 §5 says to ignore
# keys whose type or parameters one does not understand. jose, jwks-rsa, PyJWT, jwcrypto and openidconnect do. In four
# others the foreign key makes the whole set useless, so that an issuer who publishes a key of a new kind beside the old one
# breaks every verifier that uses them, on the day of the first post-quantum key at the latest:
#
# - jsonwebtoken for Rust parses no `JwkSet` with an `AKP` key, nor with a curve it does not have: Ed448 and X448, which are
#   as old as Ed25519 in JOSE (RFC 8037), are enough.
# - authlib.jose stumbles over a key type, its successor joserfc over a curve alone.
# - python-jose ignores `kid` and tries the keys in their order: an RSA key before the EC key is one key too many.
#
# openidconnect keeps the set but drops keys of other types, and keys whose `alg` it does not know. One is safe by reading
# the keys one by one, and looking only at the one that the token names.
#
# Needs Rust 1.85 or later, Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves
# differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 jwks-rsa@4.1.0
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1" authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 \
  "python-jose[cryptography]==3.5.0"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "sets"
version = "0.0.0"
edition = "2021"

[dependencies]
jsonwebtoken = { version = "=10.4.0", features = ["rust_crypto"] }
openidconnect = { version = "=4.1.0", default-features = false }
serde_json = "1"
TOML

# A token, the key that verifies it, and the other keys.
cat >keys.py <<'PY'
import base64
import json
import os
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x448
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


def text(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def raw(private):
    return text(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


signer = ec.generate_private_key(ec.SECP256R1())
key = {**json.loads(ECAlgorithm.to_jwk(signer.public_key())), "kid": "signer", "use": "sig", "alg": "ES256"}
point = ec.generate_private_key(ec.BrainpoolP256R1()).public_key().public_numbers()
modulus = rsa.generate_private_key(65537, 2048).public_key()
others = {
    "RSA": {**json.loads(RSAAlgorithm.to_jwk(modulus)), "use": "sig", "alg": "RS256"},
    "Ed448": {"kty": "OKP", "crv": "Ed448", "use": "sig", "x": raw(ed448.Ed448PrivateKey.generate())},
    "X448": {"kty": "OKP", "crv": "X448", "use": "enc", "x": raw(x448.X448PrivateKey.generate())},
    "BP-256": {"kty": "EC", "crv": "BP-256", "use": "sig", "x": text(point.x.to_bytes(32, "big")), "y": text(point.y.to_bytes(32, "big"))},
    "AKP": {"kty": "AKP", "alg": "ML-DSA-44", "use": "sig", "pub": text(os.urandom(1312))},
}
sets = {name: {"keys": [{**other, "kid": "other"}, key]} for name, other in others.items()}
token = jwt.encode({"iss": "i", "aud": "api", "exp": int(time.time()) + 300}, signer, "ES256", headers={"kid": "signer"})
print(json.dumps({"token": token, "sets": sets}))
PY

cat >src/main.rs <<'RS'
fn main() {
    let input: serde_json::Value = serde_json::from_str(&std::fs::read_to_string("input.json").unwrap()).unwrap();
    let sets = || input["sets"].as_object().unwrap().iter().map(|(name, set)| (name.as_str(), set.clone()));
    let failing: Vec<_> = sets().filter(|(_, set)| serde_json::from_value::<jsonwebtoken::jwk::JwkSet>(set.clone()).is_err()).collect();
    report("jsonwebtoken 10.4.0", failing.iter().map(|(name, _)| *name));
    let failing: Vec<_> =
        sets().filter(|(_, set)| serde_json::from_value::<openidconnect::core::CoreJsonWebKeySet>(set.clone()).is_err()).collect();
    report("openidconnect 4.1.0", failing.iter().map(|(name, _)| *name));
}

fn report<'a>(library: &str, failing: impl Iterator<Item = &'a str>) {
    let mut failing: Vec<_> = failing.collect();
    failing.sort();
    println!("{library}: {}", if failing.is_empty() { "none".to_owned() } else { failing.join(", ") });
}
RS

cat >verify.mjs <<'JS'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createLocalJWKSet, jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import jwksRsa from "jwks-rsa";

const { token, sets } = JSON.parse(readFileSync("input.json"));
let published;
const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(JSON.stringify(published)));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const jwksUri = `http://127.0.0.1:${server.address().port}/`;
const libraries = {
  "jose 6.2.18": (set) => jwtVerify(token, createLocalJWKSet(set), { audience: "api" }),
  "jwks-rsa 4.1.0": async (set) => {
    published = set;
    const key = await jwksRsa({ jwksUri, cache: false }).getSigningKey("signer");
    jsonwebtoken.verify(token, key.getPublicKey(), { audience: "api" });
  },
};
for (const [library, verify] of Object.entries(libraries)) {
  const failing = [];
  for (const name of Object.keys(sets).sort()) await verify(sets[name]).catch(() => failing.push(name));
  console.log(`${library}: ${failing.join(", ") || "none"}`);
}
process.exit(0);
JS

cat >verify.py <<'PY'
import json
import warnings

warnings.simplefilter("ignore")
import authlib.jose
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt

with open("input.json") as file:
    given = json.load(file)
token, sets = given["token"], given["sets"]


def with_pyjwt(keys):
    jwt.decode(token, jwt.PyJWKSet.from_dict(keys)["signer"], algorithms=["ES256"], audience="api")


libraries = {
    "PyJWT 2.15.1": with_pyjwt,
    "jwcrypto 1.6.1": lambda keys: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(keys))),
    "joserfc 1.8.0": lambda keys: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(keys), algorithms=["ES256"]),
    "authlib.jose 1.9.10": lambda keys: authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key_set(keys)),
    "python-jose 3.5.0": lambda keys: jose.jwt.decode(token, keys, algorithms=["ES256"], audience="api"),
}
for library, verify in libraries.items():
    failing = []
    for name, keys in sorted(sets.items()):
        try:
            verify(keys)
        except Exception:
            failing.append(name)
    print(f"{library}: {', '.join(failing) or 'none'}")
PY

cat >expected <<'TEXT'
jsonwebtoken 10.4.0: AKP, BP-256, Ed448, X448
openidconnect 4.1.0: none
jose 6.2.18: none
jwks-rsa 4.1.0: none
PyJWT 2.15.1: none
jwcrypto 1.6.1: none
joserfc 1.8.0: BP-256
authlib.jose 1.9.10: AKP
python-jose 3.5.0: AKP, BP-256, Ed448, RSA, X448
TEXT
python/bin/python keys.py >input.json
echo "the other key with which the token no longer verifies:"
{
  CARGO_TARGET_DIR=$folder/target cargo run --quiet
  node verify.mjs
  python/bin/python verify.py
} | tee seen
diff expected seen
