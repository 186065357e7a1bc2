//! POST `/api/auth/logout`: the session ends, and every token of it.

use axum::{extract::State, http::HeaderValue, response::Response};
use secrecy::{ExposeSecret, SecretString};
use utoipa::ToSchema;

use super::{
    answer::{Done, Success, with_cookies},
    caller::{ApiContext, Means, refused},
    failure::{Failure, failures},
    json::{PerhapsJson, optional_secret},
};
use crate::{
    account::ApiError,
    codes::api::ApiCode,
    sessions::{RequestContext, SignOut},
    tokens::AccessTokenError,
    web::{detached::detached, state::AppState},
};

/// Names the session by its refresh token, where nothing else does.
#[derive(ToSchema)]
#[schema(as = SignOut)]
#[allow(dead_code, reason = "the document's half: the body is read member by member")]
pub struct SignOutRequest {
    /// One of the session's, used or not.
    #[schema(value_type = String, nullable = false, required = false, examples("lkr_…"))]
    refresh_token: Option<SecretString>,
}

failures!(LogoutFailures:
    InvalidJson, InvalidRequest, InvalidToken, CrossOrigin, RequestTimeout, BodyTooLarge, UnsupportedMediaType,
    ServerError, Unavailable,
);

/// Sign out
///
/// Ends the session of the access token and that of the `refresh_token` in the body: one of them is enough, and a valid
/// `refresh_token` counts beside an access token that has expired. Without a body and without an `Authorization` header it
/// ends the session of the cookie. Signing out twice is no error.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "Signing in",
    request_body(content = SignOutRequest, description = "Needed only where neither a token nor a cookie says whose session it is.", example = json!({"refresh_token": "lkr_…"})),
    responses(
        (status = 200, description = "Nobody is signed in by it any more.", body = Done, example = json!({"success": true})),
        LogoutFailures,
    ),
    security((), ("bearer" = []), ("cookie" = [])),
)]
pub async fn logout(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    PerhapsJson(body): PerhapsJson,
) -> Result<Response, Failure> {
    let named = body.as_ref().map(|body| optional_secret(body, "refresh_token")).transpose()?.flatten();
    detached(&app, end(app.clone(), context, named)).await?
}

async fn end(app: AppState, context: RequestContext, named: Option<SecretString>) -> Result<Response, Failure> {
    let of_body = match &named {
        Some(token) => {
            let session = app.tokens.session_of(token.expose_secret()).await;
            session.map_err(|error| Failure::of(&app, error.into()))?
        }
        None => None,
    };
    let of_header = match Means::of(&context.headers) {
        Means::Cookie if named.is_none() => {
            let cookies = leave(context).await.map_err(|declined| Failure::of(&app, declined))?;
            return Ok(with_cookies(Done { success: Success }, cookies));
        }
        Means::Cookie => None,
        // Whoever holds the refresh token may end what it is of; an access token that has run out says nothing against it.
        Means::Unreadable if of_body.is_some() => None,
        Means::Unreadable => return Err(ApiCode::InvalidToken.into()),
        Means::Bearer(token) => match app.tokens.verify(token).await {
            Ok(claims) => Some(claims.session().to_owned()),
            Err(error) if of_body.is_none() || matches!(error, AccessTokenError::Internal(_)) => {
                return Err(refused(&app, error));
            }
            Err(_) => None,
        },
    };
    for session in [of_header, of_body].into_iter().flatten() {
        let ended = context.database.sign_out(&session, &context.audit()).await;
        ended.map_err(|error| Failure::of(&app, error.into()))?;
    }
    Ok(with_cookies(Done { success: Success }, []))
}

async fn leave(context: RequestContext) -> Result<Vec<HeaderValue>, ApiError> {
    Ok(SignOut(context).complete().await?)
}
