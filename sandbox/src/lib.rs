//! Mock sign-in providers and a mail server for development and tests.
//!
//! The sandbox implements Google, Apple, Microsoft, GitHub, Facebook, X, Discord, GitLab, LinkedIn and a generic OpenID
//! provider over HTTP on loopback, so an application under test needs no special code, only other endpoint URLs. It shares no code with Latchkey: both implement
//! the same standards independently. Everything is in memory, bounded, and lost on exit.
//!
//! ```no_run
//! # async fn demo() -> Result<(), latchkey_sandbox::SandboxError> {
//! use latchkey_sandbox::{Sandbox, Settings};
//! let sandbox = Sandbox::start(Settings::default()).await?;
//! println!("mock Google: {}", sandbox.google_issuer());
//! sandbox.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! The README has examples for Rust, Playwright and curl.
//!
//! # Layout
//! * One folder per provider; its `mod.rs` documents the provider's quirks. To add one, create a folder with a static `FACTS`
//!   (see `mock_provider`) and add a line to `state.rs`. Its client is `sandbox-<slug>`.
//! * `authorize`: the authorization endpoint of providers without special behaviour there, described by an `AuthorizePage`.
//! * `chooser` (account chooser and consent screen), `clients`, `persons`, `keys`, `id_token`, `token_store` (codes, tokens,
//!   consents, browser sessions): shared by all providers.
//! * `recording`: the layer that logs each request and applies armed `faults`, so that the providers' handlers implement
//!   correct behaviour only. `log` is the request log, `control` the control API and page.
//! * `mail`: the SMTP server and the inbox. `authenticator`: an authenticator app with the present codes, at `/authenticator`.
//!
//! # Signing in without a browser
//! `Q` is the unchanged query of the authorization request.
//!
//! | step | request | response |
//! |---|---|---|
//! | start | `GET /google/o/oauth2/v2/auth?Q` | 200 with the account chooser, or 303 to the consent screen or the client |
//! | choose | `POST /google/o/oauth2/v2/auth/person?Q` with `person=<id>`, or `person=new&email=…&name=…&verified=yes\|no` | 303 to the consent screen or the client |
//! | consent screen | `GET /google/o/oauth2/v2/auth/consent?Q&person=<id>` | 200 |
//! | decide | `POST /google/o/oauth2/v2/auth/consent?Q` with `person=<id>&decision=allow\|deny`, and `scope=<extra scope>` for each checked box | 303 to the client |
//! | sign out | `POST /google/signout` | 303 to `/`; signs all users out of this browser |
//!
//! `decide` works without the earlier steps: one POST is a complete sign-in. Sign-in scopes are always granted, extra scopes
//! only if they are among the `scope` fields.
//!
//! The other providers work the same way, with `/person` and `/consent` below their authorization endpoint:
//!
//! | provider | authorization endpoint | consent |
//! |---|---|---|
//! | GitHub | `/github/login/oauth/authorize` | without any `scope` field, everything is granted; with one, declinable scopes (Facebook's `email`) must be named |
//! | Facebook | `/facebook/v<NN>/dialog/oauth` | as GitHub |
//! | X | `/x/i/oauth2/authorize` | as GitHub |
//! | Discord | `/discord/oauth2/authorize` | as GitHub |
//! | GitLab | `/gitlab/oauth/authorize` | as GitHub |
//! | generic | `/oidc/authorize` | all or nothing |
//! | Microsoft | `/microsoft/<tenant>/oauth2/v2.0/authorize` | all or nothing |
//! | Apple | `/apple/auth/authorize` | also `email=share\|hide`, `firstName`, `lastName` |
//!
//! With `response_mode=form_post` the response is 200 with one form: POST its hidden fields to its `action`.
//!
//! # The Sign in with Google button (redirect mode)
//! `GET /google/gsi/button?client_id=…&login_uri=…&nonce=…` (nonce optional) is the chooser. `POST
//! /google/gsi/button/person?Q` with `person=<id>` returns a form that posts `credential` (an id_token with `aud`
//! `client_id`), `g_csrf_token` and `select_by` to `login_uri`, and sets the cookie `g_csrf_token` for the host. Faults of
//! `authorization_response` change the form's fields and, as `g_csrf_cookie`, the cookie; see the presets `gsi_…`.
//!
//! # Public client
//! `sandbox-google-spa` is a Google client for pages and apps: no secret, PKCE required, any loopback redirect URI, and pages
//! on loopback may call the token endpoint (CORS). `/control/variables` lists it as `GOOGLE_API_CLIENT_IDS`.
//!
//! # Google APIs
//! `{origin}/google-api` (`GOOGLE_API_URL`, [`Sandbox::google_api_url`]) replaces `https://www.googleapis.com`. Calls need an
//! access token in `Authorization: Bearer`.
//!
//! | request | scope | parameters |
//! |---|---|---|
//! | `GET /google-api/drive/v3/files` | `drive.metadata.readonly`, `drive.readonly` or `drive` | `pageSize` (default 100, maximum 1,000), `pageToken`, `q`, `orderBy`, `fields`, `spaces=drive`, `corpora=user\|drive\|allDrives`, `driveId`, `supportsAllDrives`, `includeItemsFromAllDrives` |
//! | `GET /google-api/drive/v3/files/{id}` | the same | `fields`, `supportsAllDrives`; the id `root` is "My Drive" |
//! | `GET /google-api/calendar/v3/calendars/primary/events` | `calendar.events.readonly`, `calendar.events`, `calendar.readonly` or `calendar` | `timeMin`, `timeMax`, `maxResults` (default 250, maximum 2,500), `pageToken`, `singleEvents`, `orderBy=startTime`, `eventTypes`, `maxAttendees`, `fields` |
//!
//! Names in `fields` and parameters that Google's discovery documents do not have are a 400. Google's own clients work with it
//! (`scripts/interop-google-clients`): the APIs are also below `{origin}`, where these clients look for them when they are given a
//! root URL, and the keys are certificates at `/oauth2/v1/certs`. Any other path of these APIs is a 404 in JSON.
//!
//! `q` is a sequence of terms joined by `and` and `or`, evaluated from left to right, with `not` and parentheses:
//! `'<id>' in parents`, `name contains|=|!= '…'`, `mimeType contains|=|!= '…'`, `trashed|starred =|!= true|false`. Inside
//! quotes, escape `\'` and `\\`. `orderBy` keys are `folder`, `name`, `name_natural`, `modifiedTime`, `createdTime`,
//! `quotaBytesUsed` and `starred`, each optionally followed by `desc`. Errors use Google's envelope: 400 `invalid` or
//! `invalidParameter`, 401 `required` or `authError`, 403 `insufficientPermissions`, 404 `notFound`; for quota errors use the
//! presets `drive_…`.
//!
//! Each user has a drive of 300 files in folders four levels deep, derived from the user's subject and the same after a
//! restart: all common types, three owners, some trashed, some shared and in no folder, some with names that break pages, one
//! from the future. `long` has 50,000 files, `plain` none. Each user but `plain` has a calendar of nine events, one of them
//! daily for five days. Times are relative to the sandbox's clock, which also expires access tokens (after 3,599 seconds).
//!
//! # Control API
//! JSON. `GET` reads; `POST` (with `content-type: application/json`) changes something and returns the new state. A request
//! with another site's `Origin` is rejected; without `Origin` it is accepted.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `GET /control/state` | | persons, armed misbehaviour, auto consent, key ids, clock, counts |
//! | `GET /control/variables` | | environment variables that configure an application for all providers |
//! | `GET /control/presets` | | the named misbehaviours of `presets.json` |
//! | `GET /control/requests?endpoint=token` | | `{"total", "count", "requests": […]}`; the filter is optional |
//! | `POST /control/requests/clear` | | clears the request log |
//! | `POST /control/reset` | | resets everything, including the signing key |
//! | `POST /control/clock` | `{"offset_seconds": 61}` | sets the sandbox's clock relative to the system's |
//! | `POST /control/persons` | `{"email", "name", "email_verified", "hd", "picture", "sub", "id"}`, all optional | creates a person and returns it |
//! | `POST /control/persons/{id}` | the same; `null` removes | changes a person |
//! | `GET /control/emails?to=ada@example.com` | | `{"emails": [{"id", "from", "to": […], "subject", "text", "html", "links": […], "received_at", "source"}]}`, oldest first; the filter is optional |
//! | `POST /control/emails/clear` | | empties the inbox |
//! | `POST /control/mail` | `{"behave": "greylist", "times": n\|null}` | makes the mail server misbehave, see [below](#mail) |
//!
//! The following work for every provider; replace `google` by another one's slug.
//!
//! | request | body | effect |
//! |---|---|---|
//! | `POST /control/google/auto_consent` | `{"person": "ada", "scopes": […]\|null, "decision": "allow"\|"deny", "times": n\|null}` | answers the next authorization requests without a page; without `scopes`, all are granted; `{"person": null}` turns it off |
//! | `POST /control/google/id_token` | `{"person"?, "times"?, "patch": {…}}` | changes id_tokens |
//! | `POST /control/google/faults` | `{"endpoint", "fault": {…}, "person"?, "times"?}` | arms a fault at an endpoint |
//! | `POST /control/google/presets` | `{"preset": "wrong_nonce", "person"?, "times"?}` | arms a named misbehaviour |
//! | `POST /control/google/iss` | `{"iss": "off"\|"right"\|"wrong", "person"?, "times"?}` | sets `iss` in the authorization response; otherwise as the provider does |
//! | `POST /control/oidc/configure` | any members of `{"sign": "es512", "auth_methods": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"], "client_secret": "…", "decodes_basic": false, "client_key": {JWK}, "rejected_prompts": ["select_account"], "auth_time": "seconds"\|"fraction"\|"null"\|"zero"\|"absent", "userinfo_only": ["email"], "numeric_sub": true, "iss_beside_codes_only": true}` | the generic provider only: replaces its behaviour; absent members have their defaults |
//! | `POST /control/google/behave` | `{"person"?}` | removes all of the above for that person, or for everyone |
//! | `POST /control/google/forget_consent` | `{"person"?}` | the consent screen is shown again |
//! | `POST /control/google/keys` | `{"action": "rotate"\|"rotate_before_signing"\|"withdraw_old"}` | rotates keys |
//! | `POST /control/google/mint` | `{"kind": "access_token", "person", "client_id"?, "scopes"?, "expires_in"?}` | issues a token without a sign-in, for any client (default: the registered one): `{"access_token"}` |
//! | `POST /control/microsoft/keys` | `{"action": "for_app", "client_id"}` | gives an application a signing key of its own |
//! | `POST /control/google/mint` | `{"kind": "id_token", "person", "client_id"?, "scopes"?, "nonce"?}` | Google and Microsoft: `{"id_token"}`, with the person's armed patches |
//! | `POST /control/google/mint` | `{"kind": "service_account", "client_id"?, "scopes"?}` | Google only: an access token of a service account, whose client is its own number |
//! | `POST /control/google/event` | `{"event": "logout"\|"sessions-revoked"\|"account-disabled"\|…, "person", "reason"?, "patch"?, "to"?}` | signs a logout token, a security event token or Apple's notification, and posts it to the application's endpoint `to`: `{"token", "status", "body"}`; without `to` only `{"token"}` |
//! | `POST /control/facebook/event` | `{"event": "deauthorized"\|"data-deletion", "person", "patch"?, "to"?}` | the same with a `signed_request`: `{"status", "body"}`; without `to` the request itself: `{"body", "headers"}` |
//! | `POST /control/github/event` | `{"event": "revoked"\|"ping"\|…, "person", "patch"?, "to"?}` | the same with a delivery of GitHub's webhook |
//!
//! `times` is how often a rule applies (absent or `null`: until disarmed). `person` limits it to requests with that person's
//! code or token; such a rule takes precedence over one for everyone.
//!
//! ## Mail
//! The mail server ([`Sandbox::smtp_url`]) accepts email to any address and delivers none. The inbox is at `/inbox` (filter:
//! `?to=…`), `/inbox/{id}` and, as HTML in an opaque origin, `/inbox/{id}/html`. It keeps the newest 500 emails of at most
//! 1 MiB each.
//!
//! | `behave` | effect | `times` counts |
//! |---|---|---|
//! | `normal` | emails are accepted | |
//! | `refuse_connections` | connections are closed before the greeting | connections |
//! | `hang` | connections are accepted, but nothing is sent | connections |
//! | `greylist` | 451 to RCPT | recipients |
//! | `reject` | 550 5.1.1 to RCPT: no such mailbox | recipients |
//! | `deny_relay` | 554 5.7.1 to RCPT: the client may not send, as Postfix says it | recipients |
//! | `drop_after_data` | the email is kept, and the connection breaks before the confirmation | emails |
//!
//! ## id_token patch
//! `{"claims": {"nonce": null}, "remove": ["exp"], "header": {"kid": "x"}, "remove_header": ["kid"], "sign": "rs256"}`, all
//! optional. `{"$now": -61}` is the sandbox's time plus seconds (`"as": "string"` or `"float"` changes the type),
//! `{"$raw": "1e400"}` is inserted verbatim, `{origin}` in a string is the sandbox's origin, and `{value}` the original value
//! of a string member. `sign` is `rs256`, `rs384`, `rs512`, `ps256`, `ps384`, `ps512`, `es256`, `es384`, `es512`, `eddsa`,
//! `ed25519` (the generic provider alone publishes keys for the last five), `none`, `hs256_public_key` (PEM), `hs256_public_key_der`,
//! `hs256_client_secret`, `bad_signature` (one bit flipped), `unpublished_key` (an attacker's key under the published `kid`)
//! or `embedded_key` (an attacker's key in the header's `jwk`). With `"refreshed": true` the patch applies only to id_tokens
//! of Google's refresh responses.
//!
//! ## Faults
//! `endpoint` is `discovery`, `authorize`, `authorization_response`, `token`, `refresh` (the token endpoint with a refresh
//! token; logged as `token`), `userinfo` (also GitHub's `/user` and the `me` endpoints of Facebook, X and Discord), `certs`,
//! `revoke`, `tokeninfo` (also GitHub's token check and Facebook's `debug_token`), `emails` (GitHub), `files` (Drive) or
//! `events` (Calendar).
//!
//! | fault | effect |
//! |---|---|
//! | `{"kind": "status", "status": 503, "retry_after": "30"}` | that status; the handler does not run (a code stays unused) |
//! | `{"kind": "answer", "status": 200, "content_type": "text/html", "headers": {"retry-after": "30"}, "body": "…"}` | that response (`headers` optional); the handler does not run |
//! | `{"kind": "redirect", "status": 307, "to": "{origin}/trap/x"}` | a redirect, by default to `/trap/…`, where the log shows who follows; the handler does not run |
//! | `{"kind": "hang"}` | no response until shutdown |
//! | `{"kind": "slow", "delay_ms": 500}` | the normal response after a delay |
//! | `{"kind": "patch", "set": {…}, "remove": […]}` | changes members of the JSON response; at `authorization_response` its parameters, where an array repeats a parameter and `{value}` is the original value |
//! | `{"kind": "huge", "bytes": 10485760}` | adds that much padding to the JSON response |
//! | `{"kind": "many_keys", "count": 10000}` | puts that many other keys before the JWK set's own |
//! | `{"kind": "rotate"}` | at `refresh`: returns a new refresh token and invalidates the presented one |
//! | `{"kind": "truncated"}` | the first half of the body, as a complete HTTP message |
//! | `{"kind": "half_closed"}` | the first half of the body, then the connection breaks |
//! | `{"kind": "drip", "chunk_bytes": 1, "delay_ms": 200}` | the body in small pieces |

