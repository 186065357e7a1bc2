//! Responses as plain values, and the checks that come before parsing.

use std::fmt;
use std::time::Duration;

use super::{DocumentError, JsonDocument, json_document::without_byte_order_mark};

/// Largest response body that is read, in bytes. The HTTP client stops reading there; the `process_…` functions
/// check it again.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Cap on a provider's `Retry-After`.
const MAX_RETRY_AFTER_SECONDS: u64 = 24 * 60 * 60;

/// A provider's response: the parts that the protocols use.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After`, as sent.
    pub retry_after: Option<String>,
    /// `WWW-Authenticate`, as sent.
    pub www_authenticate: Option<String>,
    /// The body, at most [`MAX_BODY_BYTES`] when it comes from `relying_party`.
    pub body: Vec<u8>,
}

/// Why a response is rejected regardless of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// 429 or 5xx: temporary; retry later.
    #[error("provider unavailable (status {status})")]
    Unavailable {
        /// The status code.
        status: u16,
        /// `Retry-After`, if given in seconds; at most a day.
        retry_after: Option<Duration>,
    },
    /// The body exceeds [`MAX_BODY_BYTES`].
    #[error("response body too large")]
    TooLarge,
    /// A status that the protocol does not define here, redirects included.
    #[error("unexpected status {0}")]
    UnexpectedStatus(u16),
}

impl ResponseError {
    /// Whether a later attempt can succeed.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

impl HttpResponse {
    /// Rejects 429, 5xx and an oversized body.
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

    /// Rejects every status but 200.
    pub(crate) fn check_ok(&self) -> Result<(), ResponseError> {
        self.check_available()?;
        match self.status {
            200 => Ok(()),
            status => Err(ResponseError::UnexpectedStatus(status)),
        }
    }

    /// Whether the content type allows JSON. A missing type does, and the types that some servers give to JSON; another
    /// type (an HTML error page, a signed `application/jwt`) does not.
    pub(crate) fn may_be_json(&self) -> bool {
        const JSON_TYPES: [&str; 4] = ["application/json", "text/json", "text/javascript", "text/plain"];
        self.media_type().is_none_or(|media_type| {
            let media_type = media_type.to_ascii_lowercase();
            JSON_TYPES.contains(&media_type.as_str()) || media_type.ends_with("+json")
        })
    }

    /// `Content-Type` without its parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let content_type = self.content_type.as_deref()?;
        content_type.split(';').next().map(str::trim)
    }

    /// Parses the body as a JSON object; see [`JsonDocument::parse_received`].
    pub(crate) fn json(&self) -> Result<JsonDocument, DocumentError> {
        JsonDocument::parse_received(without_byte_order_mark(&self.body))
    }

    /// `Retry-After`, if given in seconds; at most a day.
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
