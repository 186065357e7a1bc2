//! The discovery document (OpenID Connect Discovery §3) and the JWK set.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{AUTHORIZE, issuer};
use crate::certificate::pem;
use crate::state::{Provider, SharedState};

/// `GET /.well-known/openid-configuration`.
pub async fn document(State(shared): State<SharedState>) -> Response {
    let issuer = issuer(shared.origin());
    let at = |path: &str| format!("{issuer}/{path}");
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "revocation_endpoint": at("revoke"),
        "jwks_uri": at("certs"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture", "sub"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "authorization_response_iss_parameter_supported": true,
    });
    ([(CACHE_CONTROL, "public, max-age=3600")], Json(document)).into_response()
}

/// `GET /oauth2/v1/certs`: the same keys as X.509 certificates by key id, which Google's clients fetch to verify id_tokens.
pub async fn certificates(State(shared): State<SharedState>) -> Response {
    let state = shared.lock();
    let now = state.now();
    let keys = state.providers[Provider::Google].keys.published();
    let certificates: Map<_, _> = keys.map(|key| (key.kid.clone(), Value::from(pem(key, now)))).collect();
    ([(CACHE_CONTROL, "public, max-age=20000, must-revalidate, no-transform")], Json(certificates)).into_response()
}

/// `GET /certs`: the published keys, the one that signs first.
pub async fn certs(State(shared): State<SharedState>) -> Response {
    let keys: Vec<_> = shared.lock().providers[Provider::Google].keys.published().map(|key| key.jwk()).collect();
    ([(CACHE_CONTROL, "public, max-age=20000, must-revalidate, no-transform")], Json(json!({"keys": keys})))
        .into_response()
}
