//! A JSON body, read without forgiveness.
//!
//! Only `application/json`: what a form could send by itself, a page from elsewhere could send without a preflight
//! (threat PA7). One charset, every member once, a bounded length and depth: two readers that disagree about a body are a
//! hole (threat PA12).

use std::error::Error;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use secrecy::SecretString;
use tower_http::timeout::TimeoutError;

use super::failure::Failure;
use crate::{
    codes::api::ApiCode,
    oauth::{DocumentError, JsonDocument},
    web::state::AppState,
};

/// Two tokens of the longest kind that providers give, with room.
const LONGEST: usize = 32 * 1024;

/// A body that is an object.
pub struct JsonBody(pub JsonDocument);

/// The same, or no body at all.
pub struct PerhapsJson(pub Option<JsonDocument>);

impl FromRequest<AppState> for JsonBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Failure> {
        if !is_json(request.headers()) || is_coded(request.headers()) {
            return Err(ApiCode::UnsupportedMediaType.into());
        }
        let bytes = read(request.into_body()).await?;
        document(&bytes).map(Self)
    }
}

impl FromRequest<AppState> for PerhapsJson {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Failure> {
        let (says_nothing, is_json) =
            (!request.headers().contains_key(header::CONTENT_TYPE), is_json(request.headers()));
        if (!says_nothing && !is_json) || is_coded(request.headers()) {
            return Err(ApiCode::UnsupportedMediaType.into());
        }
        let bytes = read(request.into_body()).await?;
        match bytes.is_empty() {
            true => Ok(Self(None)),
            false if says_nothing => Err(ApiCode::UnsupportedMediaType.into()),
            false => document(&bytes).map(Some).map(Self),
        }
    }
}

/// `application/json`, in UTF-8 where it says in what (RFC 8259 §8.1), and said once.
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

/// Compressed, say (RFC 9110 §8.4): we would read the bytes as they are, and others what they stand for.
fn is_coded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read(body: Body) -> Result<Bytes, Failure> {
    to_bytes(body, LONGEST).await.map_err(|error| code_of(&error).into())
}

/// Time-outs and limits of the layers around us come as errors of the body, wrapped into others.
fn code_of(error: &axum::Error) -> ApiCode {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return ApiCode::RequestTimeout;
        }
        // The connection broke, or its framing: nobody reads the answer.
        if error.is::<hyper::Error>() {
            return ApiCode::InvalidRequest;
        }
        cause = error.source();
    }
    ApiCode::BodyTooLarge
}

fn document(bytes: &[u8]) -> Result<JsonDocument, Failure> {
    JsonDocument::parse(bytes).map_err(|_| ApiCode::InvalidJson.into())
}

/// A text that has to be there and says something.
pub fn text(document: &JsonDocument, name: &'static str) -> Result<String, Failure> {
    optional_text(document, name)?.ok_or_else(|| missing(name))
}

/// What is said of a member that has to be there and is not.
pub fn missing(name: &'static str) -> Failure {
    Failure::of_member(name, format!("The member {name} is missing."))
}

/// What is said of a member that is there and is none.
pub fn wrong_type_sentence(name: &str) -> String {
    format!("The member {name} is not a text.")
}

/// A text that says something, if it is there.
pub fn optional_text(document: &JsonDocument, name: &'static str) -> Result<Option<String>, Failure> {
    match document.optional_str(name) {
        Ok(Some("")) => Err(Failure::of_member(name, format!("The member {name} is empty."))),
        Err(DocumentError::WrongType(_)) => Err(Failure::of_member(name, wrong_type_sentence(name))),
        Ok(text) => Ok(text.map(str::to_owned)),
        Err(_) => Err(ApiCode::InvalidJson.into()),
    }
}

/// The same, for what nobody may read in a log.
pub fn optional_secret(document: &JsonDocument, name: &'static str) -> Result<Option<SecretString>, Failure> {
    Ok(optional_text(document, name)?.map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn says(kinds: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for kind in kinds {
            headers.append(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        is_json(&headers)
    }

    #[rstest]
    #[case::plain("application/json")]
    #[case::upper_case("Application/JSON")]
    #[case::charset("application/json; charset=utf-8")]
    #[case::quoted("application/json;charset=\"UTF-8\"")]
    fn json_is_read(#[case] kind: &'static str) {
        assert!(says(&[kind]));
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
    fn anything_else_is_not(#[case] kind: &'static str) {
        assert!(!says(&[kind]));
    }

    #[test]
    fn what_is_coded_is_not_read() {
        let coded = |codings: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for coding in codings {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            is_coded(&headers)
        };
        assert!(coded(&["gzip"]) && coded(&["identity", "br"]) && coded(&["gzip, identity"]) && coded(&[""]));
        assert!(!coded(&[]) && !coded(&["identity"]) && !coded(&["Identity"]));
    }

    #[test]
    fn a_type_is_said_once() {
        assert!(!says(&[]) && !says(&["application/json", "text/plain"]) && !says(&["application/json"; 2]));
    }
}
