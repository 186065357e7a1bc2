//! Google's word about an access token.
//!
//! Sources: `tokeninfo` of the OAuth2 API, whose method is POST, and `TokenInfo` with `getTokenInfo` of
//! google-auth-library (cloud.google.com/nodejs/docs/reference/google-auth-library), which asks by POST with a form; read
//! November 2026. Numbers and booleans arrive as texts; `sub` and `email` only with their scopes.

use secrecy::{ExposeSecret, SecretString};

use super::super::{
    CheckedToken, Provider, TokenCheckError, UnfitTokenError,
    token_check::{document, required},
};
use crate::oauth::{HttpRequest, HttpResponse, JsonDocument, ResponseError, Scopes};

/// Where it is.
pub(super) const ENDPOINT: &str = "https://oauth2.googleapis.com/tokeninfo";
/// What `email` means in Google's answers.
const EMAIL_SCOPE: &str = "https://www.googleapis.com/auth/userinfo.email";
/// What the addresses of service accounts end with.
const SERVICE_ACCOUNTS: &str = ".gserviceaccount.com";
/// Seconds by which Google's clock and ours may differ.
const LEEWAY: i64 = 60;

/// The token travels in the body: the query, which the documentation shows, would stay behind in logs.
pub(super) fn request(provider: &Provider, access_token: &SecretString) -> Option<HttpRequest> {
    let endpoint = provider.tokeninfo.as_ref()?;
    Some(HttpRequest::form(endpoint, &[("access_token", access_token.expose_secret())]))
}

/// Google answers 400 to a token that it does not know, or no more.
pub(super) fn judge(provider: &Provider, response: &HttpResponse, now: i64) -> Result<CheckedToken, TokenCheckError> {
    let info = document(response)?;
    match response.status {
        200 => {}
        400 | 401 => return Err(UnfitTokenError::Unknown.into()),
        status => return Err(ResponseError::UnexpectedStatus(status).into()),
    }
    check_client(provider, &info)?;
    if !is_alive(&info, now)? {
        return Err(UnfitTokenError::Expired.into());
    }
    if info.optional_str("email").map_err(|_| UnfitTokenError::Unclear)?.is_some_and(is_service_account) {
        return Err(UnfitTokenError::ServiceAccount.into());
    }
    let scopes = Scopes::parse(required(&info, "scope")?);
    if !scopes.contains("openid") || !(scopes.contains(EMAIL_SCOPE) || scopes.contains("email")) {
        return Err(UnfitTokenError::MissingScope.into());
    }
    Ok(CheckedToken::of(required(&info, "sub")?)?)
}

/// `aud` is the client that the token is for, `azp` the one that asked for it: a service account's own number, for its.
fn check_client(provider: &Provider, info: &JsonDocument) -> Result<(), TokenCheckError> {
    let ours = provider.client_ids();
    let audience = required(info, "aud")?;
    let party = info.optional_str("azp").map_err(|_| UnfitTokenError::Unclear)?;
    match ours.contains(&audience) && party.is_none_or(|party| ours.contains(&party)) {
        true => Ok(()),
        false => Err(TokenCheckError::NotOurClient),
    }
}

/// `expires_in` is by Google's own clock; `exp` is checked beside it, as a cache could have kept the answer.
fn is_alive(info: &JsonDocument, now: i64) -> Result<bool, UnfitTokenError> {
    let left = number(info, "expires_in")?.ok_or(UnfitTokenError::Unclear)?;
    let end = number(info, "exp")?;
    Ok(left > 0 && end.is_none_or(|end| end > now.saturating_sub(LEEWAY)))
}

/// A whole number, which Google writes as a text.
fn number(info: &JsonDocument, member: &'static str) -> Result<Option<i64>, UnfitTokenError> {
    let Some(value) = info.get(member) else { return Ok(None) };
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.map(Some).ok_or(UnfitTokenError::Unclear)
}

fn is_service_account(email: &str) -> bool {
    email.to_ascii_lowercase().ends_with(SERVICE_ACCOUNTS)
}
