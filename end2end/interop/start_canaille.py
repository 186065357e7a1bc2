"""Canaille as OpenID provider, with one user, and Latchkey as its client.

start_canaille.py PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI, in an empty folder. Its own commands create everything.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

port, client_id, client_secret, redirect_uri = sys.argv[1:]
canaille = Path(sys.executable).with_name("canaille")
Path("canaille.toml").write_text(
    f"""
SECRET_KEY = "interop"
SERVER_NAME = "127.0.0.1:{port}"
PREFERRED_URL_SCHEME = "http"
[CANAILLE]
DATABASE = "sql"
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///canaille.db"
[CANAILLE_OIDC]
"""
)
os.environ["CANAILLE_CONFIG"] = "canaille.toml"


def run(*words):
    return subprocess.run([canaille, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


key = json.loads(run("jwk", "create", "rsa"))
with open("canaille.toml", "a") as configuration:
    members = ", ".join(f"{name} = {json.dumps(str(value))}" for name, value in key.items())
    configuration.write(f"ACTIVE_JWKS = [{{ {members} }}]\n")
run("db", "upgrade")
user = {
    "user-name": "ada",
    "given-name": "Ada",
    "family-name": "Canaille",
    "formatted-name": "Ada Canaille",
    "emails": "ada@canaille.example",
    "password": "a long passphrase 42",
}
run("create", "user", *[word for name, value in user.items() for word in (f"--{name}", value)])
client = {
    "client-id": client_id,
    "client-secret": client_secret,
    "client-name": "Latchkey",
    "redirect-uris": redirect_uri,
    "token-endpoint-auth-method": "client_secret_basic",
    "grant-types": "authorization_code",
    "response-types": "code",
    "id-token-signed-response-alg": "RS256",
}
scopes = [word for scope in ("openid", "email", "profile") for word in ("--scope", scope)]
run("create", "client", *[word for name, value in client.items() for word in (f"--{name}", value)], *scopes)
# Without an audience, which its pages set and this command does not, its id_tokens are for nobody.
run("set", "client", client_id, "--audience", client_id)
os.execv(canaille, [canaille, "run", "--bind", f"127.0.0.1:{port}"])
