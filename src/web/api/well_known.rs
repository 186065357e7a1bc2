//! `/.well-known/…`: what other services need to verify our access tokens locally.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Object};

use super::{
    answer::always,
    error::{ErrorResponse, errors},
};
use crate::web::state::AppState;

/// The public documents. Pages of every origin may read them.
pub(super) const KEYS: &str = "/.well-known/jwks.json";
pub(super) const METADATA: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

/// Shorter than the day for which a key is published before it signs.
const CACHE: &str = "public, max-age=300";

/// A JWK set (RFC 7517 §5).
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the answer")]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// A public key (RFC 7517 §4, RFC 7518 §6.2.1).
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the answer")]
struct Jwk {
    #[schema(schema_with = key_type)]
    kty: String,
    #[schema(schema_with = curve)]
    crv: String,
    #[schema(schema_with = algorithm)]
    alg: String,
    #[schema(schema_with = key_use)]
    r#use: String,
    /// The key's id: its thumbprint (RFC 7638).
    kid: String,
    /// A coordinate of the point, as base64url.
    x: String,
    /// The other coordinate, as base64url.
    y: String,
}

fn key_type() -> Object {
    always("EC", "Elliptic curve.")
}

fn curve() -> Object {
    always("P-256", "The curve.")
}

fn algorithm() -> Object {
    always("ES256", "The algorithm of the signatures.")
}

fn key_use() -> Object {
    always("sig", "For signatures.")
}

/// The metadata (RFC 8414 §2). Lists for which readers assume a default are present and empty.
#[derive(Serialize, ToSchema)]
#[schema(as = ServerMetadata)]
struct Metadata {
    /// The claim `iss` of access tokens.
    issuer: String,
    /// The URL of the keys.
    jwks_uri: String,
    /// Empty: there is no authorization endpoint.
    response_types_supported: Vec<&'static str>,
    /// Empty: there is no token endpoint.
    grant_types_supported: Vec<&'static str>,
    /// How `sub` identifies a user: the same for every client.
    subject_types_supported: Vec<&'static str>,
    /// How access tokens are signed. Verifiers take it from here.
    id_token_signing_alg_values_supported: Vec<&'static str>,
    /// The claims of access tokens.
    claims_supported: Vec<&'static str>,
    /// The URL of this reference.
    service_documentation: String,
}

errors!(KeysErrors: ServerError, Unavailable);

/// Get the signing keys
///
/// The public keys (RFC 7517) of access tokens: the current key, the next one, and former keys whose tokens have not expired.
/// Fetch them again when a token has an unknown `kid`.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "getJwks",
    tag = "Token verification",
    responses(
        (status = 200, description = "The JWK set.", body = JwkSet,
         example = json!({"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "…", "x": "…", "y": "…"}]})),
        KeysErrors,
    ),
    security(),
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
    operation_id = "getMetadata",
    tag = "Token verification",
    responses(
        (status = 200, description = "The metadata.", body = Metadata,
         example = json!(Metadata::of("https://app.example"))),
    ),
    security(),
)]
pub async fn metadata(State(app): State<AppState>) -> Response {
    published(Metadata::of(&app.origin))
}

impl Metadata {
    // With an empty list of algorithms, express-oauth2-jwt-bearer and the recipe in PyJWT's documentation reject every token.
    fn of(origin: &str) -> Self {
        Self {
            issuer: origin.to_owned(),
            jwks_uri: format!("{origin}{KEYS}"),
            response_types_supported: Vec::new(),
            grant_types_supported: Vec::new(),
            subject_types_supported: vec!["public"],
            id_token_signing_alg_values_supported: vec!["ES256"],
            claims_supported: vec![
                "iss",
                "aud",
                "sub",
                "sid",
                "client_id",
                "iat",
                "exp",
                "jti",
                "email",
                "email_verified",
                "name",
            ],
            service_documentation: format!("{origin}/api/docs"),
        }
    }
}

fn published(document: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, CACHE)], Json(document)).into_response()
}
