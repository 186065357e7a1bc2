// Passkeys. The server renders each place where one can be used ([data-passkey]), with its texts; this script asks the
// browser, and shows or hides what is there. Without it, or in a browser without passkeys, the rest of the page works.

const OPTIONS = "/auth/passkey/options";
const FINISH = "/auth/passkey";
// A challenge is valid for five minutes; a login page may stay open for longer.
const FRESH = 4 * 60 * 1000;

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};

const text = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const descriptors = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

// As PublicKeyCredential.parse…OptionsFromJSON() and toJSON(), which not every browser has and some extensions break.
const fromJson = (options) => {
  const decoded = { ...options, challenge: bytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) decoded.allowCredentials = descriptors(options.allowCredentials);
  if (options.excludeCredentials) decoded.excludeCredentials = descriptors(options.excludeCredentials);
  return decoded;
};

const toJson = ({ rawId, type, response }) => {
  const encoded = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) encoded[name] = text(response[name]);
  }
  const transports = response.getTransports?.();
  if (transports) encoded.transports = transports;
  return { id: text(rawId), rawId: text(rawId), type, response: encoded };
};

const post = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
};

// One ceremony: options, the browser's dialog, the verification. Resolves to what the server says last.
const perform = async (place, how = {}) => {
  const { passkey: step, owner, returnTo } = place.dataset;
  const begun = await post(OPTIONS, owner ? { step, form_owner: owner } : { step });
  if (!begun.publicKey) return begun;
  const publicKey = fromJson(begun.publicKey);
  const ask = publicKey.user ? "create" : "get";
  const credential = toJson(await navigator.credentials[ask]({ ...how, publicKey }));
  const { ceremony } = begun;
  const finished = await post(FINISH, returnTo ? { ceremony, credential, return_to: returnTo } : { ceremony, credential });
  if (finished.error === "passkey_unknown") {
    await signal("signalUnknownCredential", { rpId: publicKey.rpId, credentialId: credential.id });
  }
  return finished;
};

// Tells the password manager; that it does not want to know is no error of the page's.
const signal = async (name, about) => {
  try {
    await PublicKeyCredential[name]?.(about);
  } catch (error) {
    console.debug(name, error);
  }
};

const leave = (location) => {
  const to = new URL(location, document.baseURI);
  if (to.origin !== window.location.origin) return;
  const stays = to.pathname === window.location.pathname && to.search === window.location.search;
  window.location.assign(to);
  // With the same query only the fragment changes, and the message would be the old one.
  if (stays) window.location.reload();
};

const show = (place, what) => {
  let shown;
  for (const message of place.querySelectorAll("[data-passkey-message]")) {
    message.hidden = message.dataset.passkeyMessage !== what;
    if (!message.hidden) shown = message;
  }
  return shown;
};

// The answer to a click, so it gets the focus.
const say = (place, what) => {
  const message = show(place, what);
  if (!message) return;
  message.role = "alert";
  message.focus();
};

const messageOf = (error) => {
  if (error.name === "InvalidStateError") return "exists";
  return error.name === "NotAllowedError" || error.name === "AbortError" ? "cancelled" : "failed";
};

const enableButton = (place, waiting) => {
  const button = place.querySelector("button");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    waiting?.abort();
    say(place, "");
    button.disabled = true;
    place.classList.add("is-busy");
    try {
      const { location } = await perform(place);
      if (location) return leave(location);
      say(place, "failed");
    } catch (error) {
      say(place, messageOf(error));
    }
    button.disabled = false;
    place.classList.remove("is-busy");
  });
};

// Sign-in by autofill: the browser offers passkeys in the email field.
const offerInField = (place) => {
  let controller;
  const offer = async () => {
    controller = new AbortController();
    const { signal: aborted } = controller;
    const stale = setTimeout(() => controller.abort("stale"), FRESH);
    try {
      const { location } = await perform(place, { mediation: "conditional", signal: aborted });
      if (location) leave(location);
    } catch (error) {
      if (aborted.reason === "stale") return whenVisible(offer);
      console.debug("autofill", error);
    } finally {
      clearTimeout(stale);
    }
  };
  offer();
  return { abort: () => controller.abort() };
};

const whenVisible = (act) => {
  if (document.visibilityState === "visible") return act();
  document.addEventListener("visibilitychange", () => whenVisible(act), { once: true });
};

// After a sign-in with a password: the password manager may add a passkey by itself. Once per tab.
const upgrade = async (place) => {
  const can = await PublicKeyCredential.getClientCapabilities?.();
  if (!can?.conditionalCreate || sessionStorage.getItem("passkey-upgrade")) return;
  sessionStorage.setItem("passkey-upgrade", "tried");
  try {
    await perform(place, { mediation: "conditional" });
  } catch (error) {
    console.debug("upgrade", error);
  }
};

const tellPasswordManager = async ({ rp: rpId, user: userId, accepted, name, displayName }) => {
  const allAcceptedCredentialIds = accepted.split(" ").filter(Boolean);
  await signal("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds });
  await signal("signalCurrentUserDetails", { rpId, userId, name, displayName });
};

const start = async (place) => {
  const { passkey: step, accepted } = place.dataset;
  if (!window.PublicKeyCredential) return show(place, "unsupported");
  if (step === "upgrade") return upgrade(place);
  if (accepted !== undefined) tellPasswordManager(place.dataset);
  const field = document.querySelector("[autocomplete~=webauthn]");
  const offers = step === "sign_in" && field && (await PublicKeyCredential.isConditionalMediationAvailable?.());
  enableButton(place, offers ? offerInField(place) : undefined);
};

for (const place of document.querySelectorAll("[data-passkey]")) start(place);
