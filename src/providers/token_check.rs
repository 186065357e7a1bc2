//! Which client an access token was issued to, according to the provider.
//!
//! The threat is token substitution (RFC 9700 §4.6; threat PA1): an access token does not name its client, and anyone who
//! holds it can call userinfo. The owner of another site could sign in here with the tokens of that site's users. So we check
//! the client before we request userinfo.

use std::fmt;

use secrecy::SecretString;

use super::Provider;
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// How to check an access token: a request, and what its response means.
#[derive(Clone, Copy, Debug)]
pub struct TokenCheck {
    /// Whether a text can be a token of this provider at all, by what the provider documents about its format. Asking about
    /// anything else would let strangers use up our requests there.
    pub is_plausible: fn(&str) -> bool,
    /// The token is never in the URL. `None` when our client has no secret to authenticate with.
    pub request: fn(&Provider, &SecretString) -> Option<HttpRequest>,
    /// Judges the response; the time is in Unix seconds. A token is accepted when it was issued to our client, for signing in,
    /// to a user, and has not expired; a missing statement is a rejection.
    pub judge: fn(&Provider, &HttpResponse, i64) -> Result<CheckedToken, TokenCheckError>,
}

/// A token of our client; only a check makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedToken {
    subject: String,
}

/// Why an access token was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenCheckError {
    /// The provider is unavailable, or its response is not a documented one.
    #[error(transparent)]
    Response(#[from] ResponseError),
    #[error("malformed response to the token check: {0}")]
    Malformed(#[from] DocumentError),
    /// Our client id or secret is wrong: for the operator.
    #[error("the provider rejected our client credentials in a token check")]
    ClientRefused,
    #[error("the token was issued to another client")]
    NotOurClient,
    /// The token is unknown, or cannot be used to sign in.
    #[error("unusable token: {0}")]
    UnfitToken(#[from] UnfitTokenError),
}

/// Why an access token cannot be used to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitTokenError {
    /// By its form; no request was sent.
    #[error("malformed")]
    Malformed,
    /// To the provider: made up, revoked or expired.
    #[error("unknown to the provider")]
    Unknown,
    #[error("expired")]
    Expired,
    #[error("the scopes of a sign-in are missing")]
    MissingScope,
    #[error("issued to a service account")]
    ServiceAccount,
    /// Issued to an app or a page.
    #[error("not issued to a user")]
    NoUser,
    /// A member of the response is missing or of another type.
    #[error("incomplete response to the token check")]
    Incomplete,
    /// The token check and userinfo name different users.
    #[error("token check and userinfo name different users")]
    AnotherSubject,
    #[error("rejected by the provider's API")]
    Rejected,
}

impl CheckedToken {
    /// # Errors
    /// [`UnfitTokenError::NoUser`] for an empty subject.
    pub(super) fn of(subject: &str) -> Result<Self, UnfitTokenError> {
        match subject {
            "" => Err(UnfitTokenError::NoUser),
            subject => Ok(Self { subject: subject.to_owned() }),
        }
    }

    /// The user that the provider's documents must name.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Debug for CheckedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedToken([redacted])")
    }
}

/// The response as JSON, in which none of the members at these paths is repeated. An outage or an HTML page says nothing about
/// the token.
pub(super) fn document(response: &HttpResponse, read: &[&'static str]) -> Result<JsonDocument, TokenCheckError> {
    response.check_available()?;
    if !response.may_be_json() {
        return Err(ResponseError::UnexpectedStatus(response.status).into());
    }
    let document = response.json()?;
    document.check_once(read)?;
    Ok(document)
}

pub(super) fn required<'a>(document: &'a JsonDocument, member: &'static str) -> Result<&'a str, UnfitTokenError> {
    document.required_str(member).map_err(|_| UnfitTokenError::Incomplete)
}
