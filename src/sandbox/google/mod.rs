//! The sandbox Google: an OpenID provider with Google's manners.
//!
//! From Google's "OpenID Connect" and "Using OAuth 2.0 for Web Server Applications" (Google Identity, read in
//! 2025): subjects of 21 digits; `hd` for Workspace accounts; id_tokens for one hour with `azp` and `at_hash`;
//! `prompt` is `none`, `consent`, `select_account`, and `login` is an error; a refresh token only with
//! `access_type=offline` and only when the consent screen was shown; scopes beyond sign-in can be declined one
//! by one and `scope` in the token response says what was granted, with `email` and `profile` under their
//! long names; `include_granted_scopes` adds earlier grants; `iss` in the authorization response; revoking any
//! token takes the whole grant back.

mod ask;
mod authenticate;
mod claims;
mod discovery;
mod grant;
mod issue;
mod pages;
mod proceed;
mod refusal;
mod request;
mod revoke;
mod scopes;
mod token;
mod tokeninfo;
mod userinfo;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::{get, post};

use super::browser::signed_out;
use super::faults::Endpoint;
use super::house::Facts;
use super::world::{Provider, World};

/// Google, told to the rest of the sandbox.
pub static FACTS: Facts = Facts {
    slug: "google",
    label: "Google",
    issuer: "/google",
    bases: &["google"],
    addresses: &[("GOOGLE_ISSUER", "/google")],
    documents: &["/google/.well-known/openid-configuration", "/google/certs"],
    routes,
    endpoint,
};

/// The paths below the issuer, and the names of those that faults and the log know.
const AUTHORIZE: &str = "o/oauth2/v2/auth";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    (".well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("token", Endpoint::Token),
    ("userinfo", Endpoint::Userinfo),
    ("certs", Endpoint::Certs),
    ("revoke", Endpoint::Revoke),
    ("tokeninfo", Endpoint::Tokeninfo),
];

/// The issuer below an origin.
pub fn issuer(origin: &str) -> String {
    format!("{origin}/google")
}

/// Which endpoint a path below `/google/` is.
fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    ENDPOINTS.iter().find(|(known, _)| *known == path).map(|(_, endpoint)| *endpoint)
}

/// Everything below `/google`.
fn routes() -> Router<World> {
    let provider = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/certs", get(discovery::certs))
        .route("/o/oauth2/v2/auth", get(ask::ask))
        .route("/o/oauth2/v2/auth/person", post(ask::choose))
        .route("/o/oauth2/v2/auth/consent", get(ask::consent).post(ask::decide))
        .route("/signout", post(sign_out))
        .route("/token", post(token::token))
        .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/tokeninfo", get(tokeninfo::tokeninfo).post(tokeninfo::tokeninfo))
        .route("/revoke", post(revoke::revoke));
    Router::new().nest("/google", provider)
}

/// `POST /google/signout`.
async fn sign_out(State(world): State<World>, headers: HeaderMap) -> Response {
    signed_out(&world, Provider::Google, &headers)
}
