#!/usr/bin/env bash
# An id_token signed with EdDSA whose `at_hash` ties it to the access token. The hash is the one inside the signature algorithm
# (OpenID Connect Core §3.1.3.6): with Ed25519 that is SHA-512, though the name `EdDSA` does not say so, and oidc-token-hash and
# Authlib agree on it. One would guess that a relying party which verifies EdDSA signatures can take such a token. Two cannot:
#
# * social-core, with `EdDSA` in its setting JWT_ALGORITHMS, verifies the signature, asks PyJWT for the hash, and PyJWT's EdDSA
#   raises NotImplementedError, which is none of social-core's own errors.
# * idpyoidc takes the hash from the last three letters of `EdDSA`, finds no such hash, and rejects the right value.
#
# Without `at_hash`, which the code flow allows, social-core takes the same token. So an issuer of EdDSA tokens reaches more
# clients when it leaves `at_hash` out.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund oidc-token-hash@5.2.0
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "pyjwt[crypto]==2.15.1" social-auth-core==7.0.0 idpyoidc==5.0.0 \
  authlib==1.9.10 joserfc==1.8.0

cat >hash.mjs <<'JS'
import { generate } from "oidc-token-hash";

console.log(generate("access", "ES256"), generate("access", "EdDSA", "Ed25519"));
JS

cat >take.py <<'PY'
import json
import sys
import time
import warnings

warnings.simplefilter("ignore")
import jwt
from authlib.oidc.core import CodeIDToken
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptojwt.key_jar import KeyJar
from idpyoidc.message.oidc import AuthorizationResponse
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt
from jwt.algorithms import ECAlgorithm, OKPAlgorithm
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.storage import BaseStorage
from social_core.strategy import BaseStrategy

ISSUER, ACCESS_TOKEN = "https://id.example", "access"


class Strategy(BaseStrategy):
    def get_setting(self, name):
        return {"SOCIAL_AUTH_ISSUER_KEY": "c", "SOCIAL_AUTH_ISSUER_JWT_ALGORITHMS": ["ES256", "EdDSA"]}[name]

    def request_data(self, merge=True):
        return {}

    def absolute_uri(self, path=None):
        return path


class Issuer(OpenIdConnectAuth):
    name = "issuer"
    key = None

    def get_jwks_keys(self):
        return [self.key]

    def id_token_issuer(self):
        return ISSUER


def with_social_core(token, key):
    backend = Issuer(Strategy(BaseStorage()))
    backend.key = key
    backend.decode_and_validate_id_token(token, ACCESS_TOKEN)


def with_idpyoidc(token, key):
    keys = KeyJar()
    keys.import_jwks({"keys": [key]}, ISSUER)
    response = AuthorizationResponse(state="s", access_token=ACCESS_TOKEN, token_type="Bearer", id_token=token)
    assert response.verify(keyjar=keys, iss=ISSUER, client_id="c", allowed_sign_alg=key["alg"])


def with_authlib(token, key):
    decoded = joserfc_jwt.decode(token, joserfc_jwk.import_key(key), algorithms=[key["alg"]])
    CodeIDToken(decoded.claims, decoded.header, params={"access_token": ACCESS_TOKEN}).validate(leeway=5)


libraries = {"Authlib 1.9.10": with_authlib, "social-core 7.0.0": with_social_core, "idpyoidc 5.0.0": with_idpyoidc}
hashes = dict(zip(["ES256", "EdDSA"], sys.argv[1:]))
signers = {
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
}
for library, take in libraries.items():
    for alg, at_hash in [("ES256", True), ("EdDSA", True), ("EdDSA", False)]:
        if library.startswith("idpyoidc") and not at_hash:
            continue  # This response needs one.
        private, algorithm = signers[alg]
        key = {**json.loads(algorithm.to_jwk(private.public_key())), "kid": "1", "use": "sig", "alg": alg}
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "c", "sub": "1", "iat": now, "exp": now + 300, "nonce": "n"}
        if at_hash:
            claims["at_hash"] = hashes[alg]
        try:
            take(jwt.encode(claims, private, alg, headers={"kid": "1"}), key)
            outcome = "taken"
        except Exception as error:
            outcome = type(error).__name__
        print(f"{library}, {alg} {'with' if at_hash else 'without'} at_hash: {outcome}")
PY

cat >expected <<'TEXT'
Authlib 1.9.10, ES256 with at_hash: taken
Authlib 1.9.10, EdDSA with at_hash: taken
Authlib 1.9.10, EdDSA without at_hash: taken
social-core 7.0.0, ES256 with at_hash: taken
social-core 7.0.0, EdDSA with at_hash: NotImplementedError
social-core 7.0.0, EdDSA without at_hash: taken
idpyoidc 5.0.0, ES256 with at_hash: taken
idpyoidc 5.0.0, EdDSA with at_hash: AtHashError
TEXT
read -r es256 eddsa <<<"$(node hash.mjs)"
python/bin/python take.py "$es256" "$eddsa" | tee seen
diff expected seen
