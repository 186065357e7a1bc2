//! The list, in the order of a flow.

use crate::inspect::source::{
    Reference::{OpenIdConnect, Rfc, WebAuthn},
    Source,
};

const ID_TOKEN: &str = "src/oidc/id_token/mod.rs";
const CLAIMS: &str = "src/oidc/id_token/payload.rs";
const TIMES: &str = "src/oidc/id_token/times.rs";
const HASHES: &str = "src/oidc/id_token/hashes.rs";
const RESPONSE: &str = "src/oauth/authorization_response.rs";
const EVENT: &str = "src/oidc/security_event/mod.rs";
const CALLBACK: &str = "src/sessions/authorization_callback.rs";

checks! {
    FlowCookie = "Flow of this browser", Source::of("src/sessions/flow_cookies.rs", Rfc(6749, "10.12")),
        "Did this very browser start the flow? Its sealed cookie is looked up by the state of the response.",
        "An attacker starts a sign-in, keeps the last redirect, and lets a victim open it: the victim is then signed in as the attacker, and stores a card or a file in the attacker's account (login CSRF).",
        "Start again from the login page, in one browser and at one host name. If it happens to many users, look for a proxy that drops cookies.";
    FlowAge = "Age of the flow", Source::of("src/relying_party/flow.rs", Rfc(9700, "4.7")),
        "Did the response come within ten minutes?",
        "A response that leaked long ago, in a history or a log, could still be completed.",
        "Sign in again. If the ten minutes are never enough, compare this server's clock with the real time.";
    FlowUnused = "First response", Source::of("src/store/sessions/used_flows.rs", Rfc(6749, "10.5")),
        "Is this the first response to the flow? It is marked used in the database before anything is sent to the provider.",
        "Anyone who finds the URL of a callback in a history, a log or a Referer header could send it again; and a code that is sent twice makes the provider revoke what it issued.",
        "Nothing, if you went back or reloaded: start again. The code of the first response was not sent again.";
    ProviderOfPath = "Redirect URI of this provider", Source::of(CALLBACK, Rfc(9700, "4.4.2")),
        "Did the response arrive at the redirect URI of the provider that was asked?",
        "With two providers, a malicious one could have the honest one's code sent to it (mix-up).",
        "Compare the redirect URIs that are registered at the providers: each has its own.";
    ProviderUnchanged = "Same provider as at the start", Source::ours("src/relying_party/complete.rs"),
        "Is the provider still enabled, with the issuer that it had at the start?",
        "A response could be verified by settings that were not in force when the user chose the provider.",
        "Sign in again: the configuration changed in between.";
    State = "state", Source::of(RESPONSE, Rfc(6749, "10.12")),
        "Is the state of the response the one that was sent, compared in constant time?",
        "Anybody could hand this browser a response to a request that it never made (CSRF).",
        "Start again. If it happens always, something between the provider and here rewrites the query.";
    ResponseIssuer = "iss of the response", Source::of(RESPONSE, Rfc(9207, "2.4")),
        "Does the response name the issuer that was asked? It must, if the provider's metadata announces it.",
        "A malicious provider could pass off its response as that of an honest one, and receive its code (mix-up).",
        "Compare the configured issuer with the provider's discovery document, to the last slash.";
    ResponseError = "No error", Source::of("src/oauth/authorization_error.rs", Rfc(6749, "4.1.2.1")),
        "Did the provider send a code, and no error?",
        "A refused sign-in would look like a broken one, and the user would not learn why.",
        "Read the provider's error: access_denied means that the user cancelled; most others mean a wrong registration.";
    Code = "code", Source::of(RESPONSE, Rfc(6749, "4.1.2")),
        "Is there exactly one code, of printable characters?",
        "Of two codes, two readers could take different ones; a strange character could end up in a header.",
        "Start again. If it happens always, look for a proxy that changes the query.";
    TokenResponse = "Token response", Source::of("src/oauth/token_response.rs", Rfc(6749, "5.1")),
        "Is the answer of the token endpoint a bearer token, and no error, whatever its status says?",
        "Some providers report errors with status 200: a client that looked at the status alone signed users in without a token (CVE-2021-41580).",
        "invalid_client: the client id or secret is wrong. invalid_grant: the code was used, expired, or the redirect URI or the verifier differ. redirect_uri_mismatch: register the URI exactly as shown above.";
    Answer = "Answer in time", Source::ours("src/relying_party/http.rs"),
        "Did the provider answer, within ten seconds?",
        "A provider that hangs would hold a task, a connection and the user for minutes; enough of them would stop every other sign-in.",
        "Nothing here: the provider is slow or down. After some failures this server stops asking it for a while.";
    Shape = "Three parts", Source::of(ID_TOKEN, Rfc(7515, "3.1")),
        "Is the token a signed JWT of three parts, at most 16 KiB?",
        "An encrypted or unsigned token would reach code that expects a signed one.",
        "The provider sent something else: ask for a signed id_token in the client's registration.";
    Header = "Header", Source::of("src/oidc/id_token/header.rs", Rfc(8725, "3.1")),
        "Is the algorithm one that this provider uses, the type a JWT, and no key or critical extension in the header?",
        "The classic attacks: alg none needs no signature; alg HS256 takes the provider's public key for a shared secret; a key in the header lets the attacker bring their own.",
        "If the provider changed its algorithm, its page in src/providers lists the accepted ones.";
    Key = "Key", Source::of("src/oidc/jwks/mod.rs", OpenIdConnect("3.1.3.7")),
        "Does the provider's key set have the key that the header names? An unknown one causes one new fetch.",
        "A token could be checked with a key of someone else, or with one that was withdrawn.",
        "The provider rotated its keys and publishes an old set, or the issuer is wrong. Run `latchkey doctor`.";
    Signature = "Signature", Source::of(ID_TOKEN, Rfc(7515, "5.2")),
        "Was the token signed with that key? Nothing in it is believed before.",
        "Anybody could write a token about anybody.",
        "The token was changed, or comes from another issuer. Nothing to fix here.";
    Payload = "Claims", Source::of(CLAIMS, Rfc(7519, "4")),
        "Are the claims one JSON object, in which no claim that is read occurs twice?",
        "Of two claims with one name, two readers could take different ones.",
        "The provider sent malformed JSON: report it there.";
    Kind = "Kind of token", Source::of(CLAIMS, Rfc(8725, "3.12")),
        "Is it an id_token, and no logout token or security event?",
        "A logout token has a valid signature of the same issuer: it would sign a user in.",
        "The provider sent the wrong kind of token: report it there.";
    Issuer = "iss", Source::of(CLAIMS, OpenIdConnect("3.1.3.7")),
        "Did the provider that was asked issue the token?",
        "One provider's token would be accepted for another's user of the same number.",
        "Compare the configured issuer with the token's, to the last slash.";
    Audience = "aud", Source::of(CLAIMS, OpenIdConnect("3.1.3.7")),
        "Was the token issued to this application?",
        "Any other application that you sign in to could take your token and sign in here as you.",
        "Compare the client id of the configuration with the one at the provider.";
    AuthorizedParty = "azp", Source::of(CLAIMS, OpenIdConnect("2")),
        "If the token names the client that it was issued to: is that this application?",
        "A token for several applications could be brought here by one of the others.",
        "Compare the client id of the configuration with the one at the provider.";
    Expiry = "exp", Source::of(TIMES, OpenIdConnect("3.1.3.7")),
        "Is the token still valid, with a minute for clocks that differ?",
        "A token that leaked yesterday would sign in today.",
        "Compare this server's clock with the real time: `latchkey doctor` shows the difference to the provider's.";
    IssuedAt = "iat", Source::of(TIMES, OpenIdConnect("3.1.3.7")),
        "Was it issued in the past, and not too long ago?",
        "A token could be prepared for a time when it can no longer be revoked.",
        "Compare this server's clock with the real time: `latchkey doctor` shows the difference to the provider's.";
    NotBefore = "nbf", Source::of(TIMES, Rfc(7519, "4.1.5")),
        "If it has a first moment of validity: has that passed?",
        "A token would count before its issuer wants it to.",
        "Compare this server's clock with the real time.";
    Nonce = "nonce", Source::of(CLAIMS, OpenIdConnect("3.1.3.7")),
        "Does the token have the nonce of this very request?",
        "A token that was stolen in another flow could be put into this one (token injection).",
        "Start again. If it happens always, the provider drops the nonce: its page in src/providers has to say so.";
    AccessTokenHash = "at_hash", Source::of(HASHES, OpenIdConnect("3.1.3.6")),
        "If the token has the hash of an access token: is it that of the access token that came with it?",
        "An access token of another user could be slipped in beside a genuine id_token.",
        "The token response was put together of two: report it to the provider.";
    CodeHash = "c_hash", Source::of(HASHES, OpenIdConnect("3.1.3.6")),
        "If the token has the hash of a code: is it that of the code that was exchanged?",
        "A code of another user could be slipped in beside a genuine id_token.",
        "The token response was put together of two: report it to the provider.";
    Subject = "sub", Source::of(CLAIMS, OpenIdConnect("2")),
        "Does the token name its user, in 1 to 255 printable characters?",
        "An empty subject would make all users of the provider one.",
        "The provider sent an unusable id: report it there.";
    AuthTime = "auth_time", Source::of(TIMES, OpenIdConnect("3.1.2.1")),
        "If a fresh sign-in was asked for: when did the user authenticate at the provider?",
        "A browser that was left open could confirm the deletion of the account.",
        "Sign in again at the provider. If it never says when, another method has to confirm.";
    Acr = "acr", Source::of(CLAIMS, OpenIdConnect("2")),
        "If a level of assurance was asked for: is it the token's?",
        "A sign-in with a password would pass for one with a second factor.",
        "Ask the provider's administrator which levels the client may request.";
    MessageKind = "Kind of message", Source::of(EVENT, Rfc(8417, "2.2")),
        "Is it a message, with events and without a nonce, and no id_token?",
        "Anyone who has got hold of a user's id_token could post it here, to end that user's sessions.",
        "The sender posts another kind of token: compare the endpoint that is registered at the provider.";
    MessageAudience = "aud of the message", Source::of(EVENT, Rfc(8417, "2.2")),
        "Is the message addressed to this application?",
        "The operator of another application could post the messages that it receives here, and end sessions of users who did nothing.",
        "Compare the client id of the configuration with the one at the provider.";
    MessageAge = "Age of the message", Source::of(EVENT, Rfc(8417, "2.2")),
        "Was it sent in the past, and lately? A logout within ten minutes, another message within a week.",
        "A message that was recorded long ago would be carried out, and its id would have to be kept without end.",
        "Compare this server's clock with the real time: `latchkey doctor` shows the difference to the provider's.";
    MessageClaims = "Claims of the message", Source::of(EVENT, Rfc(8417, "2.2")),
        "Has it an id, one to eight events, and a subject or session of which each name occurs once?",
        "Of two subjects, two readers could take different ones; without an id, a message could be sent again and again.",
        "The provider sent an unusable message: report it there.";
    MessageMac = "Form and MAC of the message", Source::of("src/providers/message.rs", Rfc(2104, "2")),
        "Is the message of the provider's documented form, and was it made with the secret that only the provider and this server have?",
        "Anyone could post messages that end sessions or have data deleted.",
        "Compare the secret of the configuration with the one at the provider.";
    UserinfoSubject = "sub of userinfo", Source::of("src/oidc/userinfo/mod.rs", OpenIdConnect("5.3.2")),
        "Is userinfo about the user of the id_token?",
        "The email address of another user could be put beside this one's id.",
        "The access token belongs to someone else: report it to the provider.";
    Admitted = "Account of an admitted domain", Source::ours("src/relying_party/id_token.rs"),
        "Does the configuration admit accounts of this domain?",
        "Any account of the provider could sign in where only your organisation's should.",
        "Choose an account of your organisation, or change the provider's settings.";
    Password = "Password", Source::ours("src/account/sign_in_with_password.rs"),
        "Is it the password of the account with this address? An unknown address costs the same work and gets the same answer.",
        "Anyone who knows an address could open its account; and a different answer would tell who has one.",
        "Try again, or reset the password by email.";
    EmailCode = "Code from the email", Source::ours("src/store/email/sign_in_codes.rs"),
        "Is it the code that this browser asked for, within ten minutes and five tries, and not used?",
        "Anyone could guess codes without end, or type in another browser one that they saw.",
        "Ask for another code, in the browser in which you type it.";
    SecondFactor = "Second factor", Source::of("src/totp/code.rs", Rfc(6238, "5.2")),
        "Is it a code of the account's authenticator app that was not used before, or one of its recovery codes?",
        "Anyone with a stolen password could sign in by it alone; and who watches a code could use it again.",
        "Compare the clock of the phone with the real time, or use a recovery code.";
    Passkey = "Signature of the passkey", Source::of("src/webauthn/authentication.rs", WebAuthn("sctn-verifying-assertion")),
        "Did the authenticator sign this very challenge, for this site, in this browser, with a key that is registered?",
        "A page that imitates this one could pass on what its visitors sign; an old signature could be sent again.",
        "Use the passkey on this site's own address. If it was removed here, remove it from the device too.";
    EmailLink = "Link of the email", Source::ours("src/account/email_link.rs"),
        "Does this browser hold the token of a link that was sent, has not expired, and is for this step?",
        "Anyone could confirm an address whose mailbox they cannot read.",
        "Request another email: a link works once, and not for long.";
    RefreshToken = "Refresh token", Source::of("src/store/sessions/rotation.rs", Rfc(9700, "4.14.2")),
        "Is it the session's current refresh token? Each works once; the last one may be repeated after a lost answer.",
        "A thief with a copy could use the session for weeks, beside its owner, and nobody would notice.",
        "Sign in again. If a client stores tokens in two places, let only one of them refresh.";
    Policy = "Linking policy", Source::ours("src/accounts/decide.rs"),
        "Which user does this profile belong to, and may it sign in? The reasons are listed above.",
        "Eve registers Ada's email address at a provider that does not verify it, and opens Ada's account with it.",
        "Read the reasons: each is one sentence. `latchkey explain-link` simulates other cases.";
}
