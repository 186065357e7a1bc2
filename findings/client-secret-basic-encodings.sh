#!/usr/bin/env bash
# `client_secret_basic`: RFC 6749 §2.3.1 form-encodes client id and secret before they are joined by a colon and base64-encoded.
# One would expect two camps, those that encode and those that do not, and both to agree on letters, digits, `-`, `_` and `.`.
#
# * oauth4webapi (under openid-client 6) also percent-encodes `-`, `_`, `.` and `~`: a client id that is a UUID, or a secret in
#   base64url, does not arrive at a server that takes the header as it is.
# * Authlib's client encodes nothing, while Authlib's server percent-decodes: the two do not agree about a secret with `%`.
#
# A client is safe with `client_secret_post` wherever it is offered: a form body has one encoding.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund oauth4webapi@3.8.8 >/dev/null
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check authlib==1.9.10

cat >encode.mjs <<'JS'
import { ClientSecretBasic } from "oauth4webapi";
const headers = new Headers();
const server = { issuer: "https://id.example", token_endpoint: "https://id.example/token" };
await ClientSecretBasic("se-cr_et.~")(server, { client_id: "1f0c-4333" }, new URLSearchParams(), headers);
const credentials = Buffer.from(headers.get("authorization").slice("Basic ".length), "base64").toString();
console.log(`oauth4webapi 3.8.8 sends ${credentials}`);
JS

cat >encode.py <<'PY'
import base64
from types import SimpleNamespace

from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.util import extract_basic_authorization

client = SimpleNamespace(client_id="1f0c-4333", client_secret="100%25+b/c=")
_, headers, _ = encode_client_secret_basic(client, "POST", "https://id.example/token", {}, "")
print("Authlib 1.9.10 sends", base64.b64decode(headers["Authorization"].split()[1]).decode())
print("Authlib 1.9.10 reads", ":".join(extract_basic_authorization(headers)))
PY

seen=$(node encode.mjs; python/bin/python encode.py)
expected='oauth4webapi 3.8.8 sends 1f0c%2D4333:se%2Dcr%5Fet%2E%7E
Authlib 1.9.10 sends 1f0c-4333:100%25+b/c=
Authlib 1.9.10 reads 1f0c-4333:100%+b/c='
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
