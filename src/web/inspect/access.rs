//! Who may look at recorded flows.
//!
//! They hold personal data and no secrets. In development, a client on this machine may look, by the name in `BASE_URL`:
//! another name could be one that an attacker's page has pointed to this machine (DNS rebinding). Elsewhere, administrators may,
//! after a recent authentication, and the audit trail says which flows they opened. And so may a program that has the secret key.

use axum::{
    extract::FromRequestParts,
    http::{Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use crate::{
    accounts::AuditEvent,
    codes::percent::with_return_to,
    inspect::Recorder,
    sealing::{Sealer, SealingError},
    sessions::{ClientInfo, SessionHandle, SignedIn},
    store::AuditContext,
    web::{redirect::see_other, serve::Peer, state::AppState},
};

/// The header with the credential of `latchkey explain-flow`.
const CREDENTIAL_HEADER: &str = "x-latchkey-inspect";
/// How long a credential works, in seconds.
const CREDENTIAL_LIFETIME: i64 = 60;
const PURPOSE: &str = "explain-flow";

/// Somebody who may look.
pub struct Viewer {
    pub app: AppState,
    pub recorder: Recorder,
    who: Who,
}

enum Who {
    /// On this machine, in development.
    Developer,
    /// A program with the secret key.
    KeyHolder,
    Administrator(Box<(SignedIn, ClientInfo)>),
}

impl Viewer {
    pub const fn is_developer(&self) -> bool {
        matches!(self.who, Who::Developer)
    }

    /// Whether the viewer may switch a recording on.
    pub const fn is_a_person(&self) -> bool {
        !matches!(self.who, Who::KeyHolder)
    }

    /// Adds to the audit trail what an administrator does: before it is done.
    ///
    /// # Errors
    /// 503, if that cannot be written.
    pub async fn note(&self, event: &AuditEvent) -> Result<(), Response> {
        let Who::Administrator(administrator) = &self.who else { return Ok(()) };
        let (admin, client) = &**administrator;
        let audit = AuditContext { client: client.clone(), now: self.app.clock.date() };
        self.app.database.record_event(&audit, Some(admin.user.id), event).await.map_err(|error| {
            tracing::error!(%error, "cannot write to the audit trail");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        })
    }
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let not_found = || StatusCode::NOT_FOUND.into_response();
        let recorder = app.recorder.clone().ok_or_else(not_found)?;
        let viewer = |who| Self { app: app.clone(), recorder, who };
        if is_developer(parts, app) {
            return Ok(viewer(Who::Developer));
        }
        if has_credential(parts, app) {
            return Ok(viewer(Who::KeyHolder));
        }
        let extensions = &parts.extensions;
        let (Some(session), Some(client)) = (extensions.get::<SessionHandle>(), extensions.get::<ClientInfo>()) else {
            return Err(not_found());
        };
        let signed_in = extensions.get::<SignedIn>().cloned();
        let context = app.context(&parts.headers, session.clone(), signed_in, client.clone());
        let admin = context.administrator().ok_or_else(not_found)?.clone();
        if !admin.is_recently_authenticated(app.clock.date()) {
            let path = if parts.method == Method::GET { parts.uri.path() } else { "/inspect" };
            return Err(see_other(&with_return_to("/confirm", Some(path))));
        }
        Ok(viewer(Who::Administrator(Box::new((admin, client.clone())))))
    }
}

fn is_developer(parts: &Parts, app: &AppState) -> bool {
    let is_near = |peer: &Peer| peer.0.ip().to_canonical().is_loopback();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_ours = app.origin.split_once("://").is_some_and(|(_, ours)| ours.eq_ignore_ascii_case(host));
    app.on_loopback && is_ours && parts.extensions.get::<Peer>().is_some_and(is_near)
}

fn has_credential(parts: &Parts, app: &AppState) -> bool {
    let sealed = parts.headers.get(CREDENTIAL_HEADER).and_then(|value| value.to_str().ok());
    let opened = sealed.and_then(|sealed| app.inspect_sealer.open(PURPOSE, sealed).ok());
    let at = opened.and_then(|at| String::from_utf8(at).ok()).and_then(|at| at.parse::<i64>().ok());
    at.is_some_and(|at| app.clock.now().abs_diff(at) <= CREDENTIAL_LIFETIME.unsigned_abs())
}

/// Seals and opens credentials.
///
/// # Errors
/// Without a key.
pub fn sealer<'a>(secret_keys: impl Iterator<Item = &'a [u8]>) -> Result<Sealer, SealingError> {
    Sealer::new(secret_keys, PURPOSE)
}

/// The header that lets a holder of the secret key read what this server recorded. `now` in Unix seconds.
///
/// # Errors
/// Without a key, or without random numbers.
pub fn credential<'a>(
    secret_keys: impl Iterator<Item = &'a [u8]>,
    now: i64,
) -> Result<(&'static str, String), SealingError> {
    Ok((CREDENTIAL_HEADER, sealer(secret_keys)?.seal(PURPOSE, now.to_string().as_bytes())?))
}
