#!/usr/bin/env bash
# A token endpoint refuses a client's secret with `{"error": "invalid_client"}`. RFC 6749 §5.2 asks for one thing more when the
# client came with an Authorization header: status 401 with a `WWW-Authenticate` header. In openid-client 6 that header takes
# the place of the body. It throws another class of error, whose `error` is undefined, and leaves the body unread. So a test for
# `error.error === "invalid_client"` works with `client_secret_post`, and with servers that omit the header, and is never true
# with `client_secret_basic` and a server that keeps to the RFC. oidc-provider, of the same author, is such a server, and
# @node-oauth/oauth2-server is another.
#
# Seen below: with the secret in the form, `error` is "invalid_client"; with the secret in the header, it is undefined. A client
# that wants to know has to read `error.response` itself in that case, where the body still is.
#
# Needs Node 20 or later. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund openid-client@6.9.0 oidc-provider@9.13.3 @node-oauth/oauth2-server@5.3.0

cat >refused.mjs <<'JS'
import { createServer } from "node:http";
import OAuth2Server from "@node-oauth/oauth2-server";
import * as client from "openid-client";

console.info = console.warn = () => {};
const { default: Provider } = await import("oidc-provider");

const handlers = {};
async function listen(name, handler) {
  const server = createServer((request, response) => handlers[name](request, response)).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  handlers[name] = await handler(issuer);
  return issuer;
}

const issuers = {
  "oidc-provider 9.13.3": await listen("provider", (issuer) => {
    const registered = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], client_secret: "right" };
    const clients = ["client_secret_basic", "client_secret_post"].map((method) => ({
      ...registered, client_id: method, token_endpoint_auth_method: method,
    }));
    const features = { clientCredentials: { enabled: true }, devInteractions: { enabled: false } };
    return new Provider(issuer, { clients, features }).callback();
  }),
  "@node-oauth/oauth2-server 5.3.0": await listen("node-oauth", () => {
    const model = { getClient: () => false, saveToken: () => false, getUserFromClient: () => false };
    const server = new OAuth2Server({ model });
    return async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const { method, headers } = request;
      const asked = new OAuth2Server.Request({ method, headers, query: {}, body: Object.fromEntries(new URLSearchParams(body)) });
      const answer = new OAuth2Server.Response({});
      await server.token(asked, answer).catch(() => {});
      response.writeHead(answer.status, { ...answer.headers, "content-type": "application/json" }).end(JSON.stringify(answer.body));
    };
  }),
};

const methods = { client_secret_post: client.ClientSecretPost, client_secret_basic: client.ClientSecretBasic };
for (const [name, issuer] of Object.entries(issuers)) {
  for (const [method, authenticate] of Object.entries(methods)) {
    const metadata = { issuer, token_endpoint: `${issuer}/token` };
    const configuration = new client.Configuration(metadata, method, undefined, authenticate("wrong"));
    client.allowInsecureRequests(configuration);
    const error = await client.clientCredentialsGrant(configuration).catch((thrown) => thrown);
    const body = error.response.bodyUsed ? "" : `, in the unread body ${(await error.response.json()).error}`;
    console.log(`${name}, ${method}: ${error.status} ${error.constructor.name}, error ${error.error}${body}`);
  }
}
process.exit(0);
JS

cat >expected <<'TEXT'
oidc-provider 9.13.3, client_secret_post: 401 ResponseBodyError, error invalid_client
oidc-provider 9.13.3, client_secret_basic: 401 WWWAuthenticateChallengeError, error undefined, in the unread body invalid_client
@node-oauth/oauth2-server 5.3.0, client_secret_post: 400 ResponseBodyError, error invalid_client
@node-oauth/oauth2-server 5.3.0, client_secret_basic: 401 WWWAuthenticateChallengeError, error undefined, in the unread body invalid_client
TEXT
node refused.mjs | tee seen
diff expected seen
