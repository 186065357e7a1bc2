//! The authorization response: the query that the browser brings back (RFC 6749 §4.1.2, RFC 9207).
//!
//! Everything in it was in a stranger's hands. [`validate_authorization_response`] is the only way from it
//! to an [`AuthorizationCode`].

use std::fmt;

use super::{AuthorizationErrorCode, AuthorizationResponse, AuthorizationResponseError, State};
use secrecy::{ExposeSecret, SecretString};

/// What we expect of the response to one of our requests.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedResponse<'a> {
    /// The state of the pending flow that this browser holds.
    pub state: &'a State,
    /// What `iss` must be, where it is there.
    pub issuer: ExpectedIssuer<'a>,
    /// `authorization_response_iss_parameter_supported` of its metadata: a response without `iss` is then
    /// refused (RFC 9207 §2.4).
    pub iss_parameter_supported: bool,
}

/// What `iss` in a response must be.
#[derive(Clone, Copy)]
pub enum ExpectedIssuer<'a> {
    /// This issuer, as simple strings are compared (RFC 9207 §2.4).
    Is(&'a str),
    /// One that this takes, for a provider whose own name for itself is not known.
    Fits(&'a dyn Fn(&str) -> bool),
}

impl ExpectedIssuer<'_> {
    fn takes(self, iss: &str) -> bool {
        match self {
            Self::Is(issuer) => iss == issuer,
            Self::Fits(takes) => takes(iss),
        }
    }
}

impl fmt::Debug for ExpectedIssuer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(issuer) => write!(f, "Is({issuer:?})"),
            Self::Fits(_) => f.write_str("Fits"),
        }
    }
}

/// Checks, in this order: `state`, `iss`, `error`, `code`.
///
/// An error response counts only once state and issuer are known to be right; before that it is noise that
/// anybody can send us. `iss` stops the mix-up attack, where a provider makes us bring it another one's code
/// (RFC 9700 §4.4).
///
/// # Errors
/// The first check that fails. Nothing may be sent to the provider after that.
pub fn validate_authorization_response(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<AuthorizationCode, AuthorizationResponseError> {
    check_state(response, expected)?;
    check_issuer(response, expected)?;
    if let Some(error) = response.error.once("error")? {
        return Err(AuthorizationResponseError::Provider(AuthorizationErrorCode::classify(error)));
    }
    take_code(response)
}

/// `code`, from a response that passed [`validate_authorization_response`]. Not cloneable: it is worth one
/// token request.
pub struct AuthorizationCode(SecretString);

impl AuthorizationCode {
    /// The code as it is sent to the token endpoint.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizationCode([redacted])")
    }
}

fn check_state(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<(), AuthorizationResponseError> {
    match response.state.once("state")? {
        None => Err(AuthorizationResponseError::StateMissing),
        Some(state) if expected.state.matches(state) => Ok(()),
        Some(_) => Err(AuthorizationResponseError::StateMismatch),
    }
}

/// A provider may begin to send `iss` any day: present it must be right, absent is fine unless announced.
fn check_issuer(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<(), AuthorizationResponseError> {
    if response.iss.is_absent() {
        return match expected.iss_parameter_supported {
            true => Err(AuthorizationResponseError::IssuerMissing),
            false => Ok(()),
        };
    }
    match response.iss.once("iss")? {
        Some(iss) if expected.issuer.takes(iss) => Ok(()),
        _ => Err(AuthorizationResponseError::IssuerMismatch),
    }
}

fn take_code(response: &AuthorizationResponse) -> Result<AuthorizationCode, AuthorizationResponseError> {
    match response.code.once("code")? {
        None => Err(AuthorizationResponseError::CodeMissing),
        // RFC 6749 A.11: 1*VSCHAR.
        Some(code) if code.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) => Ok(AuthorizationCode(code.into())),
        Some(_) => Err(AuthorizationResponseError::Malformed("code")),
    }
}
