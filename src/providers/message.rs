//! Messages that a provider sends in a form of its own, under a MAC with a secret that it shares with us. Those in the form of
//! security event tokens are read by `oidc::security_event`.

use std::fmt;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

use super::Provider;
use crate::{oauth::DocumentError, oidc::SecurityEvent};

/// How a provider's own messages are read.
#[derive(Clone, Copy, Debug)]
pub struct MessageFormat {
    /// Of the body, without parameters.
    pub media_type: &'static str,
    /// Where they come from.
    pub registrations: &'static [Registration],
    /// Verifies a message at this time, in Unix seconds. `None`: it is genuine and says nothing about a user.
    pub verify: fn(&Provider, &IncomingMessage<'_>, u64) -> Result<Option<SecurityEvent>, MessageError>,
}

/// One URL to register with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The field of the provider's console.
    pub field: &'static str,
    pub purpose: Purpose,
}

/// What a URL is registered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Events,
    /// Users ask the provider to have their data deleted here. The message itself does not say so: only its URL does.
    DataDeletion,
}

/// A message before it is verified.
#[derive(Clone, Copy)]
pub struct IncomingMessage<'a> {
    pub purpose: Purpose,
    /// A header by its name in lower case; `None` if it is absent, repeated, or not ASCII.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    pub body: &'a str,
}

/// Why a message was rejected. Contains no value of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// No secret is configured, so no message is expected.
    #[error("no secret to verify messages with")]
    NoSecret,
    #[error("not of the documented form")]
    Malformed,
    #[error("wrong signature")]
    BadSignature,
    #[error("another algorithm than HMAC-SHA256")]
    WrongAlgorithm,
    #[error("issued in the future")]
    IssuedInTheFuture,
    #[error("too old")]
    TooOld,
    /// The provider also makes such texts for pages, where scripts and the user can read them.
    #[error("made for a browser")]
    ForABrowser,
    #[error("no header {0}")]
    MissingHeader(&'static str),
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl MessageError {
    /// The error code of RFC 8935 §2.4.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadSignature => "invalid_key",
            _ => "invalid_request",
        }
    }
}

impl Purpose {
    /// What follows `/auth/events/{provider}`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Events => "",
            Self::DataDeletion => "/deletion",
        }
    }
}

impl MessageFormat {
    pub fn takes(&self, purpose: Purpose) -> bool {
        self.registrations.iter().any(|registration| registration.purpose == purpose)
    }
}

impl fmt::Debug for IncomingMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IncomingMessage({:?}, [redacted])", self.purpose)
    }
}

/// Compares the MAC (HMAC-SHA256) in constant time.
pub(super) fn check_mac(secret: &SecretString, bytes: &[u8], mac: &[u8]) -> Result<(), MessageError> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    hmac::verify(&key, bytes, mac).map_err(|_| MessageError::BadSignature)
}
