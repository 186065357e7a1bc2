//! Facebook's `debug_token`.
//!
//! Sources: "Debug-Token /debug_token" and "Access Tokens: app access tokens" (developers.facebook.com/docs/graph-api and
//! /docs/facebook-login); Meta's own PHP SDK up to 3.2, which sends every call as a POST, with `method=GET` in
//! the body for reads; read November 2026.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    super::{CheckedToken, Provider, TokenCheckError, UnfitTokenError, endpoint_url, token_check::document},
    GRAPH_URL, VERSION,
};
use crate::oauth::{HttpRequest, HttpResponse, ResponseError};

/// "The App_id in the input_token did not match the Viewing App", among other wrong parameters.
const PARAMETER: u64 = 100;
/// Our app token is not accepted.
const ACCESS_TOKEN: u64 = 190;

const MEMBERS: &[&str] =
    &["error.code", "data.is_valid", "data.app_id", "data.type", "data.expires_at", "data.user_id"];

/// User tokens are letters and digits, without a documented length ("Access Token Guide"). An app's token has a `|`.
pub(super) fn is_plausible(token: &str) -> bool {
    (20..=4096).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Both tokens stay out of the URL: the app's is in the header, the user's in the body, and `method` makes it a GET.
pub(super) fn request(provider: &Provider, access_token: &SecretString) -> Option<HttpRequest> {
    let secret = provider.client_secret.fixed()?;
    let app_token = SecretString::from(format!("{}|{}", provider.client_id, secret.expose_secret()));
    let graph = provider.api.as_deref().unwrap_or(GRAPH_URL);
    let url = endpoint_url(graph, &format!("/{VERSION}/debug_token"));
    let form = [("method", "GET"), ("input_token", access_token.expose_secret())];
    Some(HttpRequest::form(&url, &form).with_bearer(&app_token))
}

/// Facebook describes tokens of the requesting app only. Further clients are not accepted: user ids are app-scoped.
pub(super) fn judge(provider: &Provider, response: &HttpResponse, now: i64) -> Result<CheckedToken, TokenCheckError> {
    let answer = document(response, MEMBERS)?;
    if let Some(error) = answer.get("error") {
        return Err(match error.get("code").and_then(Value::as_u64) {
            Some(PARAMETER) => TokenCheckError::NotOurClient,
            Some(ACCESS_TOKEN) => TokenCheckError::ClientRefused,
            // Rate limits, for instance.
            _ => ResponseError::UnexpectedStatus(response.status).into(),
        });
    }
    response.check_ok()?;
    let data = answer.get("data").ok_or(UnfitTokenError::Incomplete)?;
    let text = |member: &str| data.get(member).and_then(Value::as_str);
    if data.get("is_valid") != Some(&Value::Bool(true)) {
        return Err(UnfitTokenError::Unknown.into());
    }
    if text("app_id").ok_or(UnfitTokenError::Incomplete)? != provider.client_id {
        return Err(TokenCheckError::NotOurClient);
    }
    if text("type").ok_or(UnfitTokenError::Incomplete)? != "USER" {
        return Err(UnfitTokenError::NoUser.into());
    }
    // Zero: the token never expires.
    match data.get("expires_at").and_then(Value::as_i64).ok_or(UnfitTokenError::Incomplete)? {
        0 => {}
        end if end > now => {}
        _ => return Err(UnfitTokenError::Expired.into()),
    }
    Ok(CheckedToken::of(text("user_id").ok_or(UnfitTokenError::Incomplete)?)?)
}
