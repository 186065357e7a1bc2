//! POST `/auth/events/{provider}`: what a provider has to say about an account there. In these forms:
//!
//! | body | who sends it | answer |
//! |---|---|---|
//! | `logout_token=…` as a form | OpenID Connect Back-Channel Logout 1.0 §2.5 | 200 |
//! | `application/secevent+jwt` | RFC 8935 §2: RISC, CAEP, Google's Cross-Account Protection | 202 |
//! | `{"payload": "…"}` | Apple's server-to-server notifications | 200 |
//! | `signed_request=…` as a form | Facebook: the user removed the app | 200 |
//! | the same at `/deletion` | Facebook: the user asks to have their data deleted | 200 with the URL of a status page and its code |
//! | JSON with `X-Hub-Signature-256` | GitHub: the user revoked the app | 200; 204 for what says nothing of a user |
//!
//! An error is 400 with the JSON of RFC 8935 §2.4. A message that came before is answered as the first one was: its sender may
//! not have got that answer.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Extension, Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;
use time::OffsetDateTime;

use super::{detached::detached, form_post::is_form, query::Query, state::AppState};
use crate::{
    accounts::IdentityKey,
    inspect::{self, FlowKind, Parameter, Step, Value},
    oauth::JsonDocument,
    providers::{IncomingMessage, MessageFormat, Purpose},
    relying_party::{ProviderEventError, ReceivedEvent},
    sessions::ClientInfo,
    store::{AuditContext, ProviderEvent, ProviderEventOutcome, StoreError, confirmation_code},
    ui::page::Page,
};

pub const PATH: &str = "/auth/events/{provider}";
pub const DELETION_PATH: &str = "/auth/events/{provider}/deletion";
/// A token has 16 KB at most.
const BODY_BYTES: usize = 32 * 1024;

/// What was sent, and the status of success.
type Message = (String, StatusCode);

