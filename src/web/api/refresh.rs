//! POST `/api/auth/refresh`: exchanges a refresh token for the next pair.

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Success, with_cookies},
    caller::ApiContext,
    error::{ErrorResponse, errors},
    json::{OptionalJsonBody, missing, optional_secret},
    sign_in::TokensAnswer,
};
use crate::{
    account::ApiRequestError,
    accounts::EmailRequirement,
    codes::api_error::ApiError,
    sessions::{RequestContext, SessionHandle},
    tokens::{RefreshTokenError, TokenPair},
    web::{detached::detached, state::AppState},
};

/// The refresh token to exchange.
#[derive(ToSchema)]
#[schema(as = Refresh)]
#[allow(dead_code, reason = "describes the body, which is read member by member")]
pub struct RefreshRequest {
    /// From the last answer.
    #[schema(value_type = Option<String>, examples("lkr_…"))]
    refresh_token: Option<SecretString>,
}

/// The next pair.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Refreshed)]
pub enum RefreshAnswer {
    Tokens(RefreshedTokens),
    Cookies(RefreshedCookies),
}

/// For a refresh token in the body.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshedWithTokens)]
pub struct RefreshedTokens {
    #[schema(schema_with = Success::schema)]
    success: Success,
    #[serde(flatten)]
    tokens: TokensAnswer,
}

/// For the browser's cookie: cookies hold the pair.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshedWithCookies)]
pub struct RefreshedCookies {
    #[schema(schema_with = Success::schema)]
    success: Success,
}

errors!(RefreshErrors:
    InvalidJson, InvalidRequest, RefreshTokenInvalid, AddressRequired, CrossOrigin, RequestTimeout, BodyTooLarge,
    UnsupportedMediaType, TooManyRequests, ServerError, Unavailable,
);

/// Refresh tokens
///
/// Exchanges the `refresh_token` in the body, whatever the headers are. Without it, exchanges the browser's cookie, if cookies
/// hold the tokens (`SESSION_MODE=jwt`) and the request has no `Authorization` header.
///
/// A refresh token works once. A retry within ten seconds, after a lost answer, returns the same new refresh token; with the
/// browser's cookie it does so for as long as that token is unused. A later reuse counts as theft: the session ends, and its
/// user gets an email.
///
/// `too_many_requests`: a client needs one exchange in five minutes; one session may have 120 at once and six a minute.
///
/// `address_required`: the user must add an email address first (`EMAIL_ADDRESS=required`); the token is not used up.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "refreshTokens",
    tag = "Authentication",
    request_body(content = RefreshRequest, description = "Optional if cookies hold the tokens (`SESSION_MODE=jwt`): the answer then sets cookies and contains no tokens.", example = json!({"refresh_token": "lkr_…"})),
    responses(
        (status = 200, description = "The next pair.", body = RefreshAnswer,
         example = json!({"success": true, "access_token": "eyJhbGciOiJFUzI1NiIs…", "refresh_token": "lkr_…", "expires_in": 300, "token_type": "Bearer"})),
        RefreshErrors,
    ),
    security(),
)]
pub async fn refresh(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Result<Response, ErrorResponse> {
    let token = body.as_ref().map(|body| optional_secret(body, "refresh_token")).transpose()?.flatten();
    detached(&app, exchange(app.clone(), context, token)).await?
}

async fn exchange(
    app: AppState,
    context: RequestContext,
    token: Option<SecretString>,
) -> Result<Response, ErrorResponse> {
    match (token, &context.session) {
        (Some(token), _) => {
            require_email(&app, token.expose_secret()).await?;
            let pair = next_pair(&app, &context, token.expose_secret()).await?;
            let tokens = TokensAnswer::from(&pair);
            Ok(with_cookies(RefreshAnswer::Tokens(RefreshedTokens { success: Success, tokens }), []))
        }
        (None, SessionHandle::Tokens(cookies)) => {
            let token = cookies.refresh(&context.headers).ok_or_else(|| missing("refresh_token"))?;
            let pair = next_pair(&app, &context, token).await?;
            // Scripts cannot leak tokens that they cannot read.
            let answer = RefreshAnswer::Cookies(RefreshedCookies { success: Success });
            Ok(with_cookies(answer, cookies.set(&pair, &context.clock)))
        }
        (None, SessionHandle::Cookie(_)) => Err(missing("refresh_token")),
    }
}

/// A user who must add an email address first gets no tokens in the answer. Checked before the token is used up.
async fn require_email(app: &AppState, token: &str) -> Result<(), ErrorResponse> {
    if app.email_requirement != EmailRequirement::Require {
        return Ok(());
    }
    let active = app.tokens.peek_session(token).await.map_err(|error| ErrorResponse::of(app, error.into()))?;
    match active {
        Some(active) if app.email_requirement.keeps_out(&active.user) => {
            Err(ErrorResponse::of(app, ApiRequestError::from(ApiError::AddressRequired).at("/add-email")))
        }
        _ => Ok(()),
    }
}

async fn next_pair(app: &AppState, context: &RequestContext, token: &str) -> Result<TokenPair, ErrorResponse> {
    app.tokens.refresh(token, &context.client).await.map_err(|error| match error {
        RefreshTokenError::Internal(error) => ErrorResponse::of(app, error.into()),
        RefreshTokenError::TooManyRequests { seconds } => {
            ErrorResponse::of(app, ApiRequestError { retry_after: Some(seconds), ..ApiError::TooManyRequests.into() })
        }
        error => {
            tracing::info!(%error, "invalid refresh token");
            // A reuse has queued an email.
            context.wake_mail();
            ApiError::RefreshTokenInvalid.into()
        }
    })
}
