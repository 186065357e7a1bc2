//! Responses as plain values, and what is refused before anybody reads them.

use std::fmt;
use std::time::Duration;

use super::{DocumentError, JsonDocument};

/// Largest answer of a provider that is read at all, in bytes. The sender stops reading there; the functions
/// that process answers check it again.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// The longest that we let a provider's `Retry-After` keep us away.
const MAX_RETRY_AFTER_SECONDS: u64 = 24 * 60 * 60;

/// A provider's answer, as far as the protocols look at it.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body, cut off by the sender beyond [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
}

/// Why an answer is of no use whatever its body says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// 429 or 5xx: the provider cannot now; later it may.
    #[error("the provider is unavailable (status {status})")]
    Unavailable {
        /// The status code.
        status: u16,
        /// `Retry-After`, where it was given in seconds; at most a day.
        retry_after: Option<Duration>,
    },
    /// The body exceeds [`MAX_BODY_BYTES`].
    #[error("the provider's answer is too large")]
    TooLarge,
    /// A status that this step does not know; redirects are among them.
    #[error("the provider answered with status {0}")]
    UnexpectedStatus(u16),
}

impl ResponseError {
    /// Whether asking later can help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

impl HttpResponse {
    /// Refuses what is too large or comes from a provider in trouble.
    pub(crate) fn check_available(&self) -> Result<(), ResponseError> {
        if self.status == 429 || (500..=599).contains(&self.status) {
            let retry_after = self.retry_after();
            return Err(ResponseError::Unavailable { status: self.status, retry_after });
        }
        if self.body.len() > MAX_BODY_BYTES {
            return Err(ResponseError::TooLarge);
        }
        Ok(())
    }

    /// Refuses everything but 200.
    pub(crate) fn check_ok(&self) -> Result<(), ResponseError> {
        self.check_available()?;
        match self.status {
            200 => Ok(()),
            status => Err(ResponseError::UnexpectedStatus(status)),
        }
    }

    /// Whether the body may be read as JSON. A missing type is tolerated, a wrong one (an error page in HTML)
    /// is not.
    pub(crate) fn may_be_json(&self) -> bool {
        self.media_type().is_none_or(|media_type| {
            media_type.eq_ignore_ascii_case("application/json") || media_type.to_ascii_lowercase().ends_with("+json")
        })
    }

    /// `Content-Type` without its parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let content_type = self.content_type.as_deref()?;
        content_type.split(';').next().map(str::trim)
    }

    /// The body as a JSON object with unique members.
    pub(crate) fn json(&self) -> Result<JsonDocument, DocumentError> {
        JsonDocument::parse(&self.body)
    }

    /// `Retry-After`, where it was given in seconds; at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds: u64 = self.retry_after.as_deref()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER_SECONDS)))
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}
