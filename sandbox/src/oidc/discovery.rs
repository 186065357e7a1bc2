//! Discovery document and JWK set.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::other_keys::Curve;
use crate::state::{Provider, SharedState};

/// `GET /.well-known/openid-configuration`.
pub async fn document(State(shared): State<SharedState>) -> Json<Value> {
    let issuer = format!("{}/oidc", shared.origin());
    let configuration = shared.lock().oidc.clone();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": configuration.auth_methods,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [configuration.sign.algorithm()],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// `GET /keys`.
pub async fn keys(State(shared): State<SharedState>) -> Json<Value> {
    // Without `alg`: the key signs with whatever algorithm is configured.
    let without_alg = |mut jwk: Value| {
        jwk.as_object_mut().map(|members| members.remove("alg"));
        jwk
    };
    let rsa: Vec<_> =
        shared.lock().providers[Provider::Oidc].keys.published().map(|key| without_alg(key.jwk())).collect();
    let keys: Vec<_> = rsa.into_iter().chain(Curve::ALL.into_iter().filter_map(Curve::jwk)).collect();
    Json(json!({"keys": keys}))
}
