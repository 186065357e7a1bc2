//! # Latchkey, the tour
//!
//! Sign-in for Rust web applications. Each room below is one paragraph; read them in this order and you
//! have read the application. Arrows between rooms run one way, from the later to the earlier, and
//! `tests/it/rooms` holds the code to it. Pure rooms take time and randomness as arguments.

/// **codes** are what the server tells its pages in addresses, and programs in answers: closed lists, never text. Both
/// targets.
pub mod codes;

/// **oauth** speaks RFC 6749, 7636 and 9207 and nothing else: it builds the authorization request and the
/// token request and judges the answers. It opens no socket and imports no other room.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod oauth;

/// **oidc** is OpenID Connect on top: the discovery document, the JWK set, the id_token and its claims,
/// userinfo. Bytes go in, verified claims or a named refusal come out.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod oidc;

/// **providers** holds a page of facts per provider (endpoints, scopes, manners) and turns each one's
/// documents into a `Profile`. Data, no I/O.
#[cfg(feature = "ssr")]
pub mod providers;

/// **accounts** is the meaning: users, identities, verified and claimed e-mail addresses, and the linking
/// policy `decide`, total and pure.
#[cfg(feature = "ssr")]
pub mod accounts;

/// **sealing** encrypts what we hand out or put away and want back unread and unchanged: cookies, and letters that
/// wait in the database.
#[cfg(feature = "ssr")]
pub mod sealing;

/// **passwords** hashes them and tries them, on a bounded number of threads, and counts how often one account's may be
/// tried. What a good one is, `accounts` says.
#[cfg(feature = "ssr")]
pub mod passwords;

/// **store** is the database: named queries, portable between SQLite and PostgreSQL. `settle` gathers the
/// facts, asks `accounts::decide` and carries its answer out in one transaction.
#[cfg(feature = "ssr")]
pub mod store;

/// **relying_party** runs the flow: `begin` makes the authorization URL and the pending flow, `complete`
/// takes the response to a verified profile. The only room that talks HTTP to providers; time-outs, size
/// limits, the JWK set cache and the circuit breakers live here.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod relying_party;

/// **grants** is what people let us see at their providers beyond who they are: tokens sealed at rest, renewed once for
/// all who need them, given back when they are not needed. Scopes are types.
#[cfg(feature = "ssr")]
pub mod grants;

/// **drive** lists files of Google Drive: the question as one request, the answer as files, read with tolerance and made
/// fit for a page.
#[cfg(feature = "ssr")]
pub mod drive;

/// **calendar** is the next events of Google Calendar, through the same grants.
#[cfg(feature = "ssr")]
pub mod calendar;

/// **tokens** carry a session where no cookie does: access tokens, signed, for five minutes; refresh tokens, each good for
/// one next pair; and the signing keys, which come and go by a plan.
#[cfg(feature = "ssr")]
#[warn(missing_docs)]
pub mod tokens;

/// **sessions** remembers browsers: the session store on our own table, or tokens in two cookies; the sealed flow
/// cookies; the signed-in user of a request; and where an arrival ends, by whichever door.
#[cfg(feature = "ssr")]
pub mod sessions;

/// **mail** draws letters as subject, text and HTML and delivers what waits in the store's outbox over SMTP, at least
/// once. No word that a stranger chose reaches an address that is not proven.
#[cfg(feature = "ssr")]
pub mod mail;

/// **intents** does what a person may ask about their account: sign up, sign in with a password, recover, link, unlink,
/// prove once more who they are, change, undo, leave. Each says where the browser goes next. And what a front end asks for
/// them, with what a provider gave it.
#[cfg(feature = "ssr")]
pub mod account;

/// **actions** has every server function, one file per intention. Both targets; the server's part stays
/// inside the bodies.
pub mod actions;

/// **ui** is what a person sees: the app, its pages, components and islands. Both targets.
pub mod ui;

/// **config** is the only reader of the environment. Parsed once into types; every error names the
/// variable and what to put there.
#[cfg(feature = "ssr")]
pub mod config;

/// **doctor** looks at all that a sign-in needs (the settings together, the key, the database, each provider's
/// endpoints and our client there) and says what it found and what to do next. It changes nothing.
#[cfg(feature = "ssr")]
pub mod doctor;

/// **web** is the Axum edge: router, layers, headers, the JSON API, health, the listener. Nothing imports it.
#[cfg(feature = "ssr")]
pub mod web;

/// The browser's entry: wakes the islands of a page that the server rendered.
#[cfg(feature = "hydrate")]
#[leptos::wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen = leptos::wasm_bindgen)]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
