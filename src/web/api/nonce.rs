//! GET `/api/auth/nonce`: a nonce for a front end.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::with_cookies,
    error::{ErrorResponse, errors},
};
use crate::{
    sessions::{IssuedNonce, NONCE_LIFETIME},
    web::state::AppState,
};

/// A nonce for this device.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedNonce)]
pub struct NonceAnswer {
    /// For the authorization request; the provider copies it into the id_token.
    nonce: String,
    /// Binds the nonce to this device. Keep it on the device; a browser that keeps our cookies does not need it.
    nonce_token: String,
    /// Lifetime of both in seconds.
    #[schema(examples(600))]
    expires_in: i64,
}

errors!(NonceErrors: TooManyRequests, ServerError);

/// Get a nonce
///
/// An id_token is accepted once, and only with a nonce that was issued to the same device. Request one before the user goes to
/// the provider. The cookie `nonce`, or `nonce_token` in the body of `POST /api/auth`, binds it to the device.
#[utoipa::path(
    get,
    path = "/api/auth/nonce",
    operation_id = "getNonce",
    tag = "Authentication",
    responses(
        (status = 200, description = "A nonce, valid for ten minutes.", body = NonceAnswer,
         example = json!({"nonce": "wq8Ee1Rn2a1iVIA8Z3tUXnJGu4dcpzqQv5V1vG5u2oE", "nonce_token": "c2VhbGVk…", "expires_in": 600})),
        NonceErrors,
    ),
    security(),
)]
pub async fn nonce(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, ErrorResponse> {
    let issued = app.jar.nonces.issue(&headers, app.clock.now());
    let IssuedNonce { nonce, nonce_token, cookie } = issued.map_err(|error| ErrorResponse::of(&app, error.into()))?;
    let answer = NonceAnswer { nonce: nonce.expose().to_owned(), nonce_token, expires_in: NONCE_LIFETIME };
    Ok(with_cookies(answer, [cookie]))
}