enum ReceiveError {
    /// 400, by a code of RFC 8935 §2.4.
    Refused(&'static str, String),
    /// The sender may try again.
    Unavailable,
    Status(StatusCode),
}

pub async fn receive(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    let outcome = match app.relying_party.message_format(&slug) {
        Some(format) => receive_own(&app, slug, format, Purpose::Events, client, request).await,
        None => receive_token(&app, slug, client, request).await.map(IntoResponse::into_response),
    };
    outcome.unwrap_or_else(IntoResponse::into_response)
}

/// Where users of a provider ask it to have their data here deleted.
pub async fn receive_deletion(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    Extension(client): Extension<ClientInfo>,
    request: Request,
) -> Response {
    match app.relying_party.message_format(&slug).filter(|format| format.takes(Purpose::DataDeletion)) {
        Some(format) => receive_own(&app, slug, format, Purpose::DataDeletion, client, request)
            .await
            .unwrap_or_else(IntoResponse::into_response),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn receive_token(
    app: &AppState,
    slug: String,
    client: ClientInfo,
    request: Request,
) -> Result<StatusCode, ReceiveError> {
    let (token, success) = read(request).await?;
    let received = app.relying_party.verify_provider_event(&slug, &token).await;
    let received = received.inspect_err(|error| refused(&slug, error))?;
    carry_out(app, slug, received, None, client).await?;
    Ok(success)
}

/// A message in the provider's own form.
async fn receive_own(
    app: &AppState,
    slug: String,
    format: &MessageFormat,
    purpose: Purpose,
    client: ClientInfo,
    request: Request,
) -> Result<Response, ReceiveError> {
    let (parts, body) = request.into_parts();
    if media_type(&parts.headers).as_deref() != Some(format.media_type) {
        return Err(ReceiveError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let body = text(body).await?;
    let Some(received) = verify_own(app, &slug, purpose, &parts, &body)? else {
        inspect::record(|_| done(ProviderEventOutcome::NoUser, ""));
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let code = (purpose == Purpose::DataDeletion).then(|| confirmation_code(&received.event.id));
    carry_out(app, slug, received, code.clone(), client).await?;
    Ok(code.map_or_else(|| StatusCode::OK.into_response(), |code| confirmation(app, &code)))
}

fn verify_own(
    app: &AppState,
    slug: &str,
    purpose: Purpose,
    parts: &Parts,
    body: &str,
) -> Result<Option<ReceivedEvent>, ProviderEventError> {
    let message = IncomingMessage { purpose, header: &|name| single_header(parts, name), body };
    let received = app.relying_party.verify_provider_message(slug, &message);
    received.inspect_err(|error| refused(slug, error))
}

fn refused(provider: &str, error: &ProviderEventError) {
    tracing::warn!(%provider, %error, "message refused");
    inspect::record(|_| Step::Refused { because: Value::of_log(&error.to_string()), next_step: None });
}

/// What Facebook shows its user.
fn confirmation(app: &AppState, code: &str) -> Response {
    let url = format!("{}{}?code={code}", app.origin, Page::DataDeletion.path());
    Json(json!({ "url": url, "confirmation_code": code })).into_response()
}

fn single_header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let mut values = parts.headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

async fn carry_out(
    app: &AppState,
    slug: String,
    received: ReceivedEvent,
    code: Option<String>,
    client: ClientInfo,
) -> Result<(), ReceiveError> {
    let kinds: Vec<&str> = received.event.kinds.iter().map(|kind| kind.code()).collect();
    let kinds = kinds.join(" ");
    tracing::info!(provider = %slug, kinds, "message received");
    let (owned, audit) = (app.clone(), AuditContext { client, now: app.clock.date() });
    let stored = detached(app, async move { store(&owned, &slug, &received, code.as_deref(), &audit).await }).await;
    match stored {
        Ok(Ok(outcome)) => {
            tracing::debug!(?outcome, "message carried out");
            inspect::record(|_| done(outcome, &kinds));
            if let Some(mail) = &app.mail {
                mail.wake.notify_one();
            }
            Ok(())
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot carry out a message");
            Err(ReceiveError::Unavailable)
        }
        Err(_) => Err(ReceiveError::Status(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

/// What the walkthrough shows at its end.
fn done(outcome: ProviderEventOutcome, kinds: &str) -> Step {
    let what = match outcome {
        ProviderEventOutcome::Done => "The message is carried out",
        ProviderEventOutcome::Replayed => "The message came before: nothing is done again",
        ProviderEventOutcome::NoUser => {
            "Nobody here has this account, or the message is of no consequence: nothing is done"
        }
    };
    Step::Done { of: FlowKind::ProviderEvent, what, parameters: vec![Parameter::new("kinds", Value::of_log(kinds))] }
}

async fn store(
    app: &AppState,
    slug: &str,
    ReceivedEvent { event, identity_issuer }: &ReceivedEvent,
    confirmation_code: Option<&str>,
    audit: &AuditContext,
) -> Result<ProviderEventOutcome, StoreError> {
    let identity = event.subject.as_deref().and_then(|subject| IdentityKey::new(identity_issuer, subject).ok());
    let replayable_until = i64::try_from(event.replayable_until).ok();
    let replayable_until = replayable_until.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let event = ProviderEvent {
        provider: slug,
        id: &event.id,
        replayable_until: replayable_until.unwrap_or(audit.now),
        kinds: &event.kinds,
        identity: identity.as_ref(),
        session: event.session.as_deref(),
        confirmation_code,
    };
    app.database.carry_out_provider_event(&event, audit).await
}

async fn read(request: Request) -> Result<Message, ReceiveError> {
    let (parts, body) = request.into_parts();
    let body = text(body).await?;
    if is_form(&parts.headers) {
        let form = Query::parse(Some(&body));
        let token = form.one("logout_token").filter(|_| !form.repeats(&["logout_token"]));
        return Ok((token.ok_or_else(|| invalid("no logout_token"))?.to_owned(), StatusCode::OK));
    }
    match media_type(&parts.headers).as_deref() {
        Some("application/secevent+jwt") => Ok((body.trim().to_owned(), StatusCode::ACCEPTED)),
        Some("application/json") => {
            let document =
                JsonDocument::parse_received(body.as_bytes()).map_err(|error| invalid(&error.to_string()))?;
            let payload = document.required_str("payload").map_err(|error| invalid(&error.to_string()))?;
            Ok((payload.to_owned(), StatusCode::OK))
        }
        _ => Err(ReceiveError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
}

async fn text(body: Body) -> Result<String, ReceiveError> {
    let bytes = to_bytes(body, BODY_BYTES).await;
    let bytes = bytes.map_err(|_| ReceiveError::Status(StatusCode::PAYLOAD_TOO_LARGE))?;
    String::from_utf8(bytes.into()).map_err(|_| invalid("not UTF-8"))
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn invalid(description: &str) -> ReceiveError {
    ReceiveError::Refused("invalid_request", description.to_owned())
}

impl From<ProviderEventError> for ReceiveError {
    fn from(error: ProviderEventError) -> Self {
        match error {
            ProviderEventError::NotSupported => Self::Status(StatusCode::NOT_FOUND),
            ProviderEventError::Message(error) => Self::Refused(error.code(), error.to_string()),
            ProviderEventError::Rejected(error) => Self::Refused(error.code(), error.to_string()),
            ProviderEventError::Metadata(_) | ProviderEventError::Keys(_) => Self::Unavailable,
        }
    }
}

impl IntoResponse for ReceiveError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(code, description) => {
                let body = json!({ "err": code, "description": description }).to_string();
                (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
            }
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Self::Status(status) => status.into_response(),
        }
    }
}
