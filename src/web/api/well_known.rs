//! `/.well-known/…`: what other services need to verify our access tokens locally.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::error::{ErrorResponse, errors};
use crate::web::state::AppState;

/// The public documents. Pages of every origin may read them.
pub(super) const KEYS: &str = "/.well-known/jwks.json";
pub(super) const METADATA: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

/// Shorter than the day for which a key is published before it signs.
const CACHE: &str = "public, max-age=300";

errors!(KeysErrors: ServerError, Unavailable);

/// Get the signing keys
///
/// The public keys (RFC 7517) of access tokens: the current key, the next one, and former keys whose tokens have not expired.
/// Fetch them again when a token has an unknown `kid`.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "Token verification",
    responses(
        (status = 200, description = "The JWK set.", body = Object,
         example = json!({"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "…", "x": "…", "y": "…"}]})),
        KeysErrors,
    ),
    security(()),
)]
pub async fn keys(State(app): State<AppState>) -> Result<Response, ErrorResponse> {
    let keys = app.tokens.jwks().await.map_err(|error| ErrorResponse::of(&app, error.into()))?;
    Ok(published(keys))
}

/// Get the metadata
///
/// Issuer and keys, in the form that libraries expect (RFC 8414, OpenID Connect Discovery). Latchkey is no OpenID provider for
/// other applications and has no authorization endpoint. `/.well-known/oauth-authorization-server` returns the same
/// document.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "Token verification",
    responses(
        (status = 200, description = "The metadata.", body = Object,
         example = json!({"issuer": "https://app.example", "jwks_uri": "https://app.example/.well-known/jwks.json"})),
    ),
    security(()),
)]
pub async fn metadata(State(app): State<AppState>) -> Response {
    published(metadata_of(&app.origin))
}

/// Lists for which readers assume a default are present and empty, but not that of the algorithms: verifiers take from it
/// how access tokens may be signed, and reject all of them if it is empty (express-oauth2-jwt-bearer; the recipe in
/// PyJWT's documentation).
fn metadata_of(origin: &str) -> Value {
    json!({
        "issuer": origin,
        "jwks_uri": format!("{origin}{KEYS}"),
        "response_types_supported": [],
        "grant_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["iss", "aud", "sub", "sid", "client_id", "iat", "exp", "jti", "email", "email_verified", "name"],
        "service_documentation": format!("{origin}/api/docs"),
    })
}

fn published(document: Value) -> Response {
    ([(header::CACHE_CONTROL, CACHE)], Json(document)).into_response()
}
