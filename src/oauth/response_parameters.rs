//! The parameters of an authorization response, before any check (RFC 6749 §4.1.2, RFC 9207 §2).

use std::fmt;

use url::form_urlencoded;

use super::{AuthorizationErrorCode, AuthorizationResponseError, ProviderMessage};

/// Longest accepted `code`, in bytes. Microsoft's have about 2 KB.
const MAX_CODE_BYTES: usize = 4096;
/// Longest accepted value of the other parameters, in bytes.
const MAX_PARAMETER_BYTES: usize = 1024;
/// Longest `error_description` that is shown to the operator, in part. Microsoft's have more than 1 KB.
const MAX_DESCRIPTION_BYTES: usize = 4096;

/// An authorization response, unverified. `error_description` is for the operator alone: it is untrusted text, and the
/// pages have their own. `error_uri` is not read.
#[derive(Clone, Default)]
pub struct AuthorizationResponse {
    pub(super) code: Parameter,
    pub(super) state: Parameter,
    pub(super) iss: Parameter,
    error: Parameter,
    /// Facebook's reason: `user_denied` for a cancelled sign-in.
    error_reason: Parameter,
    /// Facebook's code: 200 for a cancelled sign-in, and others without any `error`.
    error_code: Parameter,
    /// Microsoft's detail: `cancel` for a cancelled sign-in.
    error_subcode: Parameter,
    error_description: Parameter,
}

impl AuthorizationResponse {
    /// Parses a query or a `form_post` body. Duplicate and overlong parameters are recorded as such; the validation
    /// rejects them.
    pub fn from_urlencoded(text: &str) -> Self {
        let mut response = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            response.add(&name, value.into_owned());
        }
        response
    }

    /// From parsed parameters.
    pub fn new(code: Option<String>, state: Option<String>, iss: Option<String>, error: Option<String>) -> Self {
        Self::default().with("code", code).with("state", state).with("iss", iss).with("error", error)
    }

    /// `state`, unverified, to look up the pending flow.
    pub fn unverified_state(&self) -> Option<&str> {
        self.state.once("state").ok().flatten()
    }

    /// `iss`, unverified, for a report about the response.
    pub fn unverified_issuer(&self) -> Option<&str> {
        self.iss.once("iss").ok().flatten()
    }

    /// Adds a parameter; unknown names are ignored.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.add(name, value);
        }
        self
    }

    /// The reported error. Of Facebook's and Microsoft's own parameters only the words for a cancelled sign-in are read.
    pub(super) fn error_code(&self) -> Result<Option<AuthorizationErrorCode>, AuthorizationResponseError> {
        let is = |parameter: &Parameter, word| parameter.once("").is_ok_and(|value| value == Some(word));
        let cancelled = is(&self.error_reason, "user_denied") || is(&self.error_subcode, "cancel");
        if let Some(error) = self.error.once("error")? {
            let code = AuthorizationErrorCode::classify(error);
            return Ok(Some(if cancelled { AuthorizationErrorCode::AccessDenied } else { code }));
        }
        // Facebook reports some errors by `error_code` alone.
        match self.code.is_absent() && !self.error_code.is_absent() {
            true if cancelled || is(&self.error_code, "200") => Ok(Some(AuthorizationErrorCode::AccessDenied)),
            true => Ok(Some(AuthorizationErrorCode::Other)),
            false => Ok(None),
        }
    }

    /// The provider's words about an error, for a response whose `state` and `iss` are verified.
    pub fn provider_message(&self) -> Option<ProviderMessage> {
        let text = |parameter: &'_ Parameter| parameter.once("").ok().flatten().map(str::to_owned);
        ProviderMessage::new(text(&self.error).as_deref(), text(&self.error_description).as_deref(), &[])
    }

    fn add(&mut self, name: &str, value: String) {
        match name {
            "code" => self.code.add(value, MAX_CODE_BYTES),
            "state" => self.state.add(value, MAX_PARAMETER_BYTES),
            "iss" => self.iss.add(value, MAX_PARAMETER_BYTES),
            "error" => self.error.add(value, MAX_PARAMETER_BYTES),
            "error_reason" => self.error_reason.add(value, MAX_PARAMETER_BYTES),
            "error_code" => self.error_code.add(value, MAX_PARAMETER_BYTES),
            "error_subcode" => self.error_subcode.add(value, MAX_PARAMETER_BYTES),
            "error_description" => self.error_description.add(value, MAX_DESCRIPTION_BYTES),
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
pub(super) enum Parameter {
    #[default]
    Absent,
    Once(String),
    Repeated,
    TooLong,
}

impl Parameter {
    pub(super) fn is_absent(&self) -> bool {
        *self == Self::Absent
    }

    fn add(&mut self, value: String, limit: usize) {
        *self = match self {
            Self::Absent if value.len() > limit => Self::TooLong,
            Self::Absent => Self::Once(value),
            _ => Self::Repeated,
        };
    }

    /// The value; an empty one counts as absent (RFC 6749 §3.1).
    pub(super) fn once(&self, name: &'static str) -> Result<Option<&str>, AuthorizationResponseError> {
        match self {
            Self::Absent => Ok(None),
            Self::Once(value) => Ok(Some(value.as_str()).filter(|value| !value.is_empty())),
            Self::Repeated => Err(AuthorizationResponseError::Duplicate(name)),
            Self::TooLong => Err(AuthorizationResponseError::Malformed(name)),
        }
    }
}
