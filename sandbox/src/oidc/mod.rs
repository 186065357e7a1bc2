//! A generic OpenID Connect provider, which the `configure` command makes behave like one or another of those in the world.
//!
//! By default it follows the specifications: OpenID Connect Core and Discovery 1.0, RFC 9207 (`iss`). It is not among the
//! environment variables of `/control/variables`; an application uses it as any provider with discovery, at
//! `{origin}/oidc`, with the client `sandbox-oidc`. [`Configuration`] describes what can be changed.

mod claims;
mod client;
mod configuration;
mod discovery;
mod logout;
mod token;

use axum::Router;
use axum::http::Method;
use axum::routing::{get, post};

pub use claims::{session_id, subject};
pub use configuration::Configuration;

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};

pub static FACTS: Facts = Facts {
    slug: "oidc",
    label: "OpenID Connect",
    issuer: "/oidc",
    bases: &["oidc"],
    // Not configured for an application unless a test does so.
    addresses: &[],
    documents: &["/oidc/.well-known/openid-configuration", "/oidc/keys"],
    routes,
    endpoint,
};

static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Oidc,
    scopes,
    describe: |scope| format!("Share {scope}"),
    declinable: &[],
    requires_all_parameters: false,
    accumulates_scopes: false,
    refresh_scope: Some("offline_access"),
    sends_iss: true,
    denied: &[("error", "access_denied"), ("error_description", "The user cancelled.")],
    code: random_text,
};

fn routes() -> Router<SharedState> {
    let provider = authorize::routes(&AUTHORIZE_PAGE, "/authorize")
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/keys", get(discovery::keys))
        .route("/logout", get(logout::logout).post(logout::logout))
        .route("/token", post(token::token))
        .route("/userinfo", get(claims::userinfo).post(claims::userinfo));
    Router::new().nest("/oidc", provider)
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    match path {
        ".well-known/openid-configuration" => Some(Endpoint::Discovery),
        "authorize" => Some(Endpoint::Authorize),
        "token" => Some(Endpoint::Token),
        "keys" => Some(Endpoint::Certs),
        "userinfo" => Some(Endpoint::Userinfo),
        _ => None,
    }
}

fn scopes(text: &str) -> Result<Scopes, String> {
    Ok(text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
}
