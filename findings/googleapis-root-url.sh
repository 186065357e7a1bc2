#!/usr/bin/env bash
# googleapis for Node: `rootUrl` has three meanings. With a call it replaces https://www.googleapis.com/ and keeps its own path;
# for a client it replaces the origin and loses its path; in `google.options`, which takes it, it is ignored, and the request,
# with its access token, goes to Google.
#
# Somebody who points all clients at a proxy or a mock, https://proxy.example/google/, expects one of the first two.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --loglevel=error --no-audit --no-fund googleapis@188.0.0

cat >root_url.cjs <<'EOF'
const { google } = require("googleapis");
const { version } = require("googleapis/package.json");

const rootUrl = "https://proxy.example/google/";

/** The URL of a request, which is not sent. */
async function urlOf(drive, options) {
  let url;
  const adapter = async (config) => {
    url = new URL(config.url);
    return Object.assign(new Response("{}"), { config, data: {} });
  };
  await drive.files.get({ fileId: "root" }, { ...options, adapter });
  return url.origin + url.pathname;
}

async function run() {
  const seen = {
    "with a call": await urlOf(google.drive("v3"), { rootUrl }),
    "for a client": await urlOf(google.drive({ version: "v3", rootUrl })),
  };
  google.options({ rootUrl });
  seen["in google.options"] = await urlOf(google.drive("v3"));

  console.log(`googleapis ${version}, rootUrl ${rootUrl}`);
  for (const [how, url] of Object.entries(seen)) console.log(`  ${how}: ${url}`);
  const expected = [
    "https://proxy.example/google/drive/v3/files/root",
    "https://proxy.example/drive/v3/files/root",
    "https://www.googleapis.com/drive/v3/files/root",
  ];
  process.exitCode = Object.values(seen).join() === expected.join() ? 0 : 1;
}
run();
EOF
node root_url.cjs
