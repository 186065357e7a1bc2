//! The answer to a page's script.

use http::{HeaderValue, StatusCode};

use super::super::{error::AccountError, reply::Reply};
use crate::codes::{form_error::FormError, percent::with_return_to};

/// Where the page goes next, and its cookies. `web` writes it as JSON.
#[derive(Debug)]
pub struct PasskeyAnswer {
    pub status: StatusCode,
    /// A path of this site.
    pub location: Option<String>,
    /// The code of a failure.
    pub error: Option<&'static str>,
    /// `Set-Cookie` values.
    pub cookies: Vec<HeaderValue>,
}

impl PasskeyAnswer {
    /// `page` (a path, which may have a query) shows the error.
    pub fn of(outcome: Result<Reply, AccountError>, page: &str) -> Self {
        match outcome {
            Ok(reply) => {
                let (location, cookies) = reply.into_location();
                Self { status: StatusCode::OK, location, error: None, cookies }
            }
            Err(error) => Self::of_error(error, page),
        }
    }

    /// As [`Self::of`].
    pub fn of_error(error: AccountError, page: &str) -> Self {
        match error {
            AccountError::Form(error) => {
                Self::failed(StatusCode::UNPROCESSABLE_ENTITY, error.code(), Some(error.path(page)))
            }
            AccountError::SignedOut => {
                let login = with_return_to("/login", Some(page));
                Self::failed(StatusCode::UNAUTHORIZED, "signed_out", Some(login))
            }
            AccountError::ReauthenticationRequired => {
                let confirm = with_return_to("/confirm", Some(page));
                Self::failed(StatusCode::FORBIDDEN, "reauthentication_required", Some(confirm))
            }
            AccountError::NoPage => Self::failed(StatusCode::NOT_FOUND, FormError::NotFound.code(), None),
            AccountError::Internal => {
                let error = FormError::ServerError;
                Self::failed(StatusCode::INTERNAL_SERVER_ERROR, error.code(), Some(error.path(page)))
            }
            AccountError::Session(error) => {
                tracing::error!(%error, "cannot write the session");
                Self::failed(StatusCode::SERVICE_UNAVAILABLE, "unavailable", None)
            }
            AccountError::Store(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(%error, cause, "database error");
                match error.is_temporary() {
                    true => Self::failed(StatusCode::SERVICE_UNAVAILABLE, "unavailable", None),
                    false => Self::failed(StatusCode::INTERNAL_SERVER_ERROR, FormError::ServerError.code(), None),
                }
            }
        }
    }

    fn failed(status: StatusCode, error: &'static str, location: Option<String>) -> Self {
        Self { status, location, error: Some(error), cookies: Vec::new() }
    }
}
