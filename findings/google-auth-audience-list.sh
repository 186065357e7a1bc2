#!/usr/bin/env bash
# `aud` of a JWT is a text or a list (RFC 7519 §4.1.3), and some issuers write a list for a single audience. Every verifier
# takes both, one would think, and PyJWT, joserfc, jwcrypto and python-jose do. google.auth.jwt looks for the list as a whole
# among the expected audiences, so that no expectation fits: it fails with "Token has wrong audience ['api'], expected one of
# ['api']". It also wants an `iat`, which is optional in RFC 7519. So a service that has google-auth already, for Google's
# tokens, cannot verify those of such an issuer with it. An issuer reaches the most verifiers with a text for a single audience,
# and with an `iat`.
#
# Needs Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check google-auth==2.63.0 "pyjwt[crypto]==2.15.1" joserfc==1.8.0 jwcrypto==1.6.1 \
  "python-jose[cryptography]==3.5.0"

cat >verify.py <<'PY'
import time
import warnings

warnings.simplefilter("ignore")
import google.auth.jwt
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

signer = rsa.generate_private_key(65537, 2048)
pem = signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
now = int(time.time())
tokens = {
    "a text": {"aud": "api", "iat": now, "exp": now + 300},
    "a list": {"aud": ["api"], "iat": now, "exp": now + 300},
    "a text, no iat": {"aud": "api", "exp": now + 300},
}


def with_joserfc(token):
    decoded = joserfc.jwt.decode(token, joserfc.jwk.import_key(pem, "RSA"), algorithms=["RS256"])
    joserfc.jwt.JWTClaimsRegistry(aud={"essential": True, "value": "api"}).validate(decoded.claims)


libraries = {
    "PyJWT 2.15.1": lambda token: jwt.decode(token, pem, algorithms=["RS256"], audience="api"),
    "joserfc 1.8.0": with_joserfc,
    "jwcrypto 1.6.1": lambda token: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWK.from_pem(pem), check_claims={"aud": "api"}),
    "python-jose 3.5.0": lambda token: jose.jwt.decode(token, pem.decode(), algorithms=["RS256"], audience="api"),
    "google-auth 2.63.0": lambda token: google.auth.jwt.decode(token, certs={"1": pem}, audience="api"),
    "google-auth 2.63.0 with a list": lambda token: google.auth.jwt.decode(token, certs={"1": pem}, audience=["api"]),
}
for library, verify in libraries.items():
    for name, claims in tokens.items():
        try:
            verify(jwt.encode(claims, signer, "RS256", headers={"kid": "1"}))
            outcome = "taken"
        except Exception as error:
            outcome = str(error)
        print(f"{library}, {name}: {outcome}")
PY

cat >expected <<'TEXT'
PyJWT 2.15.1, a text: taken
PyJWT 2.15.1, a list: taken
PyJWT 2.15.1, a text, no iat: taken
joserfc 1.8.0, a text: taken
joserfc 1.8.0, a list: taken
joserfc 1.8.0, a text, no iat: taken
jwcrypto 1.6.1, a text: taken
jwcrypto 1.6.1, a list: taken
jwcrypto 1.6.1, a text, no iat: taken
python-jose 3.5.0, a text: taken
python-jose 3.5.0, a list: taken
python-jose 3.5.0, a text, no iat: taken
google-auth 2.63.0, a text: taken
google-auth 2.63.0, a list: Token has wrong audience ['api'], expected one of ['api']
google-auth 2.63.0, a text, no iat: Token does not contain required claim iat
google-auth 2.63.0 with a list, a text: taken
google-auth 2.63.0 with a list, a list: Token has wrong audience ['api'], expected one of ['api']
google-auth 2.63.0 with a list, a text, no iat: Token does not contain required claim iat
TEXT
python/bin/python verify.py | tee seen
diff expected seen
