#!/usr/bin/env bash
# A cookie with `Secure`, set by http://localhost or http://127.0.0.1. Chromium and Firefox take loopback for as good as TLS
# and keep it, as tough-cookie (Node's jar) and curl do. So a sign-in in development works with the cookies of production,
# `__Host-` included, until somebody opens WebKit, or tests it from Python: WebKitGTK, requests, httpx and aiohttp send no
# such cookie back, and the session is gone without an error. A server that works with all of them leaves `Secure` and the
# prefix out on http loopback.
#
# Needs Debian's packages chromium-headless-shell, firefox-esr, libwebkit2gtk-4.1-0 and xvfb, curl, Node 20, and Python 3.10
# or later with venv. Seen with Chromium 156, Firefox 153, WebKitGTK 2.50 and curl 7.88. Exits with 1 when one behaves
# differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund tough-cookie@6.1.0
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5

cat >server.py <<'PY'
import http.server


class Cookies(http.server.BaseHTTPRequestHandler):
    """/CLIENT sets two cookies and leads to /CLIENT/read, where those that came back are printed."""

    def do_GET(self):
        name = self.path.strip("/")
        if name.endswith("/read"):
            host = self.headers["host"].split(":")[0]
            names = sorted(part.split("=")[0].strip() for part in self.headers.get("cookie", "").split(";"))
            print(f"{host} {name.removesuffix('/read')}: {' '.join(names)}", flush=True)
            self.send_response(200)
        elif name.startswith("favicon"):
            self.send_response(404)
        else:
            self.send_response(302)
            self.send_header("set-cookie", "plain=1; Path=/")
            self.send_header("set-cookie", "__Host-session=1; Path=/; Secure; HttpOnly; SameSite=Lax")
            self.send_header("location", f"/{name}/read")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cookies)
with open("port", "w") as file:
    file.write(str(server.server_port))
server.serve_forever()
PY

cat >clients.py <<'PY'
import asyncio
import sys

import aiohttp
import httpx
import requests

origin = sys.argv[1]
requests.Session().get(f"{origin}/requests")
httpx.Client(follow_redirects=True).get(f"{origin}/httpx")


async def with_aiohttp():
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await session.get(f"{origin}/aiohttp")


asyncio.run(with_aiohttp())
PY

cat >jar.mjs <<'JS'
import { CookieJar } from "tough-cookie";

const origin = process.argv[2];
const jar = new CookieJar();
const first = await fetch(`${origin}/tough-cookie`, { redirect: "manual" });
for (const cookie of first.headers.getSetCookie()) await jar.setCookie(cookie, origin);
await fetch(new URL(first.headers.get("location"), origin), { headers: { cookie: await jar.getCookieString(origin) } });
JS

python3 server.py >seen &
server=$!
until [[ -s port ]]; do sleep 0.1; done

for host in localhost 127.0.0.1; do
  origin=http://$host:$(<port)
  chromium-headless-shell --no-sandbox --disable-gpu --user-data-dir="$folder/chromium" --dump-dom "$origin/chromium" &>chromium.log
  mkdir -p firefox
  firefox-esr --headless --no-remote --profile "$folder/firefox" --screenshot "$folder/page.png" "$origin/firefox" &>firefox.log
  # It shows the page until it is ended.
  xvfb-run --auto-servernum timeout 30 /usr/lib/*/webkit2gtk-4.1/MiniBrowser --private "$origin/webkitgtk" &>webkit.log &
  browser=$!
  until grep -q "^$host webkitgtk" seen; do kill -0 "$browser" && sleep 0.1; done
  curl --silent --location --cookie-jar jar --output /dev/null "$origin/curl"
  node jar.mjs "$origin"
  python/bin/python clients.py "$origin"
done

for host in 127.0.0.1 localhost; do
  for client in chromium curl firefox tough-cookie; do echo "$host $client: __Host-session plain"; done
  for client in aiohttp httpx requests webkitgtk; do echo "$host $client: plain"; done
done | sort >expected
sort seen | tee sorted
diff expected sorted
