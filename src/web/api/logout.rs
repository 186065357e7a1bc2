//! POST `/api/auth/logout`: ends a session and its tokens.

use axum::{extract::State, http::HeaderValue, response::Response};
use secrecy::{ExposeSecret, SecretString};
use utoipa::ToSchema;

use super::{
    answer::{Done, Success, with_cookies},
    caller::{ApiContext, Authentication, invalid_token},
    error::{ErrorResponse, errors},
    json::{OptionalJsonBody, optional_secret},
};
use crate::{
    account::ApiRequestError,
    codes::api_error::ApiError,
    sessions::{RequestContext, SignOut},
    tokens::AccessTokenError,
    web::{detached::detached, state::AppState},
};

/// Names the session by its refresh token.
#[derive(ToSchema)]
#[schema(as = SignOut)]
#[allow(dead_code, reason = "describes the body, which is read member by member")]
pub struct SignOutRequest {
    /// A refresh token of the session, used or unused.
    #[schema(value_type = Option<String>, examples("lkr_…"))]
    refresh_token: Option<SecretString>,
}

errors!(LogoutErrors:
    InvalidJson, InvalidRequest, InvalidToken, CrossOrigin, RequestTimeout, BodyTooLarge, UnsupportedMediaType,
    ServerError, Unavailable,
);

/// Sign out
///
/// Ends the session of the access token and that of the `refresh_token` in the body. One of them is enough: a valid
/// `refresh_token` is accepted with an expired access token. Without a body and an `Authorization` header, ends the session
/// of the cookie. Signing out twice is no error.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "signOut",
    tag = "Authentication",
    request_body(content = SignOutRequest, description = "Only needed if neither an access token nor a cookie identifies the session.", example = json!({"refresh_token": "lkr_…"})),
    responses(
        (status = 200, description = "The session has ended.", body = Done, example = json!({"success": true})),
        LogoutErrors,
    ),
    security((), ("bearer" = []), ("cookie" = [])),
)]
pub async fn logout(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, ErrorResponse> {
    let refresh_token = body.as_ref().map(|body| optional_secret(body, "refresh_token")).transpose()?.flatten();
    detached(&app, end(app.clone(), context, refresh_token)).await?
}

async fn end(
    app: AppState,
    context: RequestContext,
    refresh_token: Option<SecretString>,
) -> Result<Response, ErrorResponse> {
    let of_body = match &refresh_token {
        Some(token) => {
            let session = app.tokens.session_of(token.expose_secret()).await;
            session.map_err(|error| ErrorResponse::of(&app, error.into()))?
        }
        None => None,
    };
    let of_header = match Authentication::of(&context.headers) {
        Authentication::Cookie if refresh_token.is_none() => {
            let cookies = end_cookie_session(context).await.map_err(|error| ErrorResponse::of(&app, error))?;
            return Ok(with_cookies(Done { success: Success }, cookies));
        }
        Authentication::Cookie => None,
        // The refresh token alone may end its session, whatever the state of the access token.
        Authentication::Unreadable if of_body.is_some() => None,
        Authentication::Unreadable => return Err(ApiError::InvalidToken.into()),
        Authentication::Bearer(token) => match app.tokens.verify(token).await {
            Ok(claims) => Some(claims.session().to_owned()),
            Err(error) if of_body.is_none() || matches!(error, AccessTokenError::Internal(_)) => {
                return Err(invalid_token(&app, error));
            }
            Err(_) => None,
        },
    };
    for session in [of_header, of_body].into_iter().flatten() {
        let ended = context.database.sign_out(&session, &context.audit()).await;
        ended.map_err(|error| ErrorResponse::of(&app, error.into()))?;
    }
    Ok(with_cookies(Done { success: Success }, []))
}

async fn end_cookie_session(context: RequestContext) -> Result<Vec<HeaderValue>, ApiRequestError> {
    Ok(SignOut(context).complete().await?)
}
