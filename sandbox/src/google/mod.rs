//! The sandbox Google: an OpenID provider with Google's manners.
//!
//! From Google's "OpenID Connect" and "Using OAuth 2.0 for Web Server Applications" (Google Identity, read in
//! 2025): subjects of 21 digits; `hd` for Workspace accounts; id_tokens for one hour with `azp` and `at_hash`;
//! `prompt` is `none`, `consent`, `select_account`, and `login` is an error; a refresh token only with
//! `access_type=offline` and only when the consent screen was shown; scopes beyond sign-in can be declined one
//! by one and `scope` in the token response says what was granted, with `email` and `profile` under their
//! long names; `include_granted_scopes` adds earlier grants; `iss` in the authorization response; revoking any
//! token takes the whole grant back.
//!
//! Beside the client with a secret there is a public one, `sandbox-google-spa`, for a page or an app: PKCE is required of it,
//! any loopback address may be its redirect URI, and pages on loopback may read the token endpoint's answers (CORS). The
//! original has such clients for installed apps only; a page there uses the button (`gsi`) or asks for an access token.
//!
//! `drive` and `calendar` are the APIs behind the scopes, at a base of their own (`/google-api`); `api` is what they share.

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
use axum::http::{HeaderMap, Method};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};

use super::browser;
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::Scopes;

/// Google, told to the rest of the sandbox.
pub static FACTS: Facts = Facts {
    slug: "google",
    label: "Google",
    issuer: "/google",
    bases: &["google", "google-api"],
    addresses: &[("GOOGLE_ISSUER", "/google"), ("GOOGLE_TOKENINFO_URL", "/google/tokeninfo"), ("GOOGLE_API_URL", API)],
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

/// What stands for `https://www.googleapis.com`.
const API: &str = "/google-api";

/// The scopes of a text, in the spelling of the answers.
pub fn scopes_of(text: &str) -> Result<Scopes, String> {
    scopes::read(text).map_err(|unknown| format!("there is no scope {unknown:?}"))
}

/// The issuer below an origin.
pub fn issuer(origin: &str) -> String {
    format!("{origin}/google")
}

/// The base of the APIs below an origin.
pub fn api_url(origin: &str) -> String {
    format!("{origin}{API}")
}

/// Which endpoint a path below `/google/` or `/google-api/` is.
fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    if path == "drive/v3/files" || path.starts_with("drive/v3/files/") {
        return Some(Endpoint::Files);
    }
    if path.starts_with("calendar/v3/calendars/") && path.ends_with("/events") {
        return Some(Endpoint::Events);
    }
    ENDPOINTS.iter().find(|(known, _)| *known == path).map(|(_, endpoint)| *endpoint)
}

/// SandboxState below `/google` and `/google-api`.
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
        .merge(gsi::routes());
    let apis = drive::routes().merge(calendar::routes());
    Router::new().nest("/google", provider.merge(drive::pages())).nest(API, apis)
}

/// `POST /google/signout`.
async fn sign_out(State(shared): State<SharedState>, headers: HeaderMap) -> Response {
    browser::sign_out(&shared, Provider::Google, &headers)
}
