//! Mock Google: OpenID Connect with Google's quirks.
//!
//! Sources: "OpenID Connect" and "Using OAuth 2.0 for Web Server Applications" (Google Identity, 2025).
//!
//! - Subjects have 21 digits; `hd` marks Workspace accounts. id_tokens are valid for one hour and have `azp` and
//!   `at_hash`.
//! - `prompt` is `none`, `consent` or `select_account`; `login` is an error.
//! - A refresh token needs `access_type=offline` and a shown consent screen.
//! - Scopes beyond sign-in can be declined one by one. `scope` in the token response lists the granted scopes, `email`
//!   and `profile` under their long names. `include_granted_scopes` adds earlier grants.
//! - `iss` is in the authorization response.
//! - Revoking any token revokes the whole grant.
//! - The public client `sandbox-google-spa` is for pages and apps: PKCE is required, any loopback URL may be its
//!   redirect URI, and pages on loopback may read the token endpoint (CORS). Google has such clients for installed
//!   apps only; a page uses the button (`gsi`) or requests an access token.
//!
//! `drive` and `calendar` are APIs below `/google-api`; `api` is their shared code.

mod api;
mod authenticate;
mod authorize;
mod calendar;
mod claims;
mod cors;
mod discovery;
mod drive;
mod error;
mod grant;
mod gsi;
mod issue;
mod next_page;
mod pages;
mod request;
mod revoke;
mod scopes;
mod token;
mod tokeninfo;
mod userinfo;

pub use issue::credential;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{any, get, post};

use super::browser;
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::Scopes;
use api::ApiError;
use error::OAuthError;

pub static FACTS: Facts = Facts {
    slug: "google",
    label: "Google",
    issuer: "/google",
    bases: &["google", "google-api", "drive", "calendar", "oauth2"],
    addresses: &[("GOOGLE_ISSUER", "/google"), ("GOOGLE_TOKENINFO_URL", "/google/tokeninfo"), ("GOOGLE_API_URL", API)],
    documents: &["/google/.well-known/openid-configuration", "/google/certs"],
    routes,
    endpoint,
};

/// Paths below the issuer, and the endpoint names that faults and the request log use.
const AUTHORIZE: &str = "o/oauth2/v2/auth";
const ENDPOINTS: &[(&str, Endpoint)] = &[
    (".well-known/openid-configuration", Endpoint::Discovery),
    (AUTHORIZE, Endpoint::Authorize),
    ("token", Endpoint::Token),
    ("userinfo", Endpoint::Userinfo),
    ("certs", Endpoint::Certs),
    ("revoke", Endpoint::Revoke),
    ("tokeninfo", Endpoint::Tokeninfo),
    (CERTIFICATES, Endpoint::Certs),
];
/// With `oauth2` as its base, or below that of the APIs.
const CERTIFICATES: &str = "v1/certs";

/// Replaces `https://www.googleapis.com`.
const API: &str = "/google-api";

/// In Google's long spelling.
pub fn scopes_of(text: &str) -> Result<Scopes, String> {
    scopes::read(text).map_err(|unknown| format!("unknown scope {unknown:?}"))
}

pub fn issuer(origin: &str) -> String {
    format!("{origin}/google")
}

pub fn api_url(origin: &str) -> String {
    format!("{origin}{API}")
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    // Without the name of the API where that is the base.
    let api_path = ["drive/", "calendar/", "oauth2/"].iter().find_map(|api| path.strip_prefix(api)).unwrap_or(path);
    if api_path == "v3/files" || api_path.starts_with("v3/files/") {
        return Some(Endpoint::Files);
    }
    if api_path.starts_with("v3/calendars/") && api_path.ends_with("/events") {
        return Some(Endpoint::Events);
    }
    ENDPOINTS.iter().find(|(known, _)| *known == path || *known == api_path).map(|(_, endpoint)| *endpoint)
}

fn routes() -> Router<SharedState> {
    let provider = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/certs", get(discovery::certs))
        .route("/o/oauth2/v2/auth", get(authorize::authorize))
        .route("/o/oauth2/v2/auth/person", post(authorize::choose_account))
        .route("/o/oauth2/v2/auth/consent", get(authorize::consent).post(authorize::decide))
        .route("/signout", post(sign_out))
        .route("/token", post(token::token).options(token::token).layer(from_fn(cors::shared)))
        .route("/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .route("/tokeninfo", get(tokeninfo::tokeninfo).post(tokeninfo::tokeninfo))
        .route("/revoke", post(revoke::revoke))
        .merge(gsi::routes())
        .merge(drive::pages())
        .method_not_allowed_fallback(async || {
            OAuthError(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "Method not allowed.")
        })
        .route("/{*rest}", any(async || OAuthError(StatusCode::NOT_FOUND, "invalid_request", "Not found.")));
    Router::new().nest("/google", provider).nest(API, apis()).merge(apis())
}

/// Google's clients replace the origin alone when they are given a root URL, so the APIs are at their own paths as well.
fn apis() -> Router<SharedState> {
    drive::routes()
        .merge(calendar::routes())
        .route("/oauth2/v1/certs", get(discovery::certificates))
        .method_not_allowed_fallback(async || ApiError::no_route(StatusCode::METHOD_NOT_ALLOWED))
        .route("/drive/{*rest}", any(async || ApiError::no_route(StatusCode::NOT_FOUND)))
        .route("/calendar/{*rest}", any(async || ApiError::no_route(StatusCode::NOT_FOUND)))
        .route("/oauth2/{*rest}", any(async || ApiError::no_route(StatusCode::NOT_FOUND)))
}

/// `POST /google/signout`.
async fn sign_out(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    browser::sign_out(&shared, Provider::Google, &headers)
}
