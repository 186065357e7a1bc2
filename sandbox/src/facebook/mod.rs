//! Mock Facebook: Facebook Login for the web.
//!
//! Sources: "Manually build a login flow", "Secure Graph API calls with appsecret_proof", "Debug token" and "Handling
//! errors" (Facebook Login and Graph API documentation, 2025).
//!
//! - Ids are app-scoped strings.
//! - Every Graph call needs `appsecret_proof` ("Require App Secret" is on).
//! - Errors have an envelope with a code (100 for parameters, 190 for tokens) and status 400.
//! - Tokens are valid for 60 days; there is no refresh token. A token has every scope that was ever granted.
//! - `email` can be declined on the consent screen and is not asked for again without `auth_type=rerequest`.
//! - Cancel returns `error_code`, `error_reason` and `error_description`.
//! - The Graph API works with and without a version in the path, the dialog with any version.
//!
//! No address says whether it is verified (Linus's is not, and looks the same as Ada's). `nomail` signed up by phone
//! and has none. `plain`, who has no name, is "Facebook User".

mod debug;
mod graph;
mod me;
mod token;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};

use super::authorize::{self, AuthorizePage};
use super::faults::Endpoint;
use super::mock_provider::Facts;
use super::state::{Provider, SharedState};
use super::token_store::{Scopes, random_text};
use graph::ApiError;
pub use graph::app_scoped_id;

pub static FACTS: Facts = Facts {
    slug: "facebook",
    label: "Facebook",
    issuer: "/facebook",
    bases: &["facebook", "facebook-graph"],
    addresses: &[("FACEBOOK_URL", "/facebook"), ("FACEBOOK_GRAPH_URL", "/facebook-graph")],
    documents: &[],
    routes,
    endpoint,
};

/// Always granted.
const PROFILE: &str = "public_profile";
/// Can be declined.
const EMAIL: &str = "email";

pub static AUTHORIZE_PAGE: AuthorizePage = AuthorizePage {
    provider: Provider::Facebook,
    scopes,
    describe,
    declinable: &[EMAIL],
    requires_all_parameters: false,
    accumulates_scopes: true,
    refresh_scope: None,
    sends_iss: false,
    denied: &[
        ("error", "access_denied"),
        ("error_code", "200"),
        ("error_description", "Permissions error"),
        ("error_reason", "user_denied"),
    ],
    code: || format!("AQ{}", random_text()),
};

fn routes() -> Router<SharedState> {
    let site = authorize::routes(&AUTHORIZE_PAGE, "/dialog/oauth").route_layer(from_fn(versioned));
    Router::new()
        .nest("/facebook/{version}", site)
        .nest("/facebook-graph", graph_api())
        .nest("/facebook-graph/{version}", graph_api().route_layer(from_fn(versioned)))
}

fn endpoint(_: &Method, path: &str) -> Option<Endpoint> {
    let unversioned = path.split_once('/').filter(|(version, _)| is_version(version)).map_or(path, |(_, rest)| rest);
    match unversioned {
        "dialog/oauth" => Some(Endpoint::Authorize),
        "oauth/access_token" => Some(Endpoint::Token),
        "me" => Some(Endpoint::Userinfo),
        "debug_token" => Some(Endpoint::Tokeninfo),
        "me/permissions" => Some(Endpoint::Revoke),
        _ => None,
    }
}

fn graph_api() -> Router<SharedState> {
    Router::new()
        .route("/oauth/access_token", get(token::token).post(token::token))
        .route("/me", get(me::me))
        .route("/me/permissions", delete(me::delete_permissions))
        .route("/debug_token", get(debug::debug_token).post(debug::debug_token))
}

/// The path must contain a version such as `v24.0`.
async fn versioned(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    match uri.path().split('/').nth(2) {
        Some(segment) if is_version(segment) => next.run(request).await,
        _ => ApiError { code: 2500, subcode: None, message: "Unknown path components" }.into_response(),
    }
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| rest.parse::<f32>().is_ok_and(|version| version > 0.0))
}

/// Separated by commas or spaces; `public_profile` is always included.
fn scopes(text: &str) -> Result<Scopes, String> {
    let mut scopes = Scopes::from([PROFILE.to_owned()]);
    for scope in text.split([',', ' ']).filter(|scope| !scope.is_empty()) {
        match scope {
            PROFILE | EMAIL | "user_friends" | "user_birthday" => scopes.insert(scope.to_owned()),
            unknown => return Err(unknown.to_owned()),
        };
    }
    Ok(scopes)
}

fn describe(scope: &str) -> String {
    match scope {
        PROFILE => "See your name and picture".to_owned(),
        EMAIL => "See your email address".to_owned(),
        other => format!("Use {other}"),
    }
}
