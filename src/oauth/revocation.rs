//! Token revocation: RFC 7009.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Client, HttpRequest, HttpResponse, ResponseError, TokenErrorCode};

/// `token_type_hint` (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`.
    AccessToken,
    /// `refresh_token`.
    RefreshToken,
}

/// A revocation request (RFC 7009 §2.1), with the token in the body.
pub fn revocation_request(
    revocation_endpoint: &Url,
    client: &Client,
    token: &SecretString,
    hint: TokenTypeHint,
) -> HttpRequest {
    let hint = match hint {
        TokenTypeHint::AccessToken => "access_token",
        TokenTypeHint::RefreshToken => "refresh_token",
    };
    let parameters = [("token", token.expose_secret()), ("token_type_hint", hint)];
    HttpRequest::post_form(revocation_endpoint, client, &parameters)
}

/// Processes the response. 200 is success, also for a token that was invalid before (RFC 7009 §2.2); Google answers
/// 400 `invalid_token` to those, which is success too.
///
/// # Errors
/// [`RevocationError`]; retry later on [`ResponseError::Unavailable`].
pub fn process_revocation_response(response: &HttpResponse) -> Result<(), RevocationError> {
    response.check_available()?;
    if response.status == 200 {
        return Ok(());
    }
    let document = response.json().ok();
    let error = document.as_ref().and_then(|document| document.optional_str("error").ok().flatten());
    match error {
        Some("invalid_token") if response.status == 400 => Ok(()),
        Some(error) => Err(RevocationError::Refused(TokenErrorCode::classify(error))),
        None => Err(ResponseError::UnexpectedStatus(response.status).into()),
    }
}

/// Why a token may still be valid at the provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// An error response of the revocation endpoint.
    #[error("revocation error {0:?}")]
    Refused(TokenErrorCode),
}
