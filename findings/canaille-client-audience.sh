#!/usr/bin/env bash
# Canaille 0.3.6: a client made by `canaille create client` gets id_tokens with an empty `aud`, which OpenID Connect Core §2 does
# not allow: no relying party accepts them. Clients made on its pages or by dynamic registration have themselves as audience;
# on the command line `canaille set client ID --audience ID` has to follow, since a client cannot name itself before it exists.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check "canaille[server,front,oidc,sqlite]==0.3.6"
export CANAILLE_CONFIG=$folder/canaille.toml
cat >canaille.toml <<'EOF'
SECRET_KEY = "finding"
SERVER_NAME = "127.0.0.1:5051"
PREFERRED_URL_SCHEME = "http"
DEBUG = true
[CANAILLE]
DATABASE = "sql"
[CANAILLE_SQL]
DATABASE_URI = "sqlite:///canaille.db"
[CANAILLE_OIDC]
EOF
canaille() { environment/bin/canaille "$@" 2>>log; }
key=$(canaille jwk create rsa | environment/bin/python -c 'import json, sys
print(", ".join(f"{name} = {json.dumps(value)}" for name, value in json.load(sys.stdin).items()))')
echo "ACTIVE_JWKS = [{ $key }]" >>canaille.toml
canaille db upgrade >>log
canaille create user --user-name ada --family-name Lovelace --emails ada@example.org --password "a long passphrase 42" >>log
canaille create client --client-id app --client-secret secret --client-name App --redirect-uris https://app.example/callback \
  --token-endpoint-auth-method client_secret_basic --grant-types authorization_code --response-types code --scope openid >>log

# A sign-in by the forms of its pages; prints the audience of the id_token.
cat >audience.py <<'EOF'
import base64, json, re
from urllib.parse import parse_qs, urlsplit
from canaille import create_app

client = create_app().test_client()
query = {"client_id": "app", "response_type": "code", "scope": "openid", "nonce": "n", "redirect_uri": "https://app.example/callback"}
page = client.get("/oauth/authorize", query_string=query, follow_redirects=True)
answers = {"login": "ada", "password": "a long passphrase 42", "answer": "accept"}
for _ in range(4):
    text = page.get_data(as_text=True)
    form = {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)[1]}
    form |= {name: value for name, value in answers.items() if f'name="{name}"' in text}
    page = client.post(page.request.full_path, data=form)
    while page.status_code in (302, 303) and not page.location.startswith("https://app.example/"):
        page = client.get(page.location)
    if page.location:
        break
code = parse_qs(urlsplit(page.location).query)["code"][0]
form = {"grant_type": "authorization_code", "code": code, "redirect_uri": query["redirect_uri"]}
tokens = client.post("/oauth/token", data=form, auth=("app", "secret")).json
payload = tokens["id_token"].split(".")[1]
print(json.dumps(json.loads(base64.urlsafe_b64decode(payload + "=="))["aud"]))
EOF
audience() { environment/bin/python audience.py 2>>log; }

before=$(audience)
canaille set client app --audience app >>log
after=$(audience)
echo "Canaille 0.3.6, aud of an id_token for the client \"app\":"
echo "  after create client:           $before"
echo "  after set client --audience:   $after"
[[ $before == "[]" && $after == '["app"]' ]]
