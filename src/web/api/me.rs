//! GET `/api/me`: the signed-in user.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Success, UserAnswer},
    caller::Caller,
    error::errors,
};

/// The signed-in user.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeAnswer {
    #[schema(schema_with = Success::schema)]
    success: Success,
    user: UserAnswer,
}

errors!(MeErrors: NotSignedIn, InvalidToken, AddressRequired, ServerError, Unavailable);

/// Get the signed-in user
///
/// By access token or cookie. Revocation of the session takes effect immediately.
#[utoipa::path(
    get,
    path = "/api/me",
    operation_id = "getMe",
    tag = "User",
    responses(
        (status = 200, description = "The signed-in user.", body = MeAnswer,
         example = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}})),
        MeErrors,
    ),
    security(("bearer" = []), ("cookie" = [])),
)]
pub async fn me(caller: Caller) -> Json<MeAnswer> {
    Json(MeAnswer { success: Success, user: UserAnswer::from(&caller.signed_in.user) })
}
