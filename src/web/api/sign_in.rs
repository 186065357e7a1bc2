//! POST `/api/auth`: sign in with a provider's token.

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Success, UserAnswer, with_cookies},
    caller::ApiContext,
    error::{ErrorResponse, errors},
    json::{JsonBody, optional_secret, optional_text, text},
};
use crate::{
    account::{ProviderToken, SessionDelivery, TokenSignIn, TokenSignedIn},
    oauth::JsonDocument,
    tokens::TokenPair,
    web::{detached::detached, state::AppState},
};

/// A provider's token: exactly one of the two.
#[derive(ToSchema)]
#[schema(as = SignIn)]
pub struct SignInRequest {
    /// The provider's slug.
    #[schema(examples("google"))]
    provider: String,
    /// An id_token for one of our clients at the provider, with our nonce.
    #[schema(value_type = String, nullable = false, required = false)]
    id_token: Option<SecretString>,
    /// An access token. Only for providers that reveal the client of a token, and only for our clients.
    #[schema(value_type = String, nullable = false, required = false)]
    access_token: Option<SecretString>,
    /// The nonce's token, if the request has no cookie.
    #[schema(value_type = String, nullable = false, required = false)]
    nonce_token: Option<SecretString>,
    /// How the session is returned; `session` by default.
    #[schema(nullable = false, required = false)]
    mode: Option<Mode>,
}

/// How a session is returned.
#[derive(Clone, Copy, ToSchema)]
#[schema(rename_all = "lowercase")]
enum Mode {
    /// As a cookie.
    Session,
    /// As tokens in the answer.
    Token,
}

/// The user is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub struct SignInAnswer {
    /// Always true.
    success: Success,
    user: UserAnswer,
    #[serde(flatten)]
    tokens: TokensAnswer,
}

/// The tokens of a session: all four members, or none if cookies hold the session.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensAnswer {
    /// For `Authorization: Bearer …`. A JWT (RFC 9068), signed with a key of `/.well-known/jwks.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    /// Works once, for the next pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// Lifetime of the access token in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(300))]
    expires_in: Option<i64>,
    /// The type of the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Bearer"))]
    token_type: Option<&'static str>,
}

impl From<&TokenPair> for TokensAnswer {
    fn from(pair: &TokenPair) -> Self {
        Self {
            access_token: Some(pair.access_token.expose_secret().to_owned()),
            refresh_token: Some(pair.refresh_token.expose().to_owned()),
            expires_in: Some(pair.expires_in),
            token_type: Some("Bearer"),
        }
    }
}

errors!(SignInErrors:
    InvalidJson, InvalidRequest, UnknownProvider, TokenKindUnsupported, NonceRequired, NonceInvalid,
    TokenOfAnotherClient, ProviderTokenInvalid, ProviderTokenUsed, NotPermitted, AccountDisabled, AddressRequired,
    CrossOrigin, LinkRequired, RequestTimeout, BodyTooLarge, UnsupportedMediaType, TooManyRequests, ServerError,
    ProviderUnavailable, Unavailable,
);

/// Sign in with a provider's token
///
/// For front ends that run the provider's flow themselves. With `"mode": "session"` the answer sets the session's cookie; with
/// `"mode": "token"` it contains tokens instead.
///
/// `link_required`: an account with this email address exists. Its owner has to authenticate on the page at `url` first.
#[utoipa::path(
    post,
    path = "/api/auth",
    tag = "Authentication",
    request_body(content = SignInRequest, examples(
        ("id_token" = (summary = "With an id_token, returning a cookie", value = json!({"provider": "google", "id_token": "eyJhbGciOiJSUzI1NiIs…"}))),
        ("access_token" = (summary = "With an access token, returning tokens", value = json!({"provider": "github", "access_token": "gho_…", "mode": "token"}))),
    )),
    responses(
        (status = 200, description = "Signed in.", body = SignInAnswer, examples(
            ("session" = (summary = "Cookie", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}}))),
            ("token" = (summary = "Tokens", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}, "access_token": "eyJhbGciOiJFUzI1NiIs…", "refresh_token": "lkr_…", "expires_in": 300, "token_type": "Bearer"}))),
        )),
        SignInErrors,
    ),
    security(()),
)]
pub async fn sign_in(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    JsonBody(body): JsonBody,
) -> Result<Response, ErrorResponse> {
    let sign_in = read(&body, app.api_nonce)?;
    let outcome = detached(&app, sign_in.complete(context, app.tokens.clone())).await?;
    let TokenSignedIn { user, pair, cookies } = outcome.map_err(|error| ErrorResponse::of(&app, error))?;
    let tokens = pair.as_ref().map(TokensAnswer::from).unwrap_or_default();
    Ok(with_cookies(SignInAnswer { success: Success, user: UserAnswer::from(&user), tokens }, cookies))
}

fn read(body: &JsonDocument, nonce_required: bool) -> Result<TokenSignIn, ErrorResponse> {
    let request = SignInRequest {
        provider: text(body, "provider")?,
        id_token: optional_secret(body, "id_token")?,
        access_token: optional_secret(body, "access_token")?,
        nonce_token: optional_secret(body, "nonce_token")?,
        mode: mode(body)?,
    };
    let token = match (request.id_token, request.access_token) {
        (Some(token), None) => ProviderToken::Id(token),
        (None, Some(token)) => ProviderToken::Access(token),
        (Some(_), Some(_)) => {
            return Err(ErrorResponse::of_member("access_token", "Send either id_token or access_token, not both."));
        }
        (None, None) => return Err(ErrorResponse::of_member("id_token", "Send either id_token or access_token.")),
    };
    Ok(TokenSignIn {
        unverified_provider: request.provider,
        token,
        nonce_token: request.nonce_token,
        nonce_required,
        delivery: match request.mode {
            Some(Mode::Token) => SessionDelivery::Tokens,
            Some(Mode::Session) | None => SessionDelivery::Cookie,
        },
    })
}

fn mode(body: &JsonDocument) -> Result<Option<Mode>, ErrorResponse> {
    match optional_text(body, "mode")?.as_deref() {
        None => Ok(None),
        Some("session") => Ok(Some(Mode::Session)),
        Some("token") => Ok(Some(Mode::Token)),
        Some(_) => Err(ErrorResponse::of_member("mode", "The member mode must be session or token.")),
    }
}
