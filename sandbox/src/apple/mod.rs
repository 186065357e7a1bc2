//! Mock Apple: Sign in with Apple on the web.
//!
//! Sources: "Request an authorization to the Sign in with Apple server", "Generate and validate tokens", "Creating a
//! client secret" and "Authenticating users with Sign in with Apple" (Apple Developer Documentation, 2025).
//!
//! - The scopes `name` and `email` require `response_mode=form_post`. Every invalid request ends on an error page.
//! - The `form_post` response is a page with one form: `code`, `state` and, on the first authorization, `user` with
//!   the JSON `{"name": {"firstName", "lastName"}, "email"}`, as far as the scopes allow. After Cancel:
//!   `error=user_cancelled_authorize` and `state`. Apple's page submits itself; this one has a button. Without scopes,
//!   the response may be in the query.
//! - `user` is sent once, and again after a revocation or `forget_consent`.
//! - The user shares the email address or hides it behind a relay, once: `email=share|hide` (default `share`) on the
//!   consent page; `firstName` and `lastName` change the name.
//! - id_tokens are valid for a day and always have the address once `email` was granted. `email_verified` and
//!   `is_private_email` are strings for some users and booleans for others; `nonce_supported` is true.
//! - The client secret is an ES256 JWT signed by the client: `kid` in the header, `iss` (team), `sub` (client), `aud`
//!   (issuer), `iat`, and `exp` at most 15,777,000 seconds ahead; `client_secret_post` only.
//! - No API accepts the access token. There is always a refresh token; refreshing returns no new one.
//!
//! Not supported: redirect URIs with real domains, the hybrid flow `code id_token`, `fragment`, and `prompt` (the page
//! is always shown).
//!
//! | person | booleans | email |
//! |---|---|---|
//! | `ada`, `long` | strings | verified |
//! | `grace`, `plain`, `mallory` | booleans | verified |
//! | `linus` | string `"false"` | not verified, no `is_private_email`: a work or school account |
//! | `nomail` | | none, so nothing to hide |
//! | created | booleans | as created |

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
use super::persons::Person;
use super::state::SharedState;

pub use key::apple_private_key_pem;

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

/// Paths below the issuer, and the endpoint names that faults and the request log use.
const AUTHORIZE: &str = "auth/authorize";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    (".well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("auth/token", Endpoint::Token),
    ("auth/keys", Endpoint::Certs),
    ("auth/revoke", Endpoint::Revoke),
];

/// `sub` for our client's team.
pub fn subject_of(shared: &SharedState, person: &Person) -> String {
    account::subject(person, &shared.clients().apple.team_id)
}

pub fn issuer(origin: &str) -> String {
    format!("{origin}/apple")
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    ENDPOINTS.iter().find(|(known, _)| *known == path).map(|(_, endpoint)| *endpoint)
}

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
