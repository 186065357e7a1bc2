//! The sandbox Apple: Sign in with Apple on the web.
//!
//! From Apple's "Request an authorization to the Sign in with Apple server", "Generate and validate tokens",
//! "Creating a client secret" and "Authenticating users with Sign in with Apple" (Apple Developer Documentation,
//! read in 2025):
//!
//! - Asking for `name` or `email` demands `response_mode=form_post`; every invalid_request request ends at a page here.
//! - The answer to `form_post` is a page with one form whose `action` is the redirect URI and whose hidden fields are
//!   `code` and `state`, and with the first authorization `user`, JSON:
//!   `{"name": {"firstName", "lastName"}, "email"}`, each where its scope was asked for. After Cancel they are
//!   `error=user_cancelled_authorize` and `state`. Apple's page posts itself; this one has a button (no script).
//!   Without scopes the same parameters can travel in the query of a redirect.
//! - `user` comes once. It comes again after a revocation (or the order `forget_consent`).
//! - The person may share the address or hide it behind a relay, once: the field `email=share|hide` of the consent
//!   page, `share` where it is absent; `firstName` and `lastName` there change the name.
//! - id_tokens have the address each time once `email` was granted; `email_verified` and `is_private_email` are texts
//!   for some persons and booleans for others; `nonce_supported` is true; they live for a day.
//! - The client secret is a JWT that the client signs with ES256: header `kid`, claims `iss` (team), `sub` (client),
//!   `aud` (issuer), `iat`, `exp` at most 15,777,000 seconds ahead. Nothing else is taken, and only in the body.
//! - The access token is good for nothing. The refresh token always comes; refreshing gives no new one.
//!
//! Real redirect URIs are https with a domain; here they are on loopback. The hybrid response `code id_token` and
//! `fragment` are left out. There is no `prompt`: the page always comes.
//!
//! | person | booleans | address |
//! |---|---|---|
//! | `ada`, `long` | texts | verified |
//! | `grace`, `plain`, `mallory` | booleans | verified |
//! | `linus` | text `"false"` | not verified, no `is_private_email`: an account of work or school |
//! | `nomail` | | none, and nothing to hide |
//! | made up | booleans | as made |

mod account;
mod authorize;
mod client_secret;
mod discovery;
mod error;
mod grant;
mod key;
mod pages;
mod request;
mod revoke;
mod token;

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};

use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::SharedState;

pub use key::apple_private_key_pem;

/// Apple, told to the rest of the sandbox.
pub static FACTS: Facts = Facts {
    slug: "apple",
    label: "Apple",
    issuer: "/apple",
    bases: &["apple"],
    addresses: &[("APPLE_ISSUER", "/apple")],
    documents: &["/apple/.well-known/openid-configuration", "/apple/auth/keys"],
    routes,
    endpoint,
};

/// The paths below the issuer, and the names of those that faults and the log know.
const AUTHORIZE: &str = "auth/authorize";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    (".well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("auth/token", Endpoint::Token),
    ("auth/keys", Endpoint::Certs),
    ("auth/revoke", Endpoint::Revoke),
];

/// The issuer below an origin.
pub fn issuer(origin: &str) -> String {
    format!("{origin}/apple")
}

/// Which endpoint a path below `/apple/` is.
fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    ENDPOINTS.iter().find(|(known, _)| *known == path).map(|(_, endpoint)| *endpoint)
}

/// SandboxState below `/apple`.
fn routes() -> Router<SharedState> {
    let provider = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/auth/keys", get(discovery::keys))
        .route("/auth/authorize", get(authorize::authorize))
        .route("/auth/authorize/person", post(authorize::choose_account))
        .route("/auth/authorize/consent", get(authorize::consent).post(authorize::decide))
        .route("/auth/token", post(token::token))
        .route("/auth/revoke", post(revoke::revoke));
    Router::new().nest("/apple", provider)
}
