//! Mock X: OAuth 2.0 for a confidential client.
//!
//! Sources: "OAuth 2.0 Authorization Code Flow with PKCE", "User lookup me" and "Response codes and errors" (X
//! Developer Platform, 2025).
//!
//! - PKCE, `state` and `scope` are required.
//! - The client authenticates by HTTP Basic; a `client_secret` in the body is rejected.
//! - Access tokens are valid for two hours. A refresh token needs `offline.access`; it rotates, and there is one per
//!   user and app.
//! - Responses are under `data`, ids are strings. API errors are problem details (RFC 9457).
//! - `/2/users/me` needs `users.read` and `tweet.read`; `confirmed_email` needs `users.email` and must be requested in
//!   `user.fields`.
//!
//! `linus` has not confirmed his address and `nomail` has none: neither has a `confirmed_email`. `plain`, who has no
//! name, is named like the username. The username is derived from the name: a new name is a new username, and two
//! users with the same name share it. Ids have 19 digits and are above 2^53.

mod error;
mod me;
mod revoke;
mod token;

use axum::Router;
use axum::http::{HeaderMap, Method};
use axum::routing::{get, post};

use super::authorize::{self, AuthorizePage};
use super::basic;
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

pub static FACTS: Facts = Facts {
    slug: "x",
    label: "X",
    issuer: "/x",
    bases: &["x", "x-api"],
    addresses: &[("X_URL", "/x"), ("X_API_URL", "/x-api")],
    documents: &[],
    routes,
    endpoint,
};

const SCOPES: &[&str] =
    &["users.read", "tweet.read", "users.email", "offline.access", "follows.read", "like.read", "tweet.write"];

pub static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::X,
    scopes,
    describe,
    declinable: &[],
    requires_all_parameters: true,
    accumulates_scopes: false,
    refresh_scope: Some("offline.access"),
    sends_iss: false,
    denied: &[("error", "access_denied")],
    code: random_text,
};

fn routes() -> Router<SharedState> {
    let api = Router::new()
        .route("/2/oauth2/token", post(token::token))
        .route("/2/oauth2/revoke", post(revoke::revoke))
        .route("/2/users/me", get(me::me));
    Router::new().nest("/x", authorize::routes(&AUTHORIZE_PAGE, "/i/oauth2/authorize")).nest("/x-api", api)
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        "i/oauth2/authorize" => Some(Endpoint::Authorize),
        "2/oauth2/token" => Some(Endpoint::Token),
        "2/oauth2/revoke" => Some(Endpoint::Revoke),
        "2/users/me" => Some(Endpoint::Userinfo),
        _ => None,
    }
}

fn is_authenticated(shared: &SharedState, headers: &HeaderMap) -> bool {
    let (id, secret) = basic::presented(headers).and_then(basic::read).unzip();
    AUTHORIZE_PAGE.is_client(shared, id.as_deref(), secret.as_deref())
}

fn scopes(text: &str) -> Result<Scopes, String> {
    let known = |scope: &str| if SCOPES.contains(&scope) { Ok(scope.to_owned()) } else { Err(scope.to_owned()) };
    text.split(' ').filter(|scope| !scope.is_empty()).map(known).collect()
}

fn describe(scope: &str) -> String {
    match scope {
        "users.read" => "See your profile".to_owned(),
        "tweet.read" => "See the posts that you can see".to_owned(),
        "users.email" => "See your email address".to_owned(),
        "offline.access" => "Stay connected until you revoke access".to_owned(),
        other => format!("Use {other}"),
    }
}
