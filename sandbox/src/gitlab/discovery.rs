//! Discovery document and JWK set.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::{Provider, SharedState};

/// `GET /.well-known/openid-configuration`.
pub async fn document(State(shared): State<SharedState>) -> Response {
    let issuer = format!("{}/gitlab", shared.origin());
    let at = |path: &str| format!("{issuer}/oauth/{path}");
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "revocation_endpoint": at("revoke"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("discovery/keys"),
        "scopes_supported": ["openid", "profile", "email", "read_user", "read_api"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "sub_legacy", "name", "nickname", "preferred_username", "email", "email_verified", "website", "profile", "picture", "groups", "groups_direct"],
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    Json(document).into_response()
}

/// `GET /oauth/discovery/keys`.
pub async fn keys(State(shared): State<SharedState>) -> Response {
    let keys: Vec<_> = shared.lock().providers[Provider::Gitlab].keys.published().map(|key| key.jwk()).collect();
    Json(json!({"keys": keys})).into_response()
}
