//! The authorization response: the query that the browser brings back (RFC 6749 §4.1.2, RFC 9207).
//!
//! Everything in it was in a stranger's hands. [`validate_authorization_response`] is the only way from it
//! to an [`AuthorizationCode`].

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::State;

/// Longest `code` that we take, in bytes. Microsoft's are near 2 KB.
const MAX_CODE_BYTES: usize = 4096;
/// Longest of the other parameters, in bytes.
const MAX_PARAMETER_BYTES: usize = 1024;

/// An authorization response as it arrived, nothing in it verified. `error_description` and `error_uri` are
/// not even read: they are text of a stranger, and we say what happened in our own words.
#[derive(Clone, Default)]
pub struct AuthorizationResponse {
    code: Parameter,
    state: Parameter,
    iss: Parameter,
    error: Parameter,
}

/// What we expect of the response to one of our requests.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedResponse<'a> {
    /// The state of the pending flow that this browser holds.
    pub state: &'a State,
    /// The provider's issuer identifier, where it has one.
    pub issuer: Option<&'a str>,
    /// `authorization_response_iss_parameter_supported` of its metadata: a response without `iss` is then
    /// refused (RFC 9207 §2.4).
    pub iss_parameter_supported: bool,
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
    if let Some(error) = response.error.single("error")? {
        return Err(AuthorizationResponseError::Provider(
            AuthorizationErrorCode::classify(error),
        ));
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

/// Why an authorization response was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationResponseError {
    /// No `state`, or an empty one.
    #[error("the response has no state")]
    StateMissing,
    /// `state` belongs to another flow, another browser, or to nobody.
    #[error("the response's state is not that of the flow")]
    StateMismatch,
    /// `iss` names another issuer than the one that we asked.
    #[error("the response comes from another issuer")]
    IssuerMismatch,
    /// The provider says that it sends `iss`, and did not.
    #[error("the response has no iss, although the provider announces it")]
    IssuerMissing,
    /// Neither `code` nor `error`.
    #[error("the response has neither a code nor an error")]
    CodeMissing,
    /// A parameter came more than once (RFC 6749 §3.1); its name.
    #[error("the response has {0} more than once")]
    Duplicate(&'static str),
    /// A parameter is too long or has characters that RFC 6749 appendix A does not allow; its name.
    #[error("the response's {0} is malformed")]
    Malformed(&'static str),
    /// The provider answered with an error, after the state matched.
    #[error("the provider answered {0:?}")]
    Provider(AuthorizationErrorCode),
}

/// `error` of RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. A closed list: the provider's own text goes
/// no further than here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthorizationErrorCode {
    /// The person (or the provider) said no.
    AccessDenied,
    /// `prompt=none`, and nobody is signed in there.
    LoginRequired,
    /// `prompt=none`, and something has to be shown.
    InteractionRequired,
    /// `prompt=none`, and consent has to be asked for.
    ConsentRequired,
    /// `prompt=none`, and an account has to be chosen.
    AccountSelectionRequired,
    /// The provider is overloaded or under maintenance.
    TemporarilyUnavailable,
    /// The provider failed.
    ServerError,
    /// Our request was wrong: a fault of code or configuration.
    InvalidRequest,
    /// Our client may not use this flow: a fault of the registration.
    UnauthorizedClient,
    /// The provider does not know `response_type=code`.
    UnsupportedResponseType,
    /// The provider does not know a scope that we asked for.
    InvalidScope,
    /// Anything else.
    Other,
}

impl AuthorizationErrorCode {
    fn classify(error: &str) -> Self {
        match error {
            "access_denied" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "consent_required" => Self::ConsentRequired,
            "account_selection_required" => Self::AccountSelectionRequired,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "server_error" => Self::ServerError,
            "invalid_request" => Self::InvalidRequest,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            _ => Self::Other,
        }
    }
}

fn check_state(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<(), AuthorizationResponseError> {
    match response.state.single("state")? {
        None => Err(AuthorizationResponseError::StateMissing),
        Some(state) if expected.state.matches(state) => Ok(()),
        Some(_) => Err(AuthorizationResponseError::StateMismatch),
    }
}

/// A provider may begin to send `iss` any day: present it must be right, absent is fine unless announced.
/// Compared as simple strings (RFC 9207 §2.4).
fn check_issuer(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
) -> Result<(), AuthorizationResponseError> {
    if response.iss == Parameter::Absent {
        return match expected.iss_parameter_supported {
            true => Err(AuthorizationResponseError::IssuerMissing),
            false => Ok(()),
        };
    }
    match (response.iss.single("iss")?, expected.issuer) {
        (_, None) if !expected.iss_parameter_supported => Ok(()),
        (Some(iss), Some(issuer)) if iss == issuer => Ok(()),
        _ => Err(AuthorizationResponseError::IssuerMismatch),
    }
}

fn take_code(
    response: &AuthorizationResponse,
) -> Result<AuthorizationCode, AuthorizationResponseError> {
    match response.code.single("code")? {
        None => Err(AuthorizationResponseError::CodeMissing),
        // RFC 6749 A.11: 1*VSCHAR.
        Some(code) if code.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) => {
            Ok(AuthorizationCode(code.into()))
        }
        Some(_) => Err(AuthorizationResponseError::Malformed("code")),
    }
}

impl AuthorizationResponse {
    /// Reads a query or a `form_post` body. Parameters that come twice or too long are remembered as such and
    /// refused by the validation.
    pub fn from_urlencoded(text: &str) -> Self {
        let mut response = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            response.add(&name, value.into_owned());
        }
        response
    }

    /// From parameters that somebody else has already taken apart.
    pub fn new(
        code: Option<String>,
        state: Option<String>,
        iss: Option<String>,
        error: Option<String>,
    ) -> Self {
        let mut response = Self::default();
        for (name, value) in [
            ("code", code),
            ("state", state),
            ("iss", iss),
            ("error", error),
        ] {
            if let Some(value) = value {
                response.add(name, value);
            }
        }
        response
    }

    /// `state` as it arrived, to find the pending flow by. Proves nothing.
    pub fn unverified_state(&self) -> Option<&str> {
        self.state.single("state").ok().flatten()
    }

    fn add(&mut self, name: &str, value: String) {
        match name {
            "code" => self.code.add(value, MAX_CODE_BYTES),
            "state" => self.state.add(value, MAX_PARAMETER_BYTES),
            "iss" => self.iss.add(value, MAX_PARAMETER_BYTES),
            "error" => self.error.add(value, MAX_PARAMETER_BYTES),
            _ => {}
        }
    }
}

impl fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizationResponse([redacted])")
    }
}

/// One parameter of the response.
#[derive(Clone, Default, PartialEq)]
enum Parameter {
    #[default]
    Absent,
    Once(String),
    Repeated,
    TooLong,
}

impl Parameter {
    fn add(&mut self, value: String, limit: usize) {
        *self = match self {
            Self::Absent if value.len() > limit => Self::TooLong,
            Self::Absent => Self::Once(value),
            _ => Self::Repeated,
        };
    }

    /// The value; an empty one counts as none (RFC 6749 §3.1).
    fn single(&self, name: &'static str) -> Result<Option<&str>, AuthorizationResponseError> {
        match self {
            Self::Absent => Ok(None),
            Self::Once(value) => Ok(Some(value.as_str()).filter(|value| !value.is_empty())),
            Self::Repeated => Err(AuthorizationResponseError::Duplicate(name)),
            Self::TooLong => Err(AuthorizationResponseError::Malformed(name)),
        }
    }
}
