//! The authorization response: the query of the redirect URI (RFC 6749 §4.1.2, RFC 9207).
//!
//! An attacker can forge all of it. Only [`validate_authorization_response`] makes an [`AuthorizationCode`] from it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{AuthorizationResponse, AuthorizationResponseError, State};

/// What a response must match to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedResponse<'a> {
    /// `state` of this browser's pending flow.
    pub state: &'a State,
    /// The accepted values of `iss`, if it is present.
    pub issuer: ExpectedIssuer<'a>,
    /// `authorization_response_iss_parameter_supported` of the metadata: if true, a response without `iss` is
    /// rejected (RFC 9207 §2.4).
    pub iss_parameter_supported: bool,
}

/// The accepted values of `iss`.
#[derive(Clone, Copy)]
pub enum ExpectedIssuer<'a> {
    /// This issuer, by simple string comparison (RFC 9207 §2.4).
    Is(&'a str),
    /// An issuer that the predicate accepts, for a provider that does not publish its issuer.
    Fits(&'a dyn Fn(&str) -> bool),
}

impl ExpectedIssuer<'_> {
    fn accepts(self, iss: &str) -> bool {
        match self {
            Self::Is(issuer) => iss == issuer,
            Self::Fits(predicate) => predicate(iss),
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
/// An error response counts only after `state` matches; anyone can send other ones. `iss` stops the mix-up attack, in which
/// a malicious provider obtains the code of an honest one (RFC 9700 §4.4). A wrong one is always rejected; one that was
/// announced and is missing only beside a code, since several providers omit it from their errors, which give nothing
/// away.
///
/// # Errors
/// The first check that fails. Send nothing to the provider after that.
pub fn validate_authorization_response(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<AuthorizationCode, AuthorizationResponseError> {
    check_state(response, expected)?;
    check_issuer(response, expected)?;
    match response.error_code()? {
        Some(error) => Err(AuthorizationResponseError::Provider(error)),
        None => take_code(response),
    }
}

/// `code` of a response that passed [`validate_authorization_response`]. Not `Clone`: it is good for one token
/// request.
pub struct AuthorizationCode(SecretString);

impl AuthorizationCode {
    /// The code, for the token endpoint.
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

/// A provider may start to send `iss` at any time: if present it must match; it may be absent unless announced.
fn check_issuer(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<(), AuthorizationResponseError> {
    if response.iss.is_absent() {
        let reports_an_error = response.code.is_absent() && response.error_code()?.is_some();
        return match expected.iss_parameter_supported && !reports_an_error {
            true => Err(AuthorizationResponseError::IssuerMissing),
            false => Ok(()),
        };
    }
    match response.iss.once("iss")? {
        Some(iss) if expected.issuer.accepts(iss) => Ok(()),
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
