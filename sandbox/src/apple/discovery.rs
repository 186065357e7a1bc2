//! Discovery document and JWK set.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{AUTHORIZE, issuer};
use crate::state::{Provider, SharedState};

/// `GET /.well-known/openid-configuration`.
pub async fn document(State(shared): State<SharedState>) -> Response {
    let issuer = issuer(shared.origin());
    let at = |path: &str| format!("{issuer}/{path}");
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at("auth/token"),
        "revocation_endpoint": at("auth/revoke"),
        "jwks_uri": at("auth/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "name"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "is_private_email", "iss", "nonce", "nonce_supported", "real_user_status", "sub", "transfer_sub"],
    });
    Json(document).into_response()
}

/// `GET /auth/keys`: the published keys, current one first.
pub async fn keys(State(shared): State<SharedState>) -> Response {
    let keys: Vec<_> = shared.lock().providers[Provider::Apple].keys.published().map(|key| key.jwk()).collect();
    ([(CACHE_CONTROL, "no-store")], Json(json!({"keys": keys}))).into_response()
}
