//! Whose client an access token was given to, in the provider's own words.
//!
//! The threat is the confused deputy (RFC 9700 §4.6; threat PA1): an access token says nothing of its client, and opens
//! userinfo whoever holds it. A token that somebody gave to another site would sign that site's owner in here as them. So
//! the provider is asked first, and userinfo only when the token is one of ours.

use std::fmt;

use secrecy::SecretString;

use super::Provider;
use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// How a provider is asked about an access token: a request, and what its answer comes to.
#[derive(Clone, Copy, Debug)]
pub struct TokenCheck {
    /// Asks about the token, which is never in the address. `None` when our client has no secret to ask with.
    pub request: fn(&Provider, &SecretString) -> Option<HttpRequest>,
    /// Reads the answer, at this time in Unix seconds. A token is good when it was given to a client of ours, for
    /// signing in, by a person, and has not expired; whatever the answer does not say counts against it.
    pub judge: fn(&Provider, &HttpResponse, i64) -> Result<CheckedToken, TokenCheckError>,
}

/// A token of ours; only a check makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedToken {
    subject: String,
}

/// Why an access token was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenCheckError {
    /// The provider is away, or answered outside its own documentation.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The provider's answer is no JSON.
    #[error("the provider's answer about the token is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// The provider does not know our own client, or its secret: a matter of the configuration.
    #[error("the provider refused our own client when asked about a token")]
    ClientRefused,
    /// The token was given to somebody else's client.
    #[error("the token was given to another client")]
    NotOurClient,
    /// The token is ours, or nobody's, and not good for signing in.
    #[error("the token is unfit: {0}")]
    UnfitTokenError(#[from] UnfitTokenError),
}

/// What makes an access token unfit for signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitTokenError {
    /// Not what an access token can look like; nobody was asked.
    #[error("it is no token")]
    Malformed,
    /// The provider does not know it: made up, revoked or expired.
    #[error("the provider does not know it")]
    Unknown,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// It does not have the scopes of a sign-in.
    #[error("it lacks the scopes of a sign-in")]
    MissingScope,
    /// It stands for a program.
    #[error("it is a service account's")]
    ServiceAccount,
    /// It stands for no person.
    #[error("it stands for nobody")]
    Nobody,
    /// What the provider says of it lacks something, or has another type.
    #[error("what the provider says of it is unclear")]
    Unclear,
    /// The provider says, who somebody is, of another person than it said the token was of.
    #[error("the provider's answers are about different persons")]
    AnotherSubject,
    /// The provider's API does not open to it.
    #[error("the provider's API refuses it")]
    Withheld,
}

impl CheckedToken {
    /// A token that stands for this person, who must have a name.
    ///
    /// # Errors
    /// [`UnfitTokenError::Nobody`] for an empty one.
    pub(super) fn of(subject: &str) -> Result<Self, UnfitTokenError> {
        match subject {
            "" => Err(UnfitTokenError::Nobody),
            subject => Ok(Self { subject: subject.to_owned() }),
        }
    }

    /// Whom it stands for, as the provider's documents must name them.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Debug for CheckedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedToken([redacted])")
    }
}

/// The answer as a document. Who is away, or sends a page, has said nothing about the token.
pub(super) fn document(response: &HttpResponse) -> Result<JsonDocument, TokenCheckError> {
    response.check_available()?;
    match response.may_be_json() {
        true => Ok(response.json()?),
        false => Err(ResponseError::UnexpectedStatus(response.status).into()),
    }
}

/// A text that the answer must have.
pub(super) fn required<'a>(document: &'a JsonDocument, member: &'static str) -> Result<&'a str, UnfitTokenError> {
    document.required_str(member).map_err(|_| UnfitTokenError::Unclear)
}
