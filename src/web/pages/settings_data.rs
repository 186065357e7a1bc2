//! GET `/settings/data.json`: the person's data, as a download, without hashes, tokens or keys. Indented: people open the file.
//!
//! The events, the only part that can be long, are read and sent page by page; each other part has a bound of its own.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    dashboard::email as email_of,
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    accounts::{Actor, Identity, Passkey, User, UserId},
    store::{
        AuthenticatorApp, Database, Grant, GrantStatus, PastEvent, RevocationStatus, Session, StoreError,
        TrustedBrowser,
    },
};

/// Events in memory at a time.
const PAGE: u32 = 200;

pub async fn data(request: PageRequest) -> PageResult {
    let user = &request.anybody_signed_in()?.user;
    let head = head(&request, user).await?;
    let events = events(request.app.database.clone(), user.id);
    let body = Body::from_stream(stream::StreamExt::chain(stream::iter([Ok(head)]), events));
    Ok(download(body))
}

/// The document up to the first event.
async fn head(request: &PageRequest, user: &User) -> Result<Bytes, PageRejection> {
    let database = &request.app.database;
    let password = database.password_of(user.id).await?;
    let identities = database.identities(user.id).await?;
    let passkeys = database.passkeys(user.id).await?;
    let app = database.authenticator_app(user.id).await?;
    let trusted = database.trusted_browsers(user.id, request.context.clock.date()).await?;
    let grants = database.grants(user.id).await?;
    let sessions = database.user_sessions(user.id, request.context.clock.date()).await?;
    let parts = [
        ("about", about()),
        ("user", user_data(user)),
        ("password_set_at", json!(password.map(|(_, set_at)| set_at.unix_timestamp()))),
        ("identities", identities.iter().map(identity_data).collect()),
        ("passkeys", passkeys.iter().map(passkey_data).collect()),
        ("second_factor", json!(app.as_ref().map(app_data))),
        ("trusted_browsers", trusted.iter().map(trusted_data).collect()),
        ("sessions", sessions.iter().map(session_data).collect()),
        ("grants", grants.iter().map(grant_data).collect()),
    ];
    let parts: String = parts.iter().map(|(name, value)| part(name, value)).collect();
    Ok(Bytes::from(format!("{{\n{parts}  \"events\": [")))
}

/// In the order in which people read them, which a map of serde_json does not keep.
fn part(name: &str, value: &Value) -> String {
    let indented = format!("{value:#}").replace('\n', "\n  ");
    format!("  \"{name}\": {indented},\n")
}

/// What the parts are, for people who open the file.
fn about() -> Value {
    json!({
        "what": "Everything that this site keeps about you, without passwords and keys.",
        "times": "Seconds since 1 January 1970, 00:00 UTC.",
        "user": "Your account.",
        "identities": "Your accounts at providers, with which you sign in.",
        "passkeys": "Your passkeys, without their keys.",
        "second_factor": "Your authenticator app, without its key, and how many recovery codes are left.",
        "trusted_browsers": "The browsers that need no second step.",
        "sessions": "Where you're signed in.",
        "grants": "The services that you connected.",
        "events": "Your recent activity, newest first. What was refused several times in a day is one entry.",
    })
}

/// Where the list of events stands.
enum Cursor {
    Start,
    After(Uuid),
    End,
}

/// The rest of the document. An error ends the connection: an incomplete download must not look complete.
fn events(database: Arc<Database>, user: UserId) -> impl Stream<Item = Result<Bytes, StoreError>> {
    stream::try_unfold(Cursor::Start, move |cursor| {
        let database = database.clone();
        async move {
            let after = match cursor {
                Cursor::Start => None,
                Cursor::After(id) => Some(id),
                Cursor::End => return Ok(None),
            };
            let events = database.events_page(Some(user), after, PAGE).await?;
            let lines = events.iter().map(|event| format!("\n    {}", event_data(event)));
            let list = lines.collect::<Vec<_>>().join(",");
            let comma = if after.is_some() && !list.is_empty() { "," } else { "" };
            match events.last().filter(|_| events.len() == PAGE as usize) {
                Some(last) => Ok(Some((Bytes::from(format!("{comma}{list}")), Cursor::After(last.id)))),
                None => Ok(Some((Bytes::from(format!("{comma}{list}\n  ]\n}}\n")), Cursor::End))),
            }
        }
    })
}

