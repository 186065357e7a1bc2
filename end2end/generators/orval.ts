// The client that orval generates. Its URLs begin with the server of the document.

import { getJwks, getMe, signIn } from "./orval/client";

declare const process: { argv: string[] };
const [, id_token, nonce_token] = process.argv.slice(2);

const signedIn = await signIn({ provider: "google", mode: "token", id_token, nonce_token });
if (signedIn.status !== 200 || !("access_token" in signedIn.data)) throw new Error(JSON.stringify(signedIn));

const me = await getMe({ headers: { Authorization: `Bearer ${signedIn.data.access_token}` } });
if (me.status !== 200 || me.data.user.email !== "ada@gmail.com") throw new Error(JSON.stringify(me));

const refused = await signIn({ provider: "nobody", id_token, nonce_token: null, mode: null });
if (refused.status !== 400 || refused.data.error.code !== "unknown_provider") throw new Error(JSON.stringify(refused));

const jwks = await getJwks();
const curves: "P-256"[] = jwks.status === 200 ? jwks.data.keys.map((key) => key.crv) : [];
if (curves.length === 0) throw new Error("no keys");
