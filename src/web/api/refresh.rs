//! POST `/api/auth/refresh`: a refresh token for the next pair.

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Success, with_cookies},
    caller::ApiContext,
    failure::{Failure, failures},
    json::{PerhapsJson, missing, optional_secret},
    sign_in::TokensAnswer,
};
use crate::{
    account::ApiError,
    accounts::EmailRequirement,
    codes::api::ApiCode,
    sessions::{RequestContext, SessionHandle},
    tokens::{RefreshTokenError, TokenPair},
    web::{detached::detached, state::AppState},
};

/// The refresh token that is to be used up.
#[derive(ToSchema)]
#[schema(as = Refresh)]
#[allow(dead_code, reason = "the document's half: the body is read member by member")]
pub struct RefreshRequest {
    /// As the last answer had it.
    #[schema(value_type = String, nullable = false, required = false, examples("lkr_…"))]
    refresh_token: Option<SecretString>,
}

/// The next pair; where cookies carry it, no more than that it was done.
#[derive(Serialize, ToSchema)]
#[schema(as = Refreshed)]
pub struct RefreshAnswer {
    /// Always true.
    success: Success,
    #[serde(flatten)]
    tokens: TokensAnswer,
}

failures!(RefreshFailures:
    InvalidJson, InvalidRequest, RefreshTokenInvalid, AddressRequired, CrossOrigin, RequestTimeout, BodyTooLarge,
    UnsupportedMediaType, TooManyRequests, ServerError, Unavailable,
);

/// Get the next tokens
///
/// Of the `refresh_token` in the body, whatever the headers say; without it, of the cookie where cookies carry tokens, and
/// where no `Authorization` header is sent.
///
/// A refresh token is good for one pair. Whoever tries a second time within ten seconds, because the answer got lost, gets
/// the same refresh token again; later it is taken for stolen: the session ends, and its person gets a letter.
/// `address_required`: the person has to give an e-mail address first (`EMAIL_ADDRESS=required`); nothing is used up.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    tag = "Signing in",
    request_body(content = RefreshRequest, description = "Left out where cookies carry the tokens (`SESSION_MODE=jwt`): then the answer sets the next ones, and has none.", example = json!({"refresh_token": "lkr_…"})),
    responses(
        (status = 200, description = "The next pair.", body = RefreshAnswer,
         example = json!({"success": true, "access_token": "eyJhbGciOiJFUzI1NiIs…", "refresh_token": "lkr_…", "expires_in": 300, "token_type": "Bearer"})),
        RefreshFailures,
    ),
    security(()),
)]
pub async fn refresh(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    PerhapsJson(body): PerhapsJson,
) -> Result<Response, Failure> {
    let brought = body.as_ref().map(|body| optional_secret(body, "refresh_token")).transpose()?.flatten();
    detached(&app, exchange(app.clone(), context, brought)).await?
}

async fn exchange(app: AppState, context: RequestContext, brought: Option<SecretString>) -> Result<Response, Failure> {
    match (brought, &context.session) {
        (Some(token), _) => {
            admit(&app, token.expose_secret()).await?;
            let pair = next_pair(&app, &context, token.expose_secret()).await?;
            let tokens = TokensAnswer::from(&pair);
            Ok(with_cookies(RefreshAnswer { success: Success, tokens }, []))
        }
        (None, SessionHandle::Tokens(cookies)) => {
            let token = cookies.refresh(&context.headers).ok_or_else(|| missing("refresh_token"))?;
            let pair = next_pair(&app, &context, token).await?;
            // What a page cannot read it cannot lose.
            let answer = RefreshAnswer { success: Success, tokens: TokensAnswer::default() };
            Ok(with_cookies(answer, cookies.set(&pair, &context.clock)))
        }
        (None, SessionHandle::Cookie(_)) => Err(missing("refresh_token")),
    }
}

/// Whom the pages keep out gets no tokens in hand, whatever a browser's cookies hold. Asked before anything is used up.
async fn admit(app: &AppState, token: &str) -> Result<(), Failure> {
    if app.email_requirement != EmailRequirement::Require {
        return Ok(());
    }
    let active = app.tokens.peek_session(token).await.map_err(|error| Failure::of(app, error.into()))?;
    match active {
        Some(active) if app.email_requirement.keeps_out(&active.user) => {
            Err(Failure::of(app, ApiError::from(ApiCode::AddressRequired).at("/add-email")))
        }
        _ => Ok(()),
    }
}

async fn next_pair(app: &AppState, context: &RequestContext, token: &str) -> Result<TokenPair, Failure> {
    app.tokens.refresh(token, &context.client).await.map_err(|error| match error {
        RefreshTokenError::Internal(error) => Failure::of(app, error.into()),
        error => {
            tracing::info!(%error, "a refresh token was refused");
            // There may be a letter about it.
            context.wake_mail();
            ApiCode::RefreshTokenInvalid.into()
        }
    })
}
