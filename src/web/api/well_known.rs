//! `/.well-known/…`: what another service needs to verify our access tokens by itself.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::failure::{Failure, failures};
use crate::web::state::AppState;

/// Shorter than the day for which a key is published before it signs.
const KEPT: &str = "public, max-age=300";

failures!(KeysFailures: ServerError, Unavailable);

/// Our keys
///
/// The public keys that access tokens are verified with (RFC 7517): those that sign now, will sign next, and signed what
/// has not expired yet. Read them again when a token names a `kid` that you do not know.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "Other services",
    responses(
        (status = 200, description = "A JWK set.", body = Object,
         example = json!({"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "…", "x": "…", "y": "…"}]})),
        KeysFailures,
    ),
    security(()),
)]
pub async fn keys(State(app): State<AppState>) -> Result<Response, Failure> {
    let keys = app.tokens.jwks().await.map_err(|error| Failure::of(&app, error.into()))?;
    Ok(published(keys))
}

/// Where to find them
///
/// Issuer and keys, as libraries look for them (RFC 8414, OpenID Connect Discovery). Latchkey is no OpenID provider for
/// other applications: there is no authorization endpoint, and the document names none. The same stands under
/// `/.well-known/oauth-authorization-server`.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "Other services",
    responses(
        (status = 200, description = "Metadata.", body = Object,
         example = json!({"issuer": "https://app.example", "jwks_uri": "https://app.example/.well-known/jwks.json"})),
    ),
    security(()),
)]
pub async fn metadata(State(app): State<AppState>) -> Response {
    published(metadata_of(&app.origin))
}

/// What is true of us and nothing else. Lists that a reader would fill with a default when they are missing are there, and
/// empty.
fn metadata_of(origin: &str) -> Value {
    json!({
        "issuer": origin,
        "jwks_uri": format!("{origin}/.well-known/jwks.json"),
        "response_types_supported": [],
        "grant_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [],
        "claims_supported": ["iss", "aud", "sub", "sid", "client_id", "iat", "exp", "jti", "email", "email_verified", "name"],
        "service_documentation": format!("{origin}/api/docs"),
    })
}

fn published(document: Value) -> Response {
    ([(header::CACHE_CONTROL, KEPT)], Json(document)).into_response()
}