fn user_data(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "name": user.name,
        "name_from": user.name_from,
        "picture": user.picture,
        "picture_from": user.picture_from,
        "email": email_of(user).map(|(address, verified)| json!({ "address": address, "verified": verified })),
        "created_at": user.created_at.unix_timestamp(),
    })
}

fn identity_data(identity: &Identity) -> Value {
    json!({
        "provider": identity.provider,
        "issuer": identity.key.issuer(),
        "subject": identity.key.subject(),
        "email": identity.email.as_ref().map(ToString::to_string),
        "email_verified": identity.email_verified,
        "name": identity.name,
        "linked_at": identity.linked_at.unix_timestamp(),
        "last_used_at": identity.last_used_at.unix_timestamp(),
    })
}

fn passkey_data(passkey: &Passkey) -> Value {
    json!({
        "name": passkey.name,
        "aaguid": passkey.aaguid.to_string(),
        "backed_up": passkey.backed_up,
        "added_at": passkey.created_at.unix_timestamp(),
        "last_used_at": passkey.last_used_at.map(OffsetDateTime::unix_timestamp),
    })
}

fn app_data(app: &AuthenticatorApp) -> Value {
    json!({
        "added_at": app.added_at.unix_timestamp(),
        "last_used_at": app.last_used_at.map(OffsetDateTime::unix_timestamp),
        "recovery_codes": app.recovery_codes,
        "after_providers": app.after_providers,
    })
}

fn trusted_data(browser: &TrustedBrowser) -> Value {
    json!({
        "user_agent": browser.user_agent,
        "ip": browser.ip,
        "last_used_at": browser.last_used_at.unix_timestamp(),
        "expires_at": browser.expires_at.unix_timestamp(),
    })
}

fn session_data(session: &Session) -> Value {
    json!({
        "method": session.provider,
        "user_agent": session.user_agent,
        "ip": session.ip,
        "created_at": session.created_at.unix_timestamp(),
        "last_seen_at": session.last_seen_at.unix_timestamp(),
        "expires_at": session.expires_at.unix_timestamp(),
    })
}

fn event_data(event: &PastEvent) -> Value {
    json!({
        "id": event.id.to_string(),
        "at": event.at.unix_timestamp(),
        "last_at": event.last_at.unix_timestamp(),
        "kind": event.codes.kind,
        "provider": event.codes.provider,
        "outcome": event.codes.outcome,
        "reasons": event.codes.reasons,
        "times": event.times,
        "by": if is_own(event) { "you" } else { "administrator" },
        "ip": event.client.ip.filter(|_| is_own(event)).map(|ip| ip.to_string()),
        "user_agent": event.client.user_agent.as_ref().filter(|_| is_own(event)),
    })
}

/// From where an administrator works is not the user's data.
fn is_own(event: &PastEvent) -> bool {
    event.client.actor == Actor::User
}

/// Without the tokens: they are credentials, not data about the person.
fn grant_data(grant: &Grant) -> Value {
    let state = match grant.state {
        GrantStatus::Live => json!({ "state": "live" }),
        GrantStatus::Lost(because) => json!({ "state": because.code() }),
        GrantStatus::Disconnected { at, revocation } => json!({
            "state": "disconnected",
            "ended_at": at.unix_timestamp(),
            "revocation": match revocation {
                RevocationStatus::Pending { .. } => "pending",
                RevocationStatus::Done { .. } => "done",
                RevocationStatus::Failed => "failed",
            },
        }),
    };
    json!({
        "provider": grant.provider,
        "identity": grant.identity.to_string(),
        "scopes": grant.scopes,
        "agreed_scopes": grant.agreed,
        "given_at": grant.given_at.unix_timestamp(),
        "used_at": grant.used_at.map(OffsetDateTime::unix_timestamp),
        "renewable": grant.renewable,
        "status": state,
    })
}

fn download(body: Body) -> Response {
    let disposition = "attachment; filename=\"latchkey-data.json\"";
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}
