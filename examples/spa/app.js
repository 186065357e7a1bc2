// Signs somebody in at the provider by itself, hands the id_token to Latchkey, and calls its API with the tokens that come
// back. Tokens live in these variables and nowhere else: no storage, no address, no log. A reload forgets them.

const PENDING = "pending"; // sessionStorage: what must survive the way to the provider and back. No token.
const EARLY = 30; // Seconds before its end at which an access token is refreshed.

const find = (id) => document.getElementById(id);
const say = (id, text) => {
  find(id).textContent = text;
  find(id).hidden = !text;
};
const on = (id, action) => find(id).addEventListener("click", () => run(action));

let config; // { api, provider, client_id }
let tokens = null; // { access_token, refresh_token }
let timer;
let refreshing = null;

/** An error with a sentence for people. */
class Told extends Error {
  constructor(message, url) {
    super(message);
    this.url = url;
  }
}

async function run(action) {
  say("error", "");
  find("account").hidden = true;
  try {
    await action();
  } catch (error) {
    say("error", error instanceof Told ? error.message : "Something went wrong. Please try again.");
    // An address of Latchkey's own only: nothing that anybody sends may lead elsewhere.
    if (error.url && new URL(error.url, config.api).origin === new URL(config.api).origin) {
      find("account-link").href = error.url;
      find("account").hidden = false;
    }
  }
  draw();
}

/** One call of the API. Its failures are `{ success: false, error: { code, message, url? } }`. */
async function call(path, { method = "GET", body, bearer } = {}) {
  const headers = {};
  if (body) headers["content-type"] = "application/json";
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  let response;
  try {
    // `include`: the nonce comes with a cookie that says that it was given to this browser.
    const credentials = path.startsWith("/api/auth") ? "include" : "omit";
    response = await fetch(config.api + path, { method, headers, body: body && JSON.stringify(body), credentials });
  } catch {
    throw new Told("Latchkey cannot be reached. Is it running, and is this page among its CORS_ORIGINS?");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const wait = response.headers.get("retry-after");
  const told = new Told(answer.error?.message ?? `Latchkey answered ${response.status}.`, answer.error?.url);
  if (wait) told.message += ` Try again in ${wait} seconds.`;
  told.status = response.status;
  throw told;
}

async function signIn() {
  const { nonce, nonce_token } = await call("/api/auth/nonce");
  const [state, verifier] = [random(), random()];
  sessionStorage.setItem(PENDING, JSON.stringify({ state, verifier, nonce_token }));
  const parameters = {
    client_id: config.client_id,
    redirect_uri: `${location.origin}/`,
    response_type: "code",
    scope: "openid email profile",
    state,
    nonce,
    code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
    code_challenge_method: "S256",
  };
  location.assign(`${config.provider}/o/oauth2/v2/auth?${new URLSearchParams(parameters)}`);
}

/** Back from the provider: the code for an id_token, the id_token for our tokens. */
async function comeBack(parameters) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  if (!pending || parameters.get("state") !== pending.state || parameters.get("iss") !== config.provider) {
    throw new Told("That sign-in was not begun in this tab. Please begin again.");
  }
  if (parameters.has("error")) {
    const cancelled = parameters.get("error") === "access_denied";
    throw new Told(cancelled ? "You cancelled the sign-in." : "The provider refused the sign-in.");
  }
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code: parameters.get("code") ?? "",
    redirect_uri: `${location.origin}/`,
    client_id: config.client_id,
    code_verifier: pending.verifier,
  });
  const response = await fetch(`${config.provider}/token`, { method: "POST", body: form }).catch(() => null);
  const { id_token } = response?.ok ? await response.json() : {};
  if (!id_token) throw new Told("The provider gave no id_token. Please begin again.");
  const body = { provider: "google", mode: "token", id_token, nonce_token: pending.nonce_token };
  keep(await call("/api/auth", { method: "POST", body }));
  await me();
}

function keep({ access_token, refresh_token, expires_in }) {
  tokens = { access_token, refresh_token };
  clearTimeout(timer);
  timer = setTimeout(() => run(refresh), Math.max(expires_in - EARLY, 1) * 1000);
}

/** One at a time: a refresh token that is used twice looks stolen. */
function refresh() {
  refreshing ??= rotate().finally(() => (refreshing = null));
  return refreshing;
}

async function rotate() {
  try {
    keep(await call("/api/auth/refresh", { method: "POST", body: { refresh_token: tokens?.refresh_token } }));
  } catch (error) {
    if (error.status === 401) forget();
    // Away for a moment: the refresh token still counts, and is tried again.
    else timer = setTimeout(() => run(refresh), 10_000);
    throw error;
  }
}

async function me() {
  const ask = () => call("/api/me", { bearer: tokens.access_token });
  let answer;
  try {
    answer = await ask();
  } catch (error) {
    if (error.status !== 401) throw error;
    await refresh();
    answer = await ask();
  }
  const { name, email, picture } = answer.user;
  say("name", name ?? "Somebody without a name");
  say("email", email ?? "no e-mail address");
  const image = find("picture");
  image.hidden = !picture;
  if (picture) image.src = picture;
}

async function signOut() {
  // A pair that is under way would come after the sign-out, and this one be used up.
  await refreshing?.catch(() => {});
  if (!tokens) return;
  const { refresh_token } = tokens;
  forget();
  await call("/api/auth/logout", { method: "POST", body: { refresh_token } });
}

function forget() {
  clearTimeout(timer);
  tokens = null;
}

function draw() {
  say("status", tokens ? "You are signed in." : "You are signed out.");
  find("person").hidden = !tokens;
  find("sign-in").hidden = Boolean(tokens);
  for (const id of ["refresh", "sign-out"]) find(id).hidden = !tokens;
}

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

on("sign-in", signIn);
on("refresh", async () => {
  await refresh();
  await me();
});
on("sign-out", signOut);
run(async () => {
  const parameters = new URLSearchParams(location.search);
  // The code leaves the address bar, and the history, before anything else happens.
  history.replaceState(null, "", "/");
  config = await (await fetch("/config.json")).json();
  if (parameters.has("state")) await comeBack(parameters);
});
