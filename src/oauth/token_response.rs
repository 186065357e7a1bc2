//! The token response: RFC 6749 §5.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::{DocumentError, HttpResponse, JsonDocument, Scopes, TokenError, TokenErrorCode};

/// Longest accepted token, in bytes.
const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Ten years: the cap on `expires_in`, so that adding it to a time cannot overflow.
const MAX_EXPIRES_IN_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// The encoding of a provider's token responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEncoding {
    /// JSON (RFC 6749 §5.1).
    Json,
    /// JSON, or form-encoded if the content type says so (GitHub).
    JsonOrForm,
}

/// Processes a token response.
///
/// An `error` member takes precedence over the status: GitHub and others report errors with status 200, and a client
/// that checked the status alone signed users in without a token (CVE-2021-41580). `access_token` and a `token_type`
/// of `Bearer` are required. The other members are ignored where they are unusable: a sign-in needs no refresh token and
/// no lifetime. Two exceptions: an unusable id_token is an error where it is read, and an unusable `scope` grants
/// nothing.
///
/// # Errors
/// [`TokenError`]. Do not repeat a code exchange after any of them.
pub fn process_token_response(response: &HttpResponse, encoding: TokenEncoding) -> Result<TokenResponse, TokenError> {
    response.check_available()?;
    let document = read_document(response, encoding)?;
    if document.contains("error") {
        return Err(error_response(&document));
    }
    response.check_ok()?;
    check_token_type(&document)?;
    Ok(TokenResponse {
        access_token: token(&document, "access_token")?.ok_or(DocumentError::Missing("access_token"))?,
        expires_in: expires_in(&document),
        scope: scope(&document),
        refresh_token: token(&document, "refresh_token").ok().flatten(),
        id_token: id_token(&document),
    })
}

/// A successful token response that [`process_token_response`] checked. Its id_token is not verified yet.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    access_token: SecretString,
    expires_in: Option<Duration>,
    scope: Option<Scopes>,
    refresh_token: Option<SecretString>,
    id_token: Result<Option<SecretString>, TokenError>,
}

impl TokenResponse {
    /// `access_token`: printable ASCII, at most 16 KiB.
    pub fn access_token(&self) -> &SecretString {
        &self.access_token
    }

    /// `expires_in`: the remaining lifetime of the access token, at most ten years; `None` if the provider names none that
    /// makes sense.
    pub fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    /// The granted scopes, which may be fewer than `requested`. Without `scope` in the response they equal
    /// `requested` (RFC 6749 §5.1).
    pub fn granted_scopes(&self, requested: &Scopes) -> Scopes {
        self.scope.as_ref().unwrap_or(requested).clone()
    }

    /// `refresh_token`, printable ASCII. If a refresh response has none, the old one stays valid (RFC 6749 §6).
    pub fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    /// `id_token`, unverified; absent if empty.
    ///
    /// # Errors
    /// If the member is repeated, no string, or no possible token: it must not pass for absent where one is verified.
    pub fn id_token(&self) -> Result<Option<&SecretString>, TokenError> {
        self.id_token.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// `id_token`, unverified, required because the scope had `openid`.
    ///
    /// # Errors
    /// [`TokenError::IdTokenMissing`], and those of [`Self::id_token`]. Do not fall back to userinfo: it has no nonce.
    pub fn require_id_token(&self) -> Result<&SecretString, TokenError> {
        self.id_token()?.ok_or(TokenError::IdTokenMissing)
    }
}

fn read_document(response: &HttpResponse, encoding: TokenEncoding) -> Result<JsonDocument, TokenError> {
    let form = encoding == TokenEncoding::JsonOrForm
        && response
            .media_type()
            .is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    let document = match form {
        true => JsonDocument::parse_urlencoded(&response.body),
        false if !response.may_be_json() => {
            response.check_ok()?;
            return Err(TokenError::UnexpectedContentType);
        }
        false => response.json(),
    };
    // With an unreadable body, an unexpected status is the better error.
    document.or_else(|error| {
        response.check_ok()?;
        Err(error.into())
    })
}

/// Facebook's `error` is an object.
fn error_response(document: &JsonDocument) -> TokenError {
    match document.get("error") {
        Some(Value::Object(_)) => TokenError::Refused(TokenErrorCode::Other("unreadable".to_owned())),
        _ => match document.required_str("error") {
            Ok(code) => TokenError::Refused(TokenErrorCode::classify(code)),
            Err(error) => error.into(),
        },
    }
}

fn check_token_type(document: &JsonDocument) -> Result<(), TokenError> {
    match document.required_str("token_type")?.eq_ignore_ascii_case("bearer") {
        true => Ok(()),
        false => Err(TokenError::NotABearerToken),
    }
}

/// A token will be sent in a header, where a line break would inject another header.
fn token(document: &JsonDocument, name: &'static str) -> Result<Option<SecretString>, TokenError> {
    let Some(token) = document.optional_str(name)? else {
        return Ok(None);
    };
    let usable = (1..=MAX_TOKEN_BYTES).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    match usable {
        true => Ok(Some(token.into())),
        false => Err(TokenError::UnusableToken(name)),
    }
}

/// An empty string is no token: some servers write one for "none".
fn id_token(document: &JsonDocument) -> Result<Option<SecretString>, TokenError> {
    match document.read("id_token")? {
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        _ => token(document, "id_token"),
    }
}

/// A string (RFC 6749 §3.3), or an array of strings, as some servers send it. `None` if absent, which means all that was
/// requested; what cannot be read therefore means nothing.
fn scope(document: &JsonDocument) -> Option<Scopes> {
    match document.read("scope") {
        Ok(None) => None,
        Ok(Some(Value::String(text))) => Some(Scopes::parse(text)),
        Ok(Some(Value::Array(scopes))) => {
            let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
            Some(Scopes::parse(&scopes.join(" ")))
        }
        Ok(Some(_)) | Err(_) => Some(Scopes::default()),
    }
}

/// Whole or fractional seconds, as a number or in digits.
fn expires_in(document: &JsonDocument) -> Option<Duration> {
    let seconds = match document.read("expires_in").ok()?? {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => text.parse().ok(),
        value => value.as_f64(),
    };
    let seconds = seconds.filter(|seconds: &f64| *seconds >= 0.0)?;
    // The cast saturates; fractions are cut off.
    Some(Duration::from_secs((seconds as u64).min(MAX_EXPIRES_IN_SECONDS)))
}
