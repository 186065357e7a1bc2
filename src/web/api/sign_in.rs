//! POST `/api/auth`: a front end hands in what a provider gave it.

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{Success, UserAnswer, with_cookies},
    caller::ApiContext,
    failure::{Failure, failures},
    json::{JsonBody, optional_secret, optional_text, text},
};
use crate::{
    account::{FrontEndSignIn, ProviderToken, SessionDelivery, TokenSignIn},
    oauth::JsonDocument,
    tokens::TokenPair,
    web::{detached::detached, state::AppState},
};

/// What a front end got from a provider: one of the two tokens.
#[derive(ToSchema)]
#[schema(as = SignIn)]
pub struct SignInRequest {
    /// The provider's name in our addresses, as `google`.
    #[schema(examples("google"))]
    provider: String,
    /// An id_token, for one of our clients at the provider, with a nonce of ours.
    #[schema(value_type = String, nullable = false, required = false)]
    id_token: Option<SecretString>,
    /// An access token. Taken only from providers that say whose client it was given to, and only where it is ours.
    #[schema(value_type = String, nullable = false, required = false)]
    access_token: Option<SecretString>,
    /// What came with the nonce, where the request brings no cookie.
    #[schema(value_type = String, nullable = false, required = false)]
    nonce_token: Option<SecretString>,
    /// What is to carry the session; a cookie, if nothing is said.
    #[schema(nullable = false, required = false)]
    mode: Option<Mode>,
}

/// What carries a session.
#[derive(Clone, Copy, ToSchema)]
#[schema(rename_all = "lowercase")]
enum Mode {
    /// A cookie.
    Session,
    /// Tokens.
    Token,
}

/// Somebody is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub struct SignInAnswer {
    /// Always true.
    success: Success,
    user: UserAnswer,
    #[serde(flatten)]
    tokens: TokensAnswer,
}

/// Tokens that carry a session; all four members, or none where cookies carry it.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensAnswer {
    /// Shows who is signed in: `Authorization: Bearer …`. A JWT (RFC 9068), signed with a key of `/.well-known/jwks.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    /// Gets the next pair, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// Seconds that the access token is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(300))]
    expires_in: Option<i64>,
    /// How the access token is sent.
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

failures!(SignInFailures:
    InvalidJson, InvalidRequest, UnknownProvider, TokenKindUnsupported, NonceRequired, NonceInvalid,
    TokenOfAnotherClient, ProviderTokenInvalid, ProviderTokenUsed, NotPermitted, AccountDisabled, AddressRequired,
    CrossOrigin, LinkRequired, RequestTimeout, BodyTooLarge, UnsupportedMediaType, TooManyRequests, ServerError,
    ProviderUnavailable, Unavailable,
);

/// Sign in with a provider's token
///
/// For front ends that talk to a provider by themselves. With `"mode": "session"` the answer sets the session's cookie;
/// with `"mode": "token"` it has tokens instead. `link_required`: somebody has the e-mail address already and must show, on
/// the page at `url`, that the account is theirs.
#[utoipa::path(
    post,
    path = "/api/auth",
    tag = "Signing in",
    request_body(content = SignInRequest, examples(
        ("id_token" = (summary = "An id_token, for a cookie", value = json!({"provider": "google", "id_token": "eyJhbGciOiJSUzI1NiIs…"}))),
        ("access_token" = (summary = "An access token, for tokens", value = json!({"provider": "github", "access_token": "gho_…", "mode": "token"}))),
    )),
    responses(
        (status = 200, description = "Signed in.", body = SignInAnswer, examples(
            ("session" = (summary = "By a cookie", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}}))),
            ("token" = (summary = "By tokens", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}, "access_token": "eyJhbGciOiJFUzI1NiIs…", "refresh_token": "lkr_…", "expires_in": 300, "token_type": "Bearer"}))),
        )),
        SignInFailures,
    ),
    security(()),
)]
pub async fn sign_in(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    JsonBody(body): JsonBody,
) -> Result<Response, Failure> {
    let asked = read(&body, app.api_nonce)?;
    let welcomed = detached(&app, asked.complete(context, app.tokens.clone())).await?;
    let TokenSignIn { user, pair, cookies } = welcomed.map_err(|declined| Failure::of(&app, declined))?;
    let tokens = pair.as_ref().map(TokensAnswer::from).unwrap_or_default();
    Ok(with_cookies(SignInAnswer { success: Success, user: UserAnswer::from(&user), tokens }, cookies))
}

fn read(body: &JsonDocument, nonce_required: bool) -> Result<FrontEndSignIn, Failure> {
    let asked = SignInRequest {
        provider: text(body, "provider")?,
        id_token: optional_secret(body, "id_token")?,
        access_token: optional_secret(body, "access_token")?,
        nonce_token: optional_secret(body, "nonce_token")?,
        mode: mode(body)?,
    };
    let token = match (asked.id_token, asked.access_token) {
        (Some(token), None) => ProviderToken::Id(token),
        (None, Some(token)) => ProviderToken::Access(token),
        (Some(_), Some(_)) => {
            return Err(Failure::of_member("access_token", "Either id_token or access_token can be there, not both."));
        }
        (None, None) => return Err(Failure::of_member("id_token", "Either id_token or access_token must be there.")),
    };
    Ok(FrontEndSignIn {
        unverified_provider: asked.provider,
        token,
        nonce_token: asked.nonce_token,
        nonce_required,
        delivery: match asked.mode {
            Some(Mode::Token) => SessionDelivery::Tokens,
            Some(Mode::Session) | None => SessionDelivery::Cookie,
        },
    })
}

fn mode(body: &JsonDocument) -> Result<Option<Mode>, Failure> {
    match optional_text(body, "mode")?.as_deref() {
        None => Ok(None),
        Some("session") => Ok(Some(Mode::Session)),
        Some("token") => Ok(Some(Mode::Token)),
        Some(_) => Err(Failure::of_member("mode", "The member mode is neither session nor token.")),
    }
}
