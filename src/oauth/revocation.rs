//! Token revocation: RFC 7009.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Client, HttpRequest, HttpResponse, ResponseError, TokenErrorCode};

/// `token_type_hint`: which token it is, to spare the provider a search (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`.
    AccessToken,
    /// `refresh_token`.
    RefreshToken,
}

/// Asks the provider to forget a token. The token travels in the body: in a query it would stay behind in
/// logs.
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

/// Reads the answer. 200 is success, for a token that was already void, too (RFC 7009 §2.2); Google says 400
/// `invalid_token` to those, which means the same.
///
/// # Errors
/// [`RevocationError`]; worth another try when it is [`ResponseError::Unavailable`].
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

/// Why a token may still be alive at the provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// The provider is away, or answered outside the protocol.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The provider refused the request.
    #[error("the revocation endpoint refused: {0:?}")]
    Refused(TokenErrorCode),
}
