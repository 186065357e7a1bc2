//! A tenant's discovery document and JWK set.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::OAuthError;
use super::tenant::Tenant;
use super::{AUTHORIZE, USERINFO, base};
use crate::state::{Provider, SharedState};

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub async fn document(State(shared): State<SharedState>, Path(segment): Path<String>) -> Response {
    let Some(tenant) = Tenant::read(&segment) else {
        return OAuthError::tenant(&segment).respond(&shared);
    };
    let base = base(shared.origin());
    let at = |path: &str| format!("{base}/{segment}/{path}");
    let document = json!({
        "issuer": tenant.issuer(&base),
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at("oauth2/v2.0/token"),
        "jwks_uri": at("discovery/v2.0/keys"),
        "userinfo_endpoint": format!("{base}/{USERINFO}"),
        "end_session_endpoint": at("oauth2/v2.0/logout"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_modes_supported": ["query", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "request_uri_parameter_supported": false,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "email"],
    });
    ([(CACHE_CONTROL, "max-age=86400, private")], Json(document)).into_response()
}

#[derive(Deserialize)]
pub struct KeysQuery {
    appid: Option<String>,
}

/// `GET /{tenant}/discovery/v2.0/keys`: the same keys for every tenant, and with `?appid=` the application's own.
pub async fn keys(
    State(shared): State<SharedState>,
    Path(segment): Path<String>,
    Query(query): Query<KeysQuery>,
) -> Response {
    if Tenant::read(&segment).is_none() {
        return OAuthError::tenant(&segment).respond(&shared);
    }
    let issuer = Tenant::Common.issuer(&base(shared.origin()));
    let microsofts = |mut key: Value| {
        key["issuer"] = json!(issuer);
        key.as_object_mut().map(|members| members.remove("alg"));
        key
    };
    let keys: Vec<_> = {
        let state = shared.lock();
        let mock = &state.providers[Provider::Microsoft];
        let own = query.appid.as_deref().and_then(|client_id| mock.app_keys.get(client_id));
        own.into_iter().chain(mock.keys.published()).map(|key| microsofts(key.jwk())).collect()
    };
    ([(CACHE_CONTROL, "max-age=86400, private")], Json(json!({"keys": keys}))).into_response()
}
