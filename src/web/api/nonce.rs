//! GET `/api/auth/nonce`: where a front end begins.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::with_cookies,
    failure::{Failure, failures},
};
use crate::{
    sessions::{GivenNonce, NONCE_LIFETIME},
    web::state::AppState,
};

/// A nonce for this device.
#[derive(Serialize, ToSchema)]
#[schema(as = Nonce)]
pub struct NonceAnswer {
    /// For the authorization request: the provider puts it into the id_token.
    nonce: String,
    /// Shows that the nonce was given to this device. Keep it where the nonce went out from; a browser that keeps our
    /// cookies does not need it.
    nonce_token: String,
    /// Seconds that both count.
    #[schema(examples(600))]
    expires_in: i64,
}

failures!(NonceFailures: TooManyRequests, ServerError);

/// Get a nonce
///
/// An id_token counts only with a nonce that was given to the device which hands it in, and once. Ask for one before the
/// person goes to the provider. It is shown to be the device's by the cookie `nonce`, or by `nonce_token` in the body of
/// `POST /api/auth`.
#[utoipa::path(
    get,
    path = "/api/auth/nonce",
    tag = "Signing in",
    responses(
        (status = 200, description = "A nonce, good for ten minutes.", body = NonceAnswer,
         example = json!({"nonce": "wq8Ee1Rn2a1iVIA8Z3tUXnJGu4dcpzqQv5V1vG5u2oE", "nonce_token": "c2VhbGVk…", "expires_in": 600})),
        NonceFailures,
    ),
    security(()),
)]
pub async fn nonce(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    let given = app.jar.nonces.give(&headers, app.clock.now());
    let GivenNonce { nonce, nonce_token, cookie } = given.map_err(|error| Failure::of(&app, error.into()))?;
    let answer = NonceAnswer { nonce: nonce.expose().to_owned(), nonce_token, expires_in: NONCE_LIFETIME };
    Ok(with_cookies(answer, [cookie]))
}
