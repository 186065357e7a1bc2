//! The token response: RFC 6749 §5.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::{DocumentError, HttpResponse, JsonDocument, Scopes, TokenError, TokenErrorCode};

/// Longest token that we take, in bytes.
const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Ten years: a longer `expires_in` is cut to this, so that adding it to a clock cannot overflow.
const MAX_EXPIRES_IN_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// How a provider writes its token responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEncoding {
    /// JSON, as RFC 6749 §5.1 says.
    Json,
    /// JSON, or a form where the content type says so (GitHub).
    JsonOrForm,
}

/// Reads the answer of the token endpoint.
///
/// An `error` member decides before anything else, whatever the status: GitHub and others report failures
/// with 200, and a client that looked at the status alone signed people in with nothing (CVE-2021-41580).
/// `access_token` and a `token_type` of Bearer are required. `expires_in` may be a string of digits: it only
/// says when to refresh, and some providers write it that way.
///
/// # Errors
/// [`TokenError`]. A code exchange is not repeated after any of them.
pub fn process_token_response(response: &HttpResponse, encoding: TokenEncoding) -> Result<TokenResponse, TokenError> {
    response.check_available()?;
    let document = read_document(response, encoding)?;
    if document.contains("error") {
        return Err(refused(&document));
    }
    response.check_ok()?;
    check_token_type(&document)?;
    Ok(TokenResponse {
        access_token: token(&document, "access_token")?.ok_or(DocumentError::Missing("access_token"))?,
        expires_in: expires_in(&document)?,
        scope: document.optional_str("scope")?.map(Scopes::parse),
        refresh_token: token(&document, "refresh_token")?,
        id_token: token(&document, "id_token")?,
    })
}

/// A successful token response, as [`process_token_response`] checked it. The id_token in it is still to be
/// verified.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    access_token: SecretString,
    expires_in: Option<Duration>,
    scope: Option<Scopes>,
    refresh_token: Option<SecretString>,
    id_token: Option<SecretString>,
}

impl TokenResponse {
    /// `access_token`.
    pub fn access_token(&self) -> &SecretString {
        &self.access_token
    }

    /// `expires_in`: how long the access token lives from now on.
    pub fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    /// What was granted, which may be less than `requested`; without a `scope` in the answer it is just what
    /// was requested (RFC 6749 §5.1).
    pub fn granted_scopes(&self, requested: &Scopes) -> Scopes {
        self.scope.as_ref().unwrap_or(requested).clone()
    }

    /// `refresh_token`. Absent in the answer to a refresh means: keep the old one (RFC 6749 §6).
    pub fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    /// `id_token`, unverified.
    pub fn id_token(&self) -> Option<&SecretString> {
        self.id_token.as_ref()
    }

    /// `id_token`, unverified, of a provider that owes one because `openid` was asked for.
    ///
    /// # Errors
    /// [`TokenError::IdTokenMissing`]. Falling back to userinfo would drop the nonce check.
    pub fn require_id_token(&self) -> Result<&SecretString, TokenError> {
        self.id_token().ok_or(TokenError::IdTokenMissing)
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
    // A 400 with an unreadable body is told by its status, a 200 by its body.
    document.or_else(|error| {
        response.check_ok()?;
        Err(error.into())
    })
}

/// Facebook's `error` is an object of its own. Whatever is in it, there are no tokens.
fn refused(document: &JsonDocument) -> TokenError {
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

/// A token goes into a header one day: a line break in it would add a header of the provider's choice.
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

fn expires_in(document: &JsonDocument) -> Result<Option<Duration>, TokenError> {
    let seconds = match document.get("expires_in") {
        Some(Value::String(digits)) => {
            let plain = digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = digits.parse().ok().filter(|_| plain);
            Some(seconds.ok_or(DocumentError::WrongType("expires_in"))?)
        }
        _ => document.optional_u64("expires_in")?,
    };
    Ok(seconds.map(|seconds: u64| Duration::from_secs(seconds.min(MAX_EXPIRES_IN_SECONDS))))
}
