//! GitHub's "Check a token".
//!
//! Source: "Check a token" in "REST API endpoints for OAuth authorizations" (docs.github.com/rest/apps/oauth-applications);
//! read November 2026.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::{
    super::{CheckedToken, Provider, TokenCheckError, UnfitTokenError, token_check::document},
    API_URL,
};
use crate::oauth::{Client, ClientAuthentication, HttpRequest, HttpResponse, ResponseError};

/// "GitHub's token formats": of OAuth apps `gho_`, of GitHub Apps for a user `ghu_`, and 40 hexadecimal digits before 2021.
pub(super) fn is_plausible(token: &str) -> bool {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    match token.strip_prefix("gho_").or_else(|| token.strip_prefix("ghu_")) {
        Some(rest) => (16..=255).contains(&rest.len()) && is_word(rest),
        None => token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()),
    }
}

/// Our client's credentials by Basic, the token in the body. GitHub finds tokens of that client only.
pub(super) fn request(provider: &Provider, access_token: &SecretString) -> Option<HttpRequest> {
    let secret = provider.client_secret.fixed()?;
    let mut url = Url::parse(provider.api.as_deref().unwrap_or(API_URL)).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["applications", &provider.client_id, "token"]);
    let client = Client {
        client_id: provider.client_id.clone(),
        authentication: ClientAuthentication::ClientSecretBasic(secret.clone()),
    };
    Some(HttpRequest::json(&url, &json!({ "access_token": access_token.expose_secret() })).with_basic(&client))
}

/// 404 for a token of another client and for an unknown one, 422 for a malformed one. A token without scopes still identifies
/// the user; those of GitHub Apps have none.
pub(super) fn judge(provider: &Provider, response: &HttpResponse, now: i64) -> Result<CheckedToken, TokenCheckError> {
    let answer = document(response, &["app.client_id", "expires_at", "user.id"])?;
    match response.status {
        200 => {}
        404 | 422 => return Err(UnfitTokenError::Unknown.into()),
        401 => return Err(TokenCheckError::ClientRefused),
        status => return Err(ResponseError::UnexpectedStatus(status).into()),
    }
    let client_id = answer.get("app").and_then(|app| app.get("client_id")).and_then(Value::as_str);
    if client_id.ok_or(UnfitTokenError::Incomplete)? != provider.client_id {
        return Err(TokenCheckError::NotOurClient);
    }
    match answer.get("expires_at").unwrap_or(&Value::Null) {
        Value::Null => {}
        Value::String(end) if unix_seconds(end).ok_or(UnfitTokenError::Incomplete)? > now => {}
        Value::String(_) => return Err(UnfitTokenError::Expired.into()),
        _ => return Err(UnfitTokenError::Incomplete.into()),
    }
    // The token of an installation has no user.
    let user = answer.get("user").filter(|user| !user.is_null()).ok_or(UnfitTokenError::NoUser)?;
    let id = user.get("id").and_then(Value::as_u64).filter(|id| *id > 0).ok_or(UnfitTokenError::Incomplete)?;
    Ok(CheckedToken::of(&id.to_string())?)
}

fn unix_seconds(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}
