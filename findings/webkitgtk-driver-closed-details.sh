#!/usr/bin/env bash
# WebKitGTK's driver on a link in a closed `<details>`, which no one can see: "is displayed" is true, and a click then fails as
# "element not interactable". A test that waits until an element is displayed, and clicks it, works in Chromium and Firefox
# and fails here. Chromium's driver says false. Ask for `details:not([open])` instead.
#
# Needs Debian's packages webkit2gtk-driver (2.50), xvfb, chromium and chromium-driver, and Node 20. Exits with 1 when they behave
# differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

cat >look.mjs <<'JS'
const [name, driver, capabilities] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4])];
const page = "<!doctype html><title>x</title><details><summary>More</summary><a href='#there'>hidden</a></details>";

async function call(path, method = "GET", body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(driver + path, { method, headers, body: body && JSON.stringify(body) });
  return (await response.json()).value;
}

while (!(await fetch(`${driver}/status`).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 50));
const { sessionId } = await call("/session", "POST", { capabilities: { alwaysMatch: capabilities } });
const session = `/session/${sessionId}`;
await call(`${session}/url`, "POST", { url: `data:text/html,${encodeURIComponent(page)}` });
const link = Object.values(await call(`${session}/element`, "POST", { using: "css selector", value: "a" }))[0];
const displayed = await call(`${session}/element/${link}/displayed`);
const clicked = await call(`${session}/element/${link}/click`, "POST", {});
console.log(`${name}: displayed ${displayed}, click ${clicked?.error ?? "succeeded"}`);
await call(session, "DELETE");
JS

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

webkit=$(port)
Xvfb -displayfd 3 -screen 0 1280x900x24 3>display 2>xvfb.log &
until [[ -s display ]]; do sleep 0.1; done
DISPLAY=:$(<display) WebKitWebDriver --port="$webkit" >webkit.log 2>&1 &
chromium=$(port)
chromedriver --port="$chromium" >chromium.log 2>&1 &
mini=$(ls /usr/lib/*/webkit2gtk-4.*/MiniBrowser | tail -1)
{
  node look.mjs WebKitGTK "http://127.0.0.1:$webkit" \
    "{\"browserName\": \"MiniBrowser\", \"webkitgtk:browserOptions\": {\"binary\": \"$mini\", \"args\": [\"--automation\"]}}"
  node look.mjs Chromium "http://127.0.0.1:$chromium" \
    '{"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": ["--headless=new", "--no-sandbox"]}}'
} | tee seen

cat >expected <<'TEXT'
WebKitGTK: displayed true, click element not interactable
Chromium: displayed false, click element not interactable
TEXT
diff expected seen && echo "as described"
