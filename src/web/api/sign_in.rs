//! POST `/api/auth`: sign in with a provider's token.

use std::borrow::Cow;

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, OneOfBuilder, Ref, RefOr, Schema},
};

use super::{
    answer::{Success, UserAnswer, always, with_cookies},
    caller::ApiContext,
    error::{ErrorResponse, errors},
    json::{JsonBody, missing, optional_secret, optional_text, text},
};
use crate::{
    account::{ApiRequestError, CodeSignIn, ProviderToken, SessionDelivery, TokenSignIn, TokenSignedIn},
    oauth::JsonDocument,
    sessions::RequestContext,
    tokens::TokenPair,
    web::{detached::detached, state::AppState},
};

/// The body: one of a provider's tokens, or the code of a second factor.
struct SignInRequest;

/// With an id_token.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the body, which is read member by member")]
pub struct SignInWithIdToken {
    /// The provider's slug.
    #[schema(examples("google"))]
    provider: String,
    /// An id_token for one of our clients at the provider, with our nonce.
    #[schema(value_type = String)]
    id_token: SecretString,
    /// The nonce's token, if the request has no cookie.
    #[schema(value_type = Option<String>)]
    nonce_token: Option<SecretString>,
    /// How the session is returned; `session` by default.
    mode: Option<Mode>,
}

/// With an access token.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the body, which is read member by member")]
pub struct SignInWithAccessToken {
    /// The provider's slug.
    #[schema(examples("github"))]
    provider: String,
    /// An access token for one of our clients at the provider. Only for providers that reveal the client of a token.
    #[schema(value_type = String)]
    access_token: SecretString,
    /// How the session is returned; `session` by default.
    mode: Option<Mode>,
}

/// The second step, after `second_factor_required`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the body, which is read member by member")]
pub struct SignInWithCode {
    /// As the error of the first step returned it.
    #[schema(value_type = String)]
    second_factor_token: SecretString,
    /// Six digits of the user's authenticator app, or a recovery code.
    #[schema(value_type = String, examples("492039"))]
    code: SecretString,
}

/// How a session is returned: as a cookie, or as tokens in the answer.
#[derive(Clone, Copy, ToSchema)]
#[schema(as = SignInMode, rename_all = "lowercase")]
enum Mode {
    Session,
    Token,
}

/// The user is signed in.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SignedIn)]
pub enum SignInAnswer {
    Tokens(SignedInWithTokens),
    Cookie(SignedInWithCookie),
}

/// With `"mode": "token"`.
#[derive(Serialize, ToSchema)]
pub struct SignedInWithTokens {
    #[schema(schema_with = Success::schema)]
    success: Success,
    user: UserAnswer,
    #[serde(flatten)]
    tokens: TokensAnswer,
}

/// With `"mode": "session"`: a cookie holds the session.
#[derive(Serialize, ToSchema)]
pub struct SignedInWithCookie {
    #[schema(schema_with = Success::schema)]
    success: Success,
    user: UserAnswer,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensAnswer {
    /// For `Authorization: Bearer …`. A JWT (RFC 9068), signed with a key of `/.well-known/jwks.json`.
    access_token: String,
    /// Works once, for the next pair.
    refresh_token: String,
    /// Lifetime of the access token in seconds.
    #[schema(examples(300))]
    expires_in: i64,
    #[schema(schema_with = token_type)]
    token_type: &'static str,
}

/// RFC 6750 has the name.
const BEARER: &str = "Bearer";

fn token_type() -> Object {
    always(BEARER, "The type of the access token.")
}

impl PartialSchema for SignInRequest {
    fn schema() -> RefOr<Schema> {
        let kinds = [SignInWithIdToken::name(), SignInWithAccessToken::name(), SignInWithCode::name()];
        let either =
            kinds.into_iter().fold(OneOfBuilder::new(), |either, kind| either.item(Ref::from_schema_name(kind)));
        either.description(Some("A provider's token: exactly one of the two. Or the code of a second factor.")).into()
    }
}

impl ToSchema for SignInRequest {
    fn name() -> Cow<'static, str> {
        "SignIn".into()
    }
}

impl From<&TokenPair> for TokensAnswer {
    fn from(pair: &TokenPair) -> Self {
        Self {
            access_token: pair.access_token.expose_secret().to_owned(),
            refresh_token: pair.refresh_token.expose().to_owned(),
            expires_in: pair.expires_in,
            token_type: BEARER,
        }
    }
}

