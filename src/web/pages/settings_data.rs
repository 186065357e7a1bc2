//! `/settings/data.json`: a person's data, as a download.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    dashboard::email as email_of,
    page_request::{PageRequest, PageResult},
};
use crate::store::{Grant, GrantStatus, RevocationStatus};

/// Events in the download, at most.
const ALL: u32 = 10_000;

/// GET `/settings/data.json`: the person's data, as a download, without hashes, tokens or keys.
pub async fn data(request: PageRequest) -> PageResult {
    let signed_in = request.anybody_signed_in()?;
    let user = &signed_in.user;
    let database = &request.app.database;
    let identities = database.identities(user.id).await?;
    let sessions = database.user_sessions(user.id, request.context.clock.date()).await?;
    let password = database.password_of(user.id).await?;
    let grants = database.grants(user.id).await?;
    let events = database.events_of(user.id, ALL).await?;
    let data = json!({
        "user": {
            "id": user.id.to_string(),
            "name": user.name,
            "name_from": user.name_from,
            "picture": user.picture,
            "picture_from": user.picture_from,
            "email": email_of(user).map(|(address, verified)| json!({ "address": address, "verified": verified })),
            "created_at": user.created_at.unix_timestamp(),
        },
        "password_set_at": password.map(|(_, set_at)| set_at.unix_timestamp()),
        "identities": identities.iter().map(|identity| json!({
            "provider": identity.provider,
            "issuer": identity.key.issuer(),
            "subject": identity.key.subject(),
            "email": identity.email.as_ref().map(ToString::to_string),
            "email_verified": identity.email_verified,
            "name": identity.name,
            "linked_at": identity.linked_at.unix_timestamp(),
            "last_used_at": identity.last_used_at.unix_timestamp(),
        })).collect::<Vec<Value>>(),
        "grants": grants.iter().map(grant_data).collect::<Vec<Value>>(),
        "sessions": sessions.iter().map(|session| json!({
            "method": session.provider,
            "user_agent": session.user_agent,
            "ip": session.ip,
            "created_at": session.created_at.unix_timestamp(),
            "last_seen_at": session.last_seen_at.unix_timestamp(),
            "expires_at": session.expires_at.unix_timestamp(),
        })).collect::<Vec<Value>>(),
        "events": events.iter().map(|event| json!({
            "id": event.id,
            "at": event.at.unix_timestamp(),
            "kind": event.codes.kind,
            "provider": event.codes.provider,
            "outcome": event.codes.outcome,
            "reasons": event.codes.reasons,
            "ip": event.client.ip.map(|ip| ip.to_string()),
            "user_agent": event.client.user_agent,
        })).collect::<Vec<Value>>(),
    });
    Ok(download(data))
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

fn download(data: Value) -> Response {
    let disposition = "attachment; filename=\"latchkey-data.json\"";
    let headers = [(header::CONTENT_DISPOSITION, disposition), (header::CONTENT_TYPE, "application/json")];
    // Indented: people open the file.
    (headers, format!("{data:#}\n")).into_response()
}