mod apple;
mod authenticator;
mod authorize;
mod avatar;
mod basic;
mod bounded_map;
mod breached;
mod browser;
mod certificate;
mod chooser;
mod clients;
mod control;
mod discord;
mod facebook;
mod faults;
mod fields;
mod form_post;
mod github;
mod gitlab;
mod google;
mod guard;
mod id_token;
mod iss;
mod keys;
mod landing;
mod linkedin;
mod log;
mod mail;
mod microsoft;
mod mock_provider;
mod oidc;
mod other_keys;
mod page;
mod persons;
mod pkce;
mod recording;
mod redeem;
mod response;
mod rotate;
mod rules;
mod server;
mod state;
mod tamper;
mod template;
mod throttle;
mod token_store;
mod urls;
mod variables;
mod x;

pub use apple::apple_private_key_pem;
pub use clients::{APPLE_CLIENT_ID, APPLE_KEY_ID, APPLE_TEAM_ID, AppleClient};
pub use clients::{Client, Clients, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GOOGLE_SPA_CLIENT_ID, REDIRECT_PATH};
pub use clients::{FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET};
pub use clients::{MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET};
pub use clients::{X_CLIENT_ID, X_CLIENT_SECRET};
pub use microsoft::{MICROSOFT_PERSONAL_TENANT, microsoft_tenant_of};
pub use server::{Sandbox, SandboxError, Settings};