errors!(SignInErrors:
    InvalidJson, InvalidRequest, UnknownProvider, TokenKindUnsupported, NonceRequired, NonceInvalid,
    TokenOfAnotherClient, ProviderTokenInvalid, ProviderTokenUsed, SecondFactorInvalid, SecondFactorExpired, SecondFactorRequired, NotPermitted, SignUpClosed, InvitationRequired, EmailNotPermitted, AccountDisabled, AddressRequired,
    CrossOrigin, LinkRequired, RequestTimeout, BodyTooLarge, UnsupportedMediaType, TooManyRequests, ServerError,
    SiteMisconfigured, ProviderMetadata, ProviderKeys, ProviderAlgorithm, ProviderResponse, ProviderUnavailable, Unavailable,
);

/// Sign in with a provider's token
///
/// For front ends that run the provider's flow themselves. With `"mode": "session"` the answer sets the session's cookie; with
/// `"mode": "token"` it contains tokens instead.
///
/// `link_required`: an account with this email address exists. Its owner has to authenticate on the page at `url` first.
///
/// `second_factor_required`: the user has a second factor. Send its code with the `second_factor_token` of the error to this
/// endpoint, or lead the user to the page at `url`; without a `second_factor_token`, only the page helps.
#[utoipa::path(
    post,
    path = "/api/auth",
    operation_id = "signIn",
    tag = "Authentication",
    request_body(content = SignInRequest, examples(
        ("cookie" = (summary = "With an id_token, returning a cookie", value = json!({"provider": "google", "id_token": "eyJhbGciOiJSUzI1NiIs…"}))),
        ("tokens" = (summary = "With an access token, returning tokens", value = json!({"provider": "github", "access_token": "gho_…", "mode": "token"}))),
        ("two_steps" = (summary = "The second step, with a code", value = json!({"second_factor_token": "3f0a91c2.nq…", "code": "492039"}))),
    )),
    responses(
        (status = 200, description = "Signed in.", body = SignInAnswer, examples(
            ("cookie" = (summary = "Cookie", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}}))),
            ("tokens" = (summary = "Tokens", value = json!({"success": true, "user": {"id": "0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07", "email": "ada@gmail.com", "name": "Ada Lovelace", "picture": null}, "access_token": "eyJhbGciOiJFUzI1NiIs…", "refresh_token": "lkr_…", "expires_in": 300, "token_type": "Bearer"}))),
        )),
        SignInErrors,
    ),
    security(),
)]
pub async fn sign_in(
    State(app): State<AppState>,
    ApiContext(context): ApiContext,
    JsonBody(body): JsonBody,
) -> Result<Response, ErrorResponse> {
    let outcome = match read_code(&body)? {
        Some(code) => detached(&app, code.complete(context, app.tokens.clone())).await?,
        None => with_provider(&app, context, read(&body, app.api_nonce)?).await?,
    };
    let TokenSignedIn { user, pair, cookies } = outcome.map_err(|error| ErrorResponse::of(&app, error))?;
    let user = UserAnswer::from(&user);
    let answer = match &pair {
        Some(pair) => SignInAnswer::Tokens(SignedInWithTokens { success: Success, user, tokens: pair.into() }),
        None => SignInAnswer::Cookie(SignedInWithCookie { success: Success, user }),
    };
    Ok(with_cookies(answer, cookies))
}

async fn with_provider(
    app: &AppState,
    context: RequestContext,
    sign_in: TokenSignIn,
) -> Result<Result<TokenSignedIn, ApiRequestError>, ErrorResponse> {
    let provider = sign_in.unverified_provider.clone();
    let outcome = detached(app, sign_in.complete(context, app.tokens.clone())).await?;
    if let Err(error) = &outcome {
        app.metrics.count_sign_in(&provider, error.error.code());
    }
    Ok(outcome)
}

/// The second step, if the body is one.
fn read_code(body: &JsonDocument) -> Result<Option<CodeSignIn>, ErrorResponse> {
    let Some(second_factor_token) = optional_secret(body, "second_factor_token")? else { return Ok(None) };
    let code = optional_secret(body, "code")?.ok_or_else(|| missing("code"))?;
    Ok(Some(CodeSignIn { second_factor_token, code }))
}

fn read(body: &JsonDocument, nonce_required: bool) -> Result<TokenSignIn, ErrorResponse> {
    let provider = text(body, "provider")?;
    let (id_token, access_token) = (optional_secret(body, "id_token")?, optional_secret(body, "access_token")?);
    let nonce_token = optional_secret(body, "nonce_token")?;
    let mode = mode(body)?;
    let token = match (id_token, access_token) {
        (Some(token), None) => ProviderToken::Id(token),
        (None, Some(token)) => ProviderToken::Access(token),
        (Some(_), Some(_)) => {
            return Err(ErrorResponse::of_member("access_token", "Send either id_token or access_token, not both."));
        }
        (None, None) => return Err(ErrorResponse::of_member("id_token", "Send either id_token or access_token.")),
    };
    Ok(TokenSignIn {
        unverified_provider: provider,
        token,
        nonce_token,
        nonce_required,
        delivery: match mode {
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
