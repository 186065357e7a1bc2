//! # Latchkey, the tour
//!
//! Sign-in for Rust web applications. Each room below is one paragraph; read them in this order and you have read the
//! application. A room imports only earlier rooms, and `tests/it/rooms` checks that. Pure rooms take time and randomness
//! as arguments.

/// **codes** are the closed lists that travel: what a page reads from its URL, and what a program reads from an
/// answer. Codes, never text. Both targets.
pub mod codes;

/// **oauth** speaks RFC 6749, 7636 and 9207 and nothing else: it builds the authorization request and the token
/// request and checks the answers. It opens no socket and imports no other room.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod oauth;

/// **oidc** is OpenID Connect on top: the discovery document, the JWK set, the id_token and its claims, userinfo.
/// Bytes go in; verified claims or a typed error come out.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod oidc;

/// **webauthn** is Web Authentication Level 3: options for a browser, and the verification of a passkey's registration
/// and signature. Pure, as the two before it.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod webauthn;

/// **totp** is RFC 6238: the codes of an authenticator app, and the QR code by which the app learns the secret. Pure, as
/// those before it.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod totp;

/// **providers** describes each provider on one page (endpoints, scopes, quirks) and turns its documents into a
/// `Profile`. Data, no I/O.
#[cfg(feature = "ssr")]
pub mod providers;

/// **accounts** is the domain: users, identities, verified and claimed email addresses, and the linking policy
/// `decide`, total and pure.
#[cfg(feature = "ssr")]
pub mod accounts;

/// **sealing** encrypts and authenticates what leaves the process and must come back unread and unchanged: cookies,
/// and secrets in the database.
#[cfg(feature = "ssr")]
pub mod sealing;

/// **inspect** records what a flow sent, checked, decided and wrote, for a page and a command that show it. The rooms report
/// to it as to the log; secrets' types do not fit into what it keeps.
#[cfg(feature = "ssr")]
pub mod inspect;

/// **traces** collects spans and sends them to an OpenTelemetry collector; only with the feature `otlp`.
#[cfg(feature = "otlp")]
pub mod traces;

/// **limits** counts events by key, in bounded memory.
#[cfg(feature = "ssr")]
pub mod limits;

/// **metrics** counts and times for Prometheus. Its labels are closed lists: no request adds a series.
#[cfg(feature = "ssr")]
pub mod metrics;

/// **passwords** hashes and verifies passwords on a bounded number of threads, and limits the attempts per account.
/// `accounts` decides which passwords are acceptable.
#[cfg(feature = "ssr")]
pub mod passwords;

/// **store** is the database: named queries, portable between SQLite and PostgreSQL. `settle` gathers the facts, asks
/// `accounts::decide`, and carries out the answer in the same transaction.
#[cfg(feature = "ssr")]
pub mod store;

/// **relying_party** runs the flow: `begin` makes the authorization URL and the pending flow, `complete` turns the
/// response into a verified profile. It is the only room that sends HTTP requests to providers; time-outs, size limits,
/// the JWK set cache and the circuit breakers live here.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod relying_party;

/// **grants** manages access beyond sign-in, such as Google Drive: tokens sealed at rest, one refresh shared by all who
/// need it, revocation when the access ends. Scopes are types.
#[cfg(feature = "ssr")]
pub mod grants;

/// **drive** lists files of Google Drive: one request, and a tolerant reader that makes the answer safe to show.
#[cfg(feature = "ssr")]
pub mod drive;

/// **calendar** lists the next events of Google Calendar, through the same grants.
#[cfg(feature = "ssr")]
pub mod calendar;

/// **tokens** represent a session where no cookie does: signed access tokens that live five minutes, refresh tokens
/// that work once, and signing keys that rotate on a schedule.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod tokens;

/// **sessions** knows the browser: its session (a cookie, or tokens in two cookies), the sealed cookies of pending
/// flows, the signed-in user of a request, and the authorization callback, where a session begins.
#[cfg(feature = "ssr")]
pub mod sessions;

/// **mail** renders emails as subject, text and HTML and delivers the store's outbox over SMTP, at least once. An email
/// to an unverified address contains no text that a stranger chose.
#[cfg(feature = "ssr")]
pub mod mail;

/// **account** has the use cases: sign up, sign in with a password, recover, link, unlink, re-authenticate, change,
/// undo, delete, and sign in with a token that a provider gave to a front end. One file per use case: the server
/// function of its form, and what it does.
#[cfg(feature = "ssr")]
pub mod account;

/// **admin** is what operators see and do: users and the audit trail, by command, as text and as JSON.
#[cfg(feature = "ssr")]
pub mod admin;

/// **ui** is everything a user sees: the app, its pages, components and islands. Both targets.
pub mod ui;

/// **confinement** takes from a server what it does not need of the file system, where the kernel has Landlock.
#[cfg(feature = "ssr")]
pub mod confinement;

/// **config** is the only reader of the environment. It parses every setting once into a type; each error names the
/// variable and says what to set.
#[cfg(feature = "ssr")]
pub mod config;

/// **doctor** checks everything that a sign-in needs (settings, secret key, database, each provider's endpoints and
/// client) and reports what it found and what to do next. It changes nothing.
#[cfg(feature = "ssr")]
pub mod doctor;

/// **web** is the Axum edge: router, layers, headers, the JSON API, health, the listener. No other room imports it.
#[cfg(feature = "ssr")]
pub mod web;
