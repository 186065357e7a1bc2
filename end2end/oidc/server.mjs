// A certified OpenID provider (the npm package `oidc-provider`) on loopback, with Latchkey as its one client.
// Unlike the sandbox it is by other authors, so a misreading of the specifications shows.
//
// It is strict where Latchkey could get away with less: it requires PKCE, signs with RS256, sends `iss` in the
// authorization response (RFC 9207), and returns email and name from userinfo alone (OpenID Connect Core §5.4).

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";
import { certified, hops } from "../servers.mjs";
import { interactionPage } from "./page.mjs";

/** The people who have signed in so far, by subject. */
const people = new Map();

const provider = new Provider(certified.issuer, {
  clients: [
    {
      client_id: certified.clientId,
      client_secret: certified.clientSecret,
      client_name: "Latchkey",
      redirect_uris: [certified.redirectUri],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      id_token_signed_response_alg: "RS256",
    },
  ],
  jwks: { keys: [signingKey()] },
  cookies: { keys: ["end-to-end"] },
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name"],
  },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, accountId) => findAccount(accountId),
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Grant: 600, Session: 600 },
});

provider.on("server_error", (_, error) => console.error(error));

/** Marks an authorization request that has passed all hops. */
const PASSED_HOPS = "passed_hops=1";

createServer(async (request, response) => {
  try {
    if (request.url.startsWith("/auth?") && !request.url.includes(PASSED_HOPS)) redirectTo(hops[0].origin, request, response);
    else if (request.url.startsWith("/interaction/")) await interact(request, response);
    else await provider.callback()(request, response);
  } catch (error) {
    response.writeHead(error.statusCode ?? 500, { "content-type": "text/plain" });
    response.end(`${error.name}: ${error.message}\n`);
  }
}).listen(certified.port, certified.host, () => console.log(`certified provider: ${certified.issuer}`));

// Each hop redirects to the next one, and the last one back to the provider.
for (const [index, { host, port }] of hops.entries()) {
  createServer((request, response) => {
    const next = hops[index + 1];
    if (next) redirectTo(next.origin, request, response);
    else redirectTo(certified.issuer, request, response, `&${PASSED_HOPS}`);
  }).listen(port, host);
}

function redirectTo(origin, request, response, query = "") {
  response.writeHead(303, { location: `${origin}${request.url}${query}`, "cache-control": "no-store" });
  response.end();
}

/** Shows the page (GET) and handles its form (POST): login and consent in one step. */
async function interact(request, response) {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    response.end(interactionPage(prompt.name));
    return;
  }
  const form = new URLSearchParams(await body(request));
  if (form.get("decision") !== "allow") {
    await provider.interactionFinished(request, response, {
      error: "access_denied",
      error_description: "the user cancelled",
    });
    return;
  }
  const accountId = savePerson(form.get("email"), form.get("name"));
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId },
    consent: { grantId: await grant.save() },
  });
}

/** Saves a person and returns the subject, which depends on the email address alone. */
function savePerson(email, name) {
  const subject = `person-${Buffer.from(email).toString("hex")}`;
  people.set(subject, { email, name });
  return subject;
}

/** The account as `oidc-provider` expects it. */
function findAccount(accountId) {
  const person = people.get(accountId);
  return (
    person && {
      accountId,
      claims: () => ({ sub: accountId, email: person.email, email_verified: true, name: person.name }),
    }
  );
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: "certified-1", alg: "RS256", use: "sig" };
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
