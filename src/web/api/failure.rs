//! Error responses: one shape, with a code of a closed list.

use std::{borrow::Cow, collections::BTreeMap};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Schema, example::ExampleBuilder,
        header::HeaderBuilder, response::Response as Documented, schema::Type,
    },
};

use super::answer::NoSuccess;
use crate::{
    account::ApiError,
    codes::api::ApiCode,
    web::{detached::PanicError, state::AppState},
};

/// A failed request.
#[derive(Debug)]
pub struct Failure {
    code: ApiCode,
    /// The invalid member of the body.
    member: Option<&'static str>,
    /// Replaces the code's sentence. Never contains anything from the request.
    message: Option<String>,
    url: Option<String>,
    retry_after: Option<u64>,
    cookies: Vec<HeaderValue>,
}

/// A failed request.
#[derive(Serialize, ToSchema)]
#[schema(as = Failure)]
pub struct FailureBody {
    /// Always false.
    success: NoSuccess,
    error: ErrorBody,
}

/// The reason of a failure.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
struct ErrorBody {
    code: Code,
    /// An explanation for developers. Programs use the code.
    message: Cow<'static, str>,
    /// With `invalid_request`: the member of the body that is invalid.
    #[schema(value_type = String, nullable = false, required = false, examples("provider"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'static str>,
    /// With some codes: the page on which the user can continue.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Clone, Copy)]
struct Code(ApiCode);

impl Failure {
    /// An error of a use case.
    pub fn of(app: &AppState, error: ApiError) -> Self {
        let ApiError { code, page, retry_after, cookies } = error;
        Self { url: page.map(|page| format!("{}{page}", app.origin)), retry_after, cookies, ..code.into() }
    }

    /// `invalid_request`, because of a member of the body.
    pub fn of_member(member: &'static str, message: impl Into<String>) -> Self {
        Self { member: Some(member), ..Self::of_request(message) }
    }

    /// `invalid_request`, because of something else in the request.
    pub fn of_request(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..ApiCode::InvalidRequest.into() }
    }
}

impl From<ApiCode> for Failure {
    fn from(code: ApiCode) -> Self {
        Self { code, member: None, message: None, url: None, retry_after: None, cookies: Vec::new() }
    }
}

impl From<PanicError> for Failure {
    fn from(_: PanicError) -> Self {
        ApiCode::ServerError.into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { code, member, message, url, retry_after, cookies } = self;
        let message = message.map_or(Cow::Borrowed(code.sentence()), Cow::Owned);
        let error = ErrorBody { code: Code(code), message, member, url };
        let body = Json(FailureBody { success: NoSuccess, error });
        let mut response = (status_of(code), body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status_of(code) == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, challenge(code));
        }
        for cookie in cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The `WWW-Authenticate` header (RFC 6750 §3).
pub fn challenge(code: ApiCode) -> HeaderValue {
    HeaderValue::from_static(match code {
        ApiCode::InvalidToken => r#"Bearer realm="Latchkey", error="invalid_token""#,
        _ => r#"Bearer realm="Latchkey""#,
    })
}

/// The body for an error of a layer, by its status; `None` for a success.
pub fn failure_of_status(status: StatusCode) -> Option<Failure> {
    let code = match status {
        StatusCode::UNAUTHORIZED => ApiCode::NotSignedIn,
        StatusCode::FORBIDDEN => ApiCode::CrossOrigin,
        StatusCode::NOT_FOUND => ApiCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ApiCode::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => ApiCode::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => ApiCode::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiCode::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS => ApiCode::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => ApiCode::Unavailable,
        status if status.is_client_error() => ApiCode::InvalidRequest,
        status if status.is_server_error() => ApiCode::ServerError,
        _ => return None,
    };
    Some(code.into())
}

fn status_of(code: ApiCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let lines =
            ApiCode::ALL.iter().map(|code| format!("- `{}` ({}): {}", code.code(), code.status(), code.sentence()));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(ApiCode::ALL.iter().map(|code| code.code())))
            .description(Some(lines.collect::<Vec<_>>().join("\n")))
            .into()
    }
}

impl ToSchema for Code {}

/// The documented responses for these codes: one per status, with one example per code.
pub fn documented(codes: &[ApiCode]) -> BTreeMap<String, RefOr<Documented>> {
    let mut by_status: BTreeMap<u16, Vec<ApiCode>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status()).or_default().push(*code);
    }
    by_status.into_iter().map(|(status, codes)| (status.to_string(), answer_of(status, &codes).into())).collect()
}

fn answer_of(status: u16, codes: &[ApiCode]) -> Documented {
    let content =
        codes.iter().fold(ContentBuilder::new().schema(Some(Ref::from_schema_name("Failure"))), |content, code| {
            let example = ExampleBuilder::new().summary(code.sentence()).value(Some(example_of(*code)));
            content.examples_from_iter([(code.code(), example)])
        });
    let names: Vec<_> = codes.iter().map(|code| format!("`{}`", code.code())).collect();
    let answer = ResponseBuilder::new().description(names.join(", ")).content("application/json", content.build());
    let answer = match status {
        401 => answer.header("WWW-Authenticate", HeaderBuilder::new().description(Some("RFC 6750 §3.")).build()),
        429 | 503 => answer.header("Retry-After", HeaderBuilder::new().description(Some("Seconds.")).build()),
        _ => answer,
    };
    answer.build()
}

fn example_of(code: ApiCode) -> serde_json::Value {
    let mut error = json!({ "code": code.code(), "message": code.sentence() });
    match code {
        ApiCode::LinkRequired => error["url"] = json!("https://app.example/link"),
        ApiCode::AddressRequired => error["url"] = json!("https://app.example/add-email"),
        _ => {}
    }
    json!({ "success": false, "error": error })
}

/// Declares a type that documents these codes as responses of an endpoint.
macro_rules! failures {
    ($name:ident: $($code:ident),+ $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::web::api::failure::documented(&[$($crate::codes::api::ApiCode::$code),+])
            }
        }
    };
}

pub(super) use failures;
