// Google's own clients for Node against the sandbox: `node google_clients.mjs PACKAGES`, a folder with googleapis and
// google-auth-library. It starts the sandbox, signs in as Grace, and runs google_clients.py with the same tokens.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startLatchkey, stopProcess, waitFor } from "../processes.mjs";
import { sandbox } from "../servers.mjs";

const packages = resolve(process.argv[2]);
const from = createRequire(pathToFileURL(join(packages, "node_modules/")));
const { google } = from("googleapis");
const { OAuth2Client } = from("google-auth-library");

const { origin } = sandbox;
const clientId = "sandbox-google";
const clientSecret = "sandbox-google-secret";
const redirectUri = "http://localhost:8080/auth/callback/google";
const scope = ["openid", "email", "profile", ...["drive.metadata.readonly", "calendar.events.readonly"].map((it) => `https://www.googleapis.com/auth/${it}`)];

let failed = 0;
function check(what, truth) {
  console.log(`${truth ? "ok     " : "FAILED "} Node: ${what}`);
  if (!truth) failed += 1;
}

function client() {
  return new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri,
    issuers: [`${origin}/google`],
    endpoints: {
      tokenInfoUrl: `${origin}/google/tokeninfo`,
      oauth2AuthBaseUrl: `${origin}/google/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${origin}/google/token`,
      oauth2RevokeUrl: `${origin}/google/revoke`,
      oauth2FederatedSignonPemCertsUrl: `${origin}/oauth2/v1/certs`,
      oauth2FederatedSignonJwkCertsUrl: `${origin}/google/certs`,
    },
  });
}

/** A sign-in as Grace, who allows everything: the tokens. */
async function signIn(oauth) {
  const { codeVerifier, codeChallenge } = await oauth.generateCodeVerifierAsync();
  const url = oauth.generateAuthUrl({
    access_type: "offline",
    prompt: "consent",
    scope,
    state: "state",
    nonce: "nonce",
    code_challenge: codeChallenge,
    code_challenge_method: "S256",
  });
  const { search } = new URL(url);
  const form = new URLSearchParams({ person: "grace", decision: "allow" });
  for (const name of scope) form.append("scope", name);
  const consent = await fetch(`${origin}/google/o/oauth2/v2/auth/consent${search}`, { method: "POST", body: form, redirect: "manual" });
  const code = new URL(consent.headers.get("location")).searchParams.get("code");
  const { tokens } = await oauth.getToken({ code, codeVerifier });
  oauth.setCredentials(tokens);
  return tokens;
}

async function statusOf(call) {
  try {
    return (await call).status;
  } catch (error) {
    return `${error.status ?? error.response?.status} ${error.message}`;
  }
}

async function run() {
  const oauth = client();
  const tokens = await signIn(oauth);
  check("getToken", tokens.refresh_token && tokens.expiry_date > Date.now());
  const ticket = await oauth.verifyIdToken({ idToken: tokens.id_token, audience: clientId });
  check("verifyIdToken with the certificates", ticket.getPayload().email === "grace@navy.example");
  const wrong = await oauth.verifyIdToken({ idToken: tokens.id_token, audience: "another" }).catch((error) => error.message);
  check("verifyIdToken for another client", /recipient/.test(wrong));
  const info = await oauth.getTokenInfo(tokens.access_token);
  check("getTokenInfo", info.aud === clientId && info.scopes.includes(scope[3]));
  const { credentials } = await oauth.refreshAccessToken();
  check("refreshAccessToken", credentials.access_token && credentials.access_token !== tokens.access_token);

  // For a client it replaces the origin, with a call it is followed by the API's path; `google.options` ignores it.
  const root = { rootUrl: `${origin}/` };
  const drive = google.drive({ version: "v3", auth: oauth, ...root });
  const list = { pageSize: 3, fields: "nextPageToken,files(id,name)" };
  const page = await drive.files.list(list);
  check("files.list by a client with rootUrl", page.data.files.length === 3 && page.data.nextPageToken);
  const plain = google.drive({ version: "v3", auth: oauth });
  const again = await plain.files.list(list, { rootUrl: `${origin}/google-api/` });
  check("files.list by a call with rootUrl", again.data.files[0].id === page.data.files[0].id);
  const unknown = await statusOf(drive.files.list({ fields: "files(id,shortcutDetails(target))" }));
  check("an unknown field is an error with its reason", /^400 Invalid field selection target/.test(unknown));
  check("a missing file is an error with its reason", /^404 File not found/.test(await statusOf(drive.files.get({ fileId: "1none" }))));
  check("a method that is not here is an error in JSON", /^405 Method Not Allowed/.test(await statusOf(drive.files.delete({ fileId: "root" }))));
  check("an API that is not here is an error in JSON", /^404 Not Found/.test(await statusOf(drive.about.get({ fields: "user" }))));
  const calendar = google.calendar({ version: "v3", auth: oauth, ...root });
  const query = { calendarId: "primary", singleEvents: true, orderBy: "startTime", eventTypes: ["default", "birthday"] };
  const { data } = await calendar.events.list(query);
  check("events.list by types", new Set(data.items.map((event) => event.eventType)).size === 2);
  check("events.list with an unknown type", /^400/.test(await statusOf(calendar.events.list({ ...query, eventTypes: ["holiday"] }))));

  // The Python clients revoke the grant at their end.
  const python = join(packages, "python/bin/python");
  const words = [join(import.meta.dirname, "google_clients.py"), origin, JSON.stringify(tokens)];
  if (spawnSync(python, words, { stdio: "inherit" }).status !== 0) failed += 1;
  check("revokeToken", (await statusOf(client().revokeToken((await signIn(client())).access_token))) === 200);
}

const child = startLatchkey("sandbox", { SANDBOX_ADDR: sandbox.listen, SANDBOX_SMTP_ADDR: sandbox.smtp }, "interop-sandbox");
try {
  await waitFor(`${origin}/`, child, 60);
  await run();
} finally {
  await stopProcess(child);
}
console.log(failed ? `${failed} failed` : "every call passed");
process.exitCode = failed ? 1 : 0;
