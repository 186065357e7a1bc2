//! The provider that a path of the control API names.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;

use super::api::error_response;
use crate::state::Provider;

/// `{provider}` of the path; 404 if there is no such provider.
pub struct OfProvider(pub Provider);

#[derive(Deserialize)]
struct Named {
    provider: Provider,
}

impl<S: Send + Sync> FromRequestParts<S> for OfProvider {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::<Named>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Self(named.provider)),
            Err(_) => Err(error_response(StatusCode::NOT_FOUND, "unknown provider")),
        }
    }
}
