// A client with the types of openapi-typescript.

import createClient from "openapi-fetch";
import type { paths } from "./openapi_typescript/schema";

declare const process: { argv: string[] };
const [baseUrl, id_token, nonce_token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });

const signedIn = await client.POST("/api/auth", {
  body: { provider: "google", mode: "token", id_token, nonce_token },
});
if (!signedIn.data || !("access_token" in signedIn.data)) throw new Error(JSON.stringify(signedIn));
const { access_token } = signedIn.data;

const me = await client.GET("/api/me", { headers: { Authorization: `Bearer ${access_token}` } });
if (me.data?.user.email !== "ada@gmail.com") throw new Error(JSON.stringify(me));

const refused = await client.POST("/api/auth", { body: { provider: "nobody", id_token, nonce_token: null, mode: null } });
if (refused.error?.error.code !== "unknown_provider") throw new Error(JSON.stringify(refused));

const { data: jwks } = await client.GET("/.well-known/jwks.json");
const curves: "P-256"[] = jwks?.keys.map((key) => key.crv) ?? [];
if (curves.length === 0) throw new Error("no keys");
