// The client that Hey API generates.

import { getJwks, getMe, signIn } from "./hey_api/sdk.gen";
import { client } from "./hey_api/client.gen";

declare const process: { argv: string[] };
const [baseUrl, id_token, nonce_token] = process.argv.slice(2);
client.setConfig({ baseUrl });

const signedIn = await signIn({ body: { provider: "google", mode: "token", id_token, nonce_token } });
if (!signedIn.data || !("access_token" in signedIn.data)) throw new Error(JSON.stringify(signedIn));

const me = await getMe({ auth: signedIn.data.access_token });
if (me.data?.user.email !== "ada@gmail.com") throw new Error(JSON.stringify(me));

const refused = await signIn({ body: { provider: "nobody", id_token, nonce_token: null, mode: null } });
if (refused.error?.error.code !== "unknown_provider") throw new Error(JSON.stringify(refused));

const { data: jwks } = await getJwks();
const curves: "P-256"[] = jwks?.keys.map((key) => key.crv) ?? [];
if (curves.length === 0) throw new Error("no keys");
