//! What successful answers share.

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::accounts::User;

/// `"success": true`.
#[derive(Clone, Copy, Debug)]
pub struct Success;

/// `"success": false`.
#[derive(Clone, Copy, Debug)]
pub struct NoSuccess;

impl Success {
    pub fn schema() -> Object {
        always(true, "Always true.")
    }
}

impl NoSuccess {
    pub fn schema() -> Object {
        always(false, "Always false.")
    }
}

/// An answer without data.
#[derive(Serialize, ToSchema)]
pub struct Done {
    #[schema(schema_with = Success::schema)]
    pub success: Success,
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserAnswer {
    /// The id; it never changes and is never reused.
    #[schema(examples("0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07"))]
    id: String,
    /// The verified email address.
    #[schema(required, examples("ada@gmail.com"))]
    email: Option<String>,
    /// The display name.
    #[schema(required, examples("Ada Lovelace"))]
    name: Option<String>,
    /// The URL of the profile picture.
    #[schema(required, examples("https://lh3.googleusercontent.com/a/ada"))]
    picture: Option<String>,
}

impl From<&User> for UserAnswer {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.verified_email.as_ref().map(|email| email.email().to_string()),
            name: user.name.clone(),
            picture: user.picture.clone(),
        }
    }
}

/// Adds `Set-Cookie` values to an answer.
pub fn with_cookies(answer: impl Serialize, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = Json(answer).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// RFC 3339, in UTC. The epoch for a year without four digits, which cannot occur.
pub fn time_text(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

impl Serialize for Success {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl Serialize for NoSuccess {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(false)
    }
}

/// The schema of a member with one value. `openapi` adds `const`: some code generators read that, others `enum`.
pub fn always(value: impl Into<Value>, description: &str) -> Object {
    let value = value.into();
    let kind = if value.is_boolean() { Type::Boolean } else { Type::String };
    ObjectBuilder::new().schema_type(kind).enum_values(Some([value])).description(Some(description)).build()
}
