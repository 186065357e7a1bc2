#!/usr/bin/env bash
# A token whose issuer's clock is ahead of the verifier's by some seconds (here 20), used at once: its `iat` lies in the
# future. RFC 7519 §4.1.6 gives `iat` no part in the validation, and jose, jsonwebtoken, fast-jwt and python-jose take the
# token. PyJWT, authlib.jose and joserfc reject it, without any leeway by default, so that the first request after a sign-in
# fails and a later one works. jwcrypto allows a minute, in the other direction too: it takes a token that expired 50
# seconds ago. Either the verifiers in Python get a leeway, or the issuer writes an `iat` of some seconds ago.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 fast-jwt@6.2.4
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1" authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 \
  "python-jose[cryptography]==3.5.0"

cat >verify.mjs <<'JS'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import { jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";

const { jwk, tokens } = JSON.parse(readFileSync("input.json"));
const key = createPublicKey({ key: jwk, format: "jwk" });
const pem = key.export({ type: "spki", format: "pem" });
const libraries = {
  "jose 6.2.18": (token) => jwtVerify(token, key, { audience: "api" }),
  "jsonwebtoken 9.0.3": async (token) => jsonwebtoken.verify(token, pem, { audience: "api" }),
  "fast-jwt 6.2.4": async (token) => createVerifier({ key: pem, allowedAud: "api" })(token),
};
for (const [library, verify] of Object.entries(libraries)) {
  const seen = [];
  for (const [name, token] of Object.entries(tokens)) seen.push(`${name} ${await verify(token).then(() => "taken", () => "rejected")}`);
  console.log(`${library}: ${seen.join(", ")}`);
}
JS

cat >verify.py <<'PY'
import json
import time
import warnings

warnings.simplefilter("ignore")
import authlib.jose
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

signer = ec.generate_private_key(ec.SECP256R1())
jwk = {**json.loads(ECAlgorithm.to_jwk(signer.public_key())), "alg": "ES256", "use": "sig"}
now = int(time.time())
times = {"issued now": (0, 300), "issued ahead": (20, 320), "expired": (-350, -50)}
claims = {"iss": "https://issuer.example", "aud": "api", "sub": "1"}
tokens = {name: jwt.encode({**claims, "iat": now + iat, "exp": now + exp}, signer, "ES256") for name, (iat, exp) in times.items()}
with open("input.json", "w") as file:
    json.dump({"jwk": jwk, "tokens": tokens}, file)


def with_joserfc(token):
    decoded = joserfc.jwt.decode(token, joserfc.jwk.import_key(jwk), algorithms=["ES256"])
    joserfc.jwt.JWTClaimsRegistry(now=lambda: now).validate(decoded.claims)


libraries = {
    "PyJWT 2.15.1": lambda token: jwt.decode(token, jwt.PyJWK(jwk), algorithms=["ES256"], audience="api"),
    "PyJWT 2.15.1 with leeway": lambda token: jwt.decode(token, jwt.PyJWK(jwk), algorithms=["ES256"], audience="api", leeway=30),
    "authlib.jose 1.9.10": lambda token: authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key(jwk)).validate(now=now),
    "joserfc 1.8.0": with_joserfc,
    "python-jose 3.5.0": lambda token: jose.jwt.decode(token, jwk, algorithms=["ES256"], audience="api"),
    "jwcrypto 1.6.1": lambda token: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWK(**jwk)),
}
for library, verify in libraries.items():
    seen = []
    for name, token in tokens.items():
        try:
            verify(token)
            seen.append(f"{name} taken")
        except Exception:
            seen.append(f"{name} rejected")
    print(f"{library}: {', '.join(seen)}")
PY

cat >expected <<'TEXT'
PyJWT 2.15.1: issued now taken, issued ahead rejected, expired rejected
PyJWT 2.15.1 with leeway: issued now taken, issued ahead taken, expired rejected
authlib.jose 1.9.10: issued now taken, issued ahead rejected, expired rejected
joserfc 1.8.0: issued now taken, issued ahead rejected, expired rejected
python-jose 3.5.0: issued now taken, issued ahead taken, expired rejected
jwcrypto 1.6.1: issued now taken, issued ahead taken, expired taken
jose 6.2.18: issued now taken, issued ahead taken, expired rejected
jsonwebtoken 9.0.3: issued now taken, issued ahead taken, expired rejected
fast-jwt 6.2.4: issued now taken, issued ahead taken, expired rejected
TEXT
{
  python/bin/python verify.py
  node verify.mjs
} | tee seen
diff expected seen
