// An id_token for Ada, as an app gets it from Google: here from the sandbox.

import { latchkey } from "./servers.mjs";

/** `variables` configure the providers of the running sandbox. */
export async function googleIdToken(variables, nonce) {
  const client = { client_id: variables.GOOGLE_CLIENT_ID, redirect_uri: `${latchkey.origin}/auth/callback/google` };
  const request = { ...client, response_type: "code", scope: "openid email profile", state: "s", nonce };
  const form = (values) => ({ method: "POST", body: new URLSearchParams(values), redirect: "manual" });
  const google = variables.GOOGLE_ISSUER;
  const consent = `${google}/o/oauth2/v2/auth/consent?${new URLSearchParams(request)}`;
  const redirect = await fetch(consent, form({ person: "ada", decision: "allow" }));
  const code = new URL(redirect.headers.get("location")).searchParams.get("code");
  const exchange = { ...client, grant_type: "authorization_code", code, client_secret: variables.GOOGLE_CLIENT_SECRET };
  return (await (await fetch(`${google}/token`, form(exchange))).json()).id_token;
}
