//! Google's `tokeninfo`.
//!
//! Sources: `tokeninfo` of the OAuth2 API, whose method is POST, and `TokenInfo` with `getTokenInfo` of
//! google-auth-library (cloud.google.com/nodejs/docs/reference/google-auth-library), which sends a POST with a form; read
//! November 2026. Numbers and booleans are strings; `sub` and `email` only with their scopes.

use secrecy::{ExposeSecret, SecretString};

use super::super::{
    CheckedToken, Provider, TokenCheckError, UnfitTokenError,
    token_check::{document, required},
};
use crate::oauth::{HttpRequest, HttpResponse, JsonDocument, ResponseError, Scopes};

pub(super) const ENDPOINT: &str = "https://oauth2.googleapis.com/tokeninfo";
/// The scope `email` in Google's responses.
const EMAIL_SCOPE: &str = "https://www.googleapis.com/auth/userinfo.email";
/// Suffix of the email addresses of service accounts.
const SERVICE_ACCOUNTS: &str = ".gserviceaccount.com";
/// Clock skew between Google and us, in seconds.
const LEEWAY: i64 = 60;

/// Google documents a maximum of 2048 bytes, and no format ("Using OAuth 2.0 to Access Google APIs", token size); RFC 6750 §2.1
/// has the characters.
pub(super) fn is_plausible(token: &str) -> bool {
    let is_b64token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    (20..=2048).contains(&token.len()) && token.bytes().all(is_b64token)
}

/// The token is in the body: the query, which the documentation shows, would end up in logs.
pub(super) fn request(provider: &Provider, access_token: &SecretString) -> Option<HttpRequest> {
    let endpoint = provider.tokeninfo.as_ref()?;
    Some(HttpRequest::form(endpoint, &[("access_token", access_token.expose_secret())]))
}

/// Google returns 400 for an unknown or expired token.
pub(super) fn judge(provider: &Provider, response: &HttpResponse, now: i64) -> Result<CheckedToken, TokenCheckError> {
    let info = document(response, &["aud", "azp", "expires_in", "exp", "email", "scope", "sub"])?;
    match response.status {
        200 => {}
        400 | 401 => return Err(UnfitTokenError::Unknown.into()),
        status => return Err(ResponseError::UnexpectedStatus(status).into()),
    }
    check_client(provider, &info)?;
    if !is_alive(&info, now)? {
        return Err(UnfitTokenError::Expired.into());
    }
    if info.optional_str("email").map_err(|_| UnfitTokenError::Incomplete)?.is_some_and(is_service_account) {
        return Err(UnfitTokenError::ServiceAccount.into());
    }
    let scopes = Scopes::parse(required(&info, "scope")?);
    if !scopes.contains("openid") || !(scopes.contains(EMAIL_SCOPE) || scopes.contains("email")) {
        return Err(UnfitTokenError::MissingScope.into());
    }
    Ok(CheckedToken::of(required(&info, "sub")?)?)
}

/// `aud` is the client that the token is for, `azp` the one that requested it: for a service account, its own number.
fn check_client(provider: &Provider, info: &JsonDocument) -> Result<(), TokenCheckError> {
    let ours = provider.client_ids();
    let audience = required(info, "aud")?;
    let party = info.optional_str("azp").map_err(|_| UnfitTokenError::Incomplete)?;
    match ours.contains(&audience) && party.is_none_or(|party| ours.contains(&party)) {
        true => Ok(()),
        false => Err(TokenCheckError::NotOurClient),
    }
}

/// `expires_in` is by Google's clock; `exp` is checked, too, since the response may come from a cache.
fn is_alive(info: &JsonDocument, now: i64) -> Result<bool, UnfitTokenError> {
    let left = number(info, "expires_in")?.ok_or(UnfitTokenError::Incomplete)?;
    let end = number(info, "exp")?;
    Ok(left > 0 && end.is_none_or(|end| end > now.saturating_sub(LEEWAY)))
}

/// An integer, which Google writes as a string.
fn number(info: &JsonDocument, member: &'static str) -> Result<Option<i64>, UnfitTokenError> {
    let Some(value) = info.get(member) else { return Ok(None) };
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.map(Some).ok_or(UnfitTokenError::Incomplete)
}

fn is_service_account(email: &str) -> bool {
    email.to_ascii_lowercase().ends_with(SERVICE_ACCOUNTS)
}
