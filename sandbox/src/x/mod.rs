//! The sandbox X: OAuth 2.0 for a confidential client, with X's manners.
//!
//! From X's "OAuth 2.0 Authorization Code Flow with PKCE", "User lookup me" and "Response codes and errors" (X
//! Developer Platform, read in 2025): PKCE, `state` and `scope` are required; a confidential client authenticates
//! with HTTP Basic at the token endpoint, and a `client_secret` in the body is refused; access tokens live for two
//! hours; a refresh token only with `offline.access`, rotating, one live per user and app; payloads stand under
//! `data`, ids are texts; `confirmed_email` only with `users.email` and only when asked for in `user.fields`; errors
//! of the API are error JSON. `/2/users/me` needs `users.read` and `tweet.read`.
//!
//! Persons: Linus has not confirmed his address and nomail has none, so that neither has a `confirmed_email`;
//! plain, who has no name elsewhere, is called like the username. The username follows from the name: a new name is
//! a new username, and two persons of one name have the same. Ids have 19 digits and are above 2^53.

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

/// X, told to the rest of the sandbox.
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

/// The scopes that there are.
const SCOPES: &[&str] =
    &["users.read", "tweet.read", "users.email", "offline.access", "follows.read", "like.read", "tweet.write"];

/// X's authorization endpoint.
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

/// SandboxState below `/x` and `/x-api`.
fn routes() -> Router<SharedState> {
    let api = Router::new()
        .route("/2/oauth2/token", post(token::token))
        .route("/2/oauth2/revoke", post(revoke::revoke))
        .route("/2/users/me", get(me::me));
    Router::new().nest("/x", authorize::routes(&AUTHORIZE_PAGE, "/i/oauth2/authorize")).nest("/x-api", api)
}

/// Which endpoint a path below `/x/` or `/x-api/` is.
fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        "i/oauth2/authorize" => Some(Endpoint::Authorize),
        "2/oauth2/token" => Some(Endpoint::Token),
        "2/oauth2/revoke" => Some(Endpoint::Revoke),
        "2/users/me" => Some(Endpoint::Userinfo),
        _ => None,
    }
}

/// Whether the client's credentials stand in the header.
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
        "users.email" => "See your e-mail address".to_owned(),
        "offline.access" => "Stay connected until you take it back".to_owned(),
        other => format!("Use {other}"),
    }
}
