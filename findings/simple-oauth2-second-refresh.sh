#!/usr/bin/env bash
# A provider answers a refresh with a new access token and no new refresh token, which RFC 6749 §6 leaves to it: the client goes
# on with the one it has. Authlib, requests-oauthlib, google-auth and @badgateway/oauth2-client keep the old one. simple-oauth2
# 5.1.0 means to, and looks for it in the wrong object: the token that `refresh()` returns has a `refresh_token` that is
# undefined. So the first refresh works, and the second one, an access token's life later, sends an empty `refresh_token`. With
# a provider that sends a new one each time nothing is lost.
#
# One is safe by keeping the old refresh token beside it, and making a token of both with `createToken` before the next refresh.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund simple-oauth2@5.1.0 @badgateway/oauth2-client@3.3.1
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check authlib==1.9.10 requests-oauthlib==2.0.0 \
  google-auth==2.63.0 requests==2.34.2

cat >server.py <<'PY'
import http.server
import json
import threading
import urllib.parse

seen = []


class Provider(http.server.BaseHTTPRequestHandler):
    """Answers with an access token alone, and notes the refresh token that came."""

    def do_POST(self):
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        seen.append(dict(urllib.parse.parse_qsl(form, keep_blank_values=True)).get("refresh_token"))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"access_token": "next", "token_type": "Bearer", "expires_in": 60}).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
origin = f"http://127.0.0.1:{server.server_port}"
PY

cat >refresh.py <<'PY'
import subprocess

from authlib.integrations.requests_client import OAuth2Session as Authlib
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from requests_oauthlib import OAuth2Session
from server import origin, seen

url = f"{origin}/token"
token = {"access_token": "first", "refresh_token": "kept", "token_type": "Bearer", "expires_in": 60}


def show(name):
    print(f"{name}: the first refresh sends {seen[0]!r}, the second {seen[1]!r}")
    seen.clear()


client = Authlib("c", "s", token=dict(token))
for _ in range(2):
    client.refresh_token(url)
show("Authlib 1.9.10")
client = OAuth2Session("c", token=dict(token))
for _ in range(2):
    client.refresh_token(url)
show("requests-oauthlib 2.0.0")
credentials = Credentials("first", refresh_token="kept", token_uri=url, client_id="c", client_secret="s")
for _ in range(2):
    credentials.refresh(Request())
show("google-auth 2.63.0")
for name in ("@badgateway/oauth2-client 3.3.1", "simple-oauth2 5.1.0"):
    subprocess.run(["node", "refresh.mjs", name, origin], check=True)
    show(name)
PY

cat >refresh.mjs <<'JS'
import { OAuth2Client } from "@badgateway/oauth2-client";
import simple from "simple-oauth2";

const [name, origin] = process.argv.slice(2);
if (name.startsWith("simple")) {
  const client = new simple.AuthorizationCode({ client: { id: "c", secret: "s" }, auth: { tokenHost: origin, tokenPath: "/token" } });
  const token = client.createToken({ access_token: "first", refresh_token: "kept", token_type: "Bearer", expires_in: 60 });
  await (await token.refresh()).refresh();
} else {
  const client = new OAuth2Client({ server: origin, clientId: "c", clientSecret: "s", tokenEndpoint: `${origin}/token` });
  await client.refreshToken(await client.refreshToken({ accessToken: "first", refreshToken: "kept", expiresAt: null }));
}
JS

cat >expected <<'TEXT'
Authlib 1.9.10: the first refresh sends 'kept', the second 'kept'
requests-oauthlib 2.0.0: the first refresh sends 'kept', the second 'kept'
google-auth 2.63.0: the first refresh sends 'kept', the second 'kept'
@badgateway/oauth2-client 3.3.1: the first refresh sends 'kept', the second 'kept'
simple-oauth2 5.1.0: the first refresh sends 'kept', the second ''
TEXT
OAUTHLIB_INSECURE_TRANSPORT=1 AUTHLIB_INSECURE_TRANSPORT=1 python/bin/python refresh.py | tee seen
diff expected seen
