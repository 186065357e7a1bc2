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
        ContentBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Schema,
        example::ExampleBuilder,
        header::{Header, HeaderBuilder},
        response::Response as Documented,
        schema::Type,
    },
};

use super::answer::NoSuccess;
use crate::{
    account::ApiRequestError,
    codes::api_error::ApiError,
    web::{detached::PanicError, state::AppState},
};

/// The answer to a failed request.
#[derive(Debug)]
pub struct ErrorResponse {
    error: ApiError,
    /// The invalid member of the body.
    member: Option<&'static str>,
    /// Replaces the code's sentence. Never contains anything from the request.
    message: Option<String>,
    url: Option<Box<str>>,
    second_factor_token: Option<Box<str>>,
    retry_after: Option<u64>,
    cookies: Vec<HeaderValue>,
}

/// A failed request.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorResponse)]
pub struct ErrorResponseBody {
    #[schema(schema_with = NoSuccess::schema)]
    success: NoSuccess,
    error: ErrorBody,
}

/// Why the request failed.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorDetail)]
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
    /// With `second_factor_required`: to be sent back with the code. Valid for ten minutes.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor_token: Option<String>,
}

#[derive(Clone, Copy)]
struct Code(ApiError);

/// What clients can rely on.
pub const GROWTH: &str = "A new version of Latchkey can add codes. It does not remove one, or change its status or meaning. \
     Treat a code that you do not know by its HTTP status.";

impl ErrorResponse {
    /// An error of a use case.
    pub fn of(app: &AppState, error: ApiRequestError) -> Self {
        let ApiRequestError { error, page, second_factor_token, retry_after, cookies } = error;
        let url = page.map(|page| format!("{}{page}", app.origin).into());
        let second_factor_token = second_factor_token.map(String::into_boxed_str);
        Self { url, second_factor_token, retry_after, cookies, ..error.into() }
    }

    /// `invalid_request`, because of a member of the body.
    pub fn of_member(member: &'static str, message: impl Into<String>) -> Self {
        Self { member: Some(member), ..Self::of_request(message) }
    }

    /// `invalid_request`, because of something else in the request.
    pub fn of_request(message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..ApiError::InvalidRequest.into() }
    }
}

impl From<ApiError> for ErrorResponse {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            member: None,
            message: None,
            url: None,
            second_factor_token: None,
            retry_after: None,
            cookies: Vec::new(),
        }
    }
}

impl From<PanicError> for ErrorResponse {
    fn from(_: PanicError) -> Self {
        ApiError::ServerError.into()
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let Self { error, member, message, url, second_factor_token, retry_after, cookies } = self;
        let message = message.map_or(Cow::Borrowed(error.sentence()), Cow::Owned);
        let (url, second_factor_token) = (url.map(String::from), second_factor_token.map(String::from));
        let body = ErrorBody { code: Code(error), message, member, url, second_factor_token };
        let body = Json(ErrorResponseBody { success: NoSuccess, error: body });
        let mut response = (status_of(error), body).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status_of(error) == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, challenge(error));
        }
        for cookie in cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The `WWW-Authenticate` header (RFC 6750 §3).
pub fn challenge(error: ApiError) -> HeaderValue {
    HeaderValue::from_static(match error {
        ApiError::InvalidToken => r#"Bearer realm="Latchkey", error="invalid_token""#,
        _ => r#"Bearer realm="Latchkey""#,
    })
}

/// The body for an error of a layer, by its status; `None` for a success.
pub fn error_of_status(status: StatusCode) -> Option<ErrorResponse> {
    let error = match status {
        StatusCode::UNAUTHORIZED => ApiError::NotSignedIn,
        StatusCode::FORBIDDEN => ApiError::CrossOrigin,
        StatusCode::NOT_FOUND => ApiError::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ApiError::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => ApiError::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiError::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS => ApiError::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => ApiError::Unavailable,
        status if status.is_client_error() => ApiError::InvalidRequest,
        status if status.is_server_error() => ApiError::ServerError,
        _ => return None,
    };
    Some(error.into())
}

fn status_of(error: ApiError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let lines = ApiError::ALL
            .iter()
            .map(|error| format!("- `{}` ({}): {}", error.code(), error.status(), error.sentence()));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(ApiError::ALL.iter().map(|error| error.code())))
            .description(Some(format!("{GROWTH}\n\n{}", lines.collect::<Vec<_>>().join("\n"))))
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ErrorCode".into()
    }
}

/// The documented responses for these errors: one per status, with one example per error.
pub fn documented(errors: &[ApiError]) -> BTreeMap<String, RefOr<Documented>> {
    let mut by_status: BTreeMap<u16, Vec<ApiError>> = BTreeMap::new();
    for error in errors {
        by_status.entry(error.status()).or_default().push(*error);
    }
    by_status.into_iter().map(|(status, errors)| (status.to_string(), answer_of(status, &errors).into())).collect()
}

fn answer_of(status: u16, errors: &[ApiError]) -> Documented {
    let content = errors.iter().fold(
        ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorResponse"))),
        |content, error| {
            let example = ExampleBuilder::new().summary(error.sentence()).value(Some(example_of(*error)));
            content.examples_from_iter([(error.code(), example)])
        },
    );
    let names: Vec<_> = errors.iter().map(|error| format!("`{}`", error.code())).collect();
    let answer = ResponseBuilder::new().description(names.join(", ")).content("application/json", content.build());
    let answer = match status {
        401 => answer.header("WWW-Authenticate", HeaderBuilder::new().description(Some("RFC 6750 §3.")).build()),
        429 | 503 => answer.header("Retry-After", seconds()),
        _ => answer,
    };
    answer.build()
}

fn seconds() -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::Integer);
    HeaderBuilder::new().schema(Some(schema)).description(Some("Seconds.")).build()
}

fn example_of(error: ApiError) -> serde_json::Value {
    let mut body = json!({ "code": error.code(), "message": error.sentence() });
    match error {
        ApiError::LinkRequired => body["url"] = json!("https://app.example/link"),
        ApiError::SecondFactorRequired => {
            body["url"] = json!("https://app.example/second-factor");
            body["second_factor_token"] = json!("3f0a91c2.nq…");
        }
        ApiError::AddressRequired => body["url"] = json!("https://app.example/add-email"),
        _ => {}
    }
    json!({ "success": false, "error": body })
}

/// Declares a type that documents these errors as responses of an endpoint.
macro_rules! errors {
    ($name:ident: $($error:ident),+ $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::web::api::error::documented(&[$($crate::codes::api_error::ApiError::$error),+])
            }
        }
    };
}

pub(super) use errors;
