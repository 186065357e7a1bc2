//! Strict JSON bodies.
//!
//! Only `application/json`: another site can send the content types of forms without a preflight (threat PA7). One charset,
//! each member once, bounded length and depth: readers that understand a body differently are a vulnerability (threat PA12).

use std::error::Error;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use secrecy::SecretString;
use serde_json::Value;
use tower_http::timeout::TimeoutError;

use super::error::ErrorResponse;
use crate::{
    codes::api_error::ApiError,
    oauth::{DocumentError, JsonDocument},
    web::state::AppState,
};

/// Room for two of the longest tokens that providers issue.
const MAX_BYTES: usize = 32 * 1024;

/// A JSON object.
pub struct JsonBody(pub JsonDocument);

/// A JSON object, or no body.
pub struct OptionalJsonBody(pub Option<JsonDocument>);

impl FromRequest<AppState> for JsonBody {
    type Rejection = ErrorResponse;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ErrorResponse> {
        if !is_json(request.headers()) || is_encoded(request.headers()) {
            return Err(ApiError::UnsupportedMediaType.into());
        }
        let bytes = read(request.into_body()).await?;
        document(&bytes).map(Self)
    }
}

impl FromRequest<AppState> for OptionalJsonBody {
    type Rejection = ErrorResponse;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ErrorResponse> {
        let (has_no_type, is_json) =
            (!request.headers().contains_key(header::CONTENT_TYPE), is_json(request.headers()));
        if (!has_no_type && !is_json) || is_encoded(request.headers()) {
            return Err(ApiError::UnsupportedMediaType.into());
        }
        let bytes = read(request.into_body()).await?;
        match bytes.is_empty() {
            true => Ok(Self(None)),
            false if has_no_type => Err(ApiError::UnsupportedMediaType.into()),
            false => document(&bytes).map(Some).map(Self),
        }
    }
}

/// `application/json`, once, with no charset but UTF-8 (RFC 8259 §8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return false };
    let Ok(kind) = kind.to_str() else { return false };
    let mut parts = kind.split(';').map(str::trim);
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) && parts.all(is_utf8)
}

fn is_utf8(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset") && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

/// Such as compressed (RFC 9110 §8.4): we would read the bytes as they are, and other readers decode them.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read(body: Body) -> Result<Bytes, ErrorResponse> {
    to_bytes(body, MAX_BYTES).await.map_err(|error| code_of(&error).into())
}

/// The outer layers report time-outs and limits as nested errors of the body.
fn code_of(error: &axum::Error) -> ApiError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return ApiError::RequestTimeout;
        }
        // The connection broke: no client reads the answer.
        if error.is::<hyper::Error>() {
            return ApiError::InvalidRequest;
        }
        cause = error.source();
    }
    ApiError::BodyTooLarge
}

fn document(bytes: &[u8]) -> Result<JsonDocument, ErrorResponse> {
    JsonDocument::parse(bytes).map_err(|_| ApiError::InvalidJson.into())
}

/// A required, non-empty string.
pub fn text(document: &JsonDocument, name: &'static str) -> Result<String, ErrorResponse> {
    optional_text(document, name)?.ok_or_else(|| missing(name))
}

/// The error for a missing member.
pub fn missing(name: &'static str) -> ErrorResponse {
    ErrorResponse::of_member(name, format!("The member {name} is missing."))
}

/// The message for a member of another type.
pub fn wrong_type_sentence(name: &str) -> String {
    format!("The member {name} is not a string.")
}

/// An optional, non-empty string. `null` is the same as absent, since the serialisers of many languages write it for that.
pub fn optional_text(document: &JsonDocument, name: &'static str) -> Result<Option<String>, ErrorResponse> {
    if document.get(name).is_some_and(Value::is_null) {
        return Ok(None);
    }
    match document.optional_str(name) {
        Ok(Some("")) => Err(ErrorResponse::of_member(name, format!("The member {name} is empty."))),
        Err(DocumentError::WrongType(_)) => Err(ErrorResponse::of_member(name, wrong_type_sentence(name))),
        Ok(text) => Ok(text.map(str::to_owned)),
        Err(_) => Err(ApiError::InvalidJson.into()),
    }
}

/// The same for a secret.
pub fn optional_secret(document: &JsonDocument, name: &'static str) -> Result<Option<SecretString>, ErrorResponse> {
    Ok(optional_text(document, name)?.map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn accepts(types: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in types {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(value));
        }
        is_json(&headers)
    }

    #[rstest]
    #[case::plain("application/json")]
    #[case::upper_case("Application/JSON")]
    #[case::charset("application/json; charset=utf-8")]
    #[case::quoted("application/json;charset=\"UTF-8\"")]
    fn json_is_accepted(#[case] kind: &'static str) {
        assert!(accepts(&[kind]));
    }

    #[rstest]
    #[case::text("text/plain")]
    #[case::form("application/x-www-form-urlencoded")]
    #[case::parts("multipart/form-data; boundary=application/json")]
    #[case::other_charset("application/json; charset=utf-16")]
    #[case::latin("application/json; charset=iso-8859-1")]
    #[case::unknown_parameter("application/json; version=2")]
    #[case::longer("application/jsonx")]
    #[case::patch("application/merge-patch+json")]
    #[case::empty("")]
    fn other_content_types_are_refused(#[case] kind: &'static str) {
        assert!(!accepts(&[kind]));
    }

    #[test]
    fn an_encoded_body_is_refused() {
        let coded = |codings: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for coding in codings {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            is_encoded(&headers)
        };
        assert!(coded(&["gzip"]) && coded(&["identity", "br"]) && coded(&["gzip, identity"]) && coded(&[""]));
        assert!(!coded(&[]) && !coded(&["identity"]) && !coded(&["Identity"]));
    }

    #[test]
    fn a_repeated_content_type_is_refused() {
        assert!(!accepts(&[]) && !accepts(&["application/json", "text/plain"]) && !accepts(&["application/json"; 2]));
    }
}
