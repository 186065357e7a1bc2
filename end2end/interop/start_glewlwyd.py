"""Glewlwyd (Debian) as OpenID provider, with one user, and Latchkey as its client.

start_glewlwyd.py PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI, in an empty folder. Its administration API creates everything.
"""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

port, client_id, client_secret, redirect_uri = sys.argv[1:]
site = f"http://127.0.0.1:{port}"
modules = Path("/usr/lib/glewlwyd")

# Its server follows no link out of its folder, and Debian's webapp is full of them. Its settings are a folder in Debian 12.
shutil.copytree("/usr/share/glewlwyd/webapp", "webapp")
if (settings := Path("webapp/config.json")).is_dir():
    settings.rename("webapp/config")
    shutil.copy("webapp/config/config.json", settings)

schema = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3").read_text()
with sqlite3.connect("glewlwyd.db") as database:
    database.executescript(schema)

Path("glewlwyd.conf").write_text(
    f"""
port = {port}
bind_address = "127.0.0.1"
external_url = "{site}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "INFO"
cookie_secure = false
cookie_same_site = "lax"
session_expiration = 2419200
session_key = "GLEWLWYD2_SESSION_ID"
admin_session_authentication = "cookie"
profile_session_authentication = "cookie"
login_api_enabled = true
admin_scope = "g_admin"
profile_scope = "g_profile"
static_files_path = "{Path.cwd()}/webapp/"
user_module_path = "{modules}/user"
client_module_path = "{modules}/client"
user_auth_scheme_module_path = "{modules}/scheme"
plugin_module_path = "{modules}/plugin"
hash_algorithm = "SHA512"
static_files_mime_types = (
  {{ extension = ".html", mime_type = "text/html" }},
  {{ extension = ".css", mime_type = "text/css" }},
  {{ extension = ".js", mime_type = "application/javascript" }},
  {{ extension = ".json", mime_type = "application/json" }}
)
database = {{ type = "sqlite3", path = "glewlwyd.db" }}
"""
)

server = subprocess.Popen(["glewlwyd", "--config-file", "glewlwyd.conf"])
for stop in (signal.SIGTERM, signal.SIGINT):
    signal.signal(stop, lambda *_: server.terminate())

administrator = build_opener(HTTPCookieProcessor(CookieJar()))


def call(method, path, body):
    request = Request(f"{site}/api/{path}", json.dumps(body).encode(), {"content-type": "application/json"}, method=method)
    administrator.open(request).read()


def openssl(*words, text=None):
    return subprocess.run(["openssl", *words], input=text, check=True, capture_output=True, text=True).stdout


while True:
    try:
        # The password that Debian's package documents.
        call("POST", "auth/", {"username": "admin", "password": "password"})
        break
    except URLError as error:
        if server.poll() is not None or not isinstance(error.reason, ConnectionRefusedError):
            raise
        time.sleep(0.1)

key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
for scope in ("email", "profile"):
    call("POST", "scope/", {"name": scope, "display_name": scope, "password_required": True, "password_max_age": 0, "scheme": {}})
scopes = ["openid", "email", "profile"]
call(
    "POST",
    "user/",
    {
        "username": "ada",
        "password": "a long passphrase 42",
        "name": "Ada Glewlwyd",
        "email": "ada@glewlwyd.example",
        "scope": [*scopes, "g_profile"],
        "enabled": True,
    },
)
call(
    "POST",
    "client/",
    {
        "client_id": client_id,
        "name": "Latchkey",
        "confidential": True,
        "password": client_secret,
        "client_secret": client_secret,
        "redirect_uri": [redirect_uri],
        "authorization_type": ["code"],
        "token_endpoint_auth_method": ["client_secret_basic"],
        "scope": scopes,
        "enabled": True,
    },
)
call(
    "POST",
    "mod/plugin/",
    {
        "module": "oidc",
        "name": "oidc",
        "display_name": "OpenID Connect",
        "parameters": {
            "iss": f"{site}/api/oidc",
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "key": key,
            "cert": openssl("pkey", "-pubout", text=key),
            "access-token-duration": 3600,
            "refresh-token-duration": 1209600,
            "code-duration": 600,
            "allow-non-oidc": False,
            "auth-type-code-enabled": True,
            "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": False,
            "auth-type-none-enabled": False,
            "auth-type-refresh-enabled": True,
            "auth-type-device-enabled": False,
            "allowed-scope": scopes,
            "name-claim": "mandatory",
            "email-claim": "mandatory",
            "pkce-allowed": True,
            "subject-type": "public",
        },
    },
)
sys.exit(server.wait())
