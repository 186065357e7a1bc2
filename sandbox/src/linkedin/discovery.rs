//! The discovery document and the key set.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::{Provider, SharedState};

/// `GET /oauth/.well-known/openid-configuration`. It says nothing of PKCE. LinkedIn's own document
/// does not name the client authentication either; a client that is led here by its issuer has no other source for it.
pub async fn document(State(shared): State<SharedState>) -> Response {
    let issuer = format!("{}/linkedin/oauth", shared.origin());
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/v2/authorization"),
        "token_endpoint": format!("{issuer}/v2/accessToken"),
        "userinfo_endpoint": format!("{}/linkedin-api/v2/userinfo", shared.origin()),
        "jwks_uri": format!("{issuer}/openid/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["iss", "aud", "iat", "exp", "sub", "name", "given_name", "family_name", "picture", "email", "email_verified", "locale"],
    });
    Json(document).into_response()
}

/// `GET /oauth/openid/jwks`.
pub async fn keys(State(shared): State<SharedState>) -> Response {
    let keys: Vec<_> = shared.lock().providers[Provider::Linkedin].keys.published().map(|key| key.jwk()).collect();
    Json(json!({"keys": keys})).into_response()
}
