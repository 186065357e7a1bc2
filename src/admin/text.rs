//! Users and events as lines of text and as JSON. Nothing secret: no hash, no token, no secret of a session.

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    accounts::{Actor, Identity, User, describe_device},
    store::{Grant, GrantStatus, PastEvent, Session},
};

pub(super) fn date(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.unix_timestamp().to_string())
}

/// `ada@example.com`, or `ada@example.com (unconfirmed)`.
pub(super) fn email(user: &User) -> String {
    match (&user.verified_email, &user.claimed_email) {
        (Some(email), _) => email.email().to_string(),
        (None, Some(email)) => format!("{} (unconfirmed)", email.email()),
        (None, None) => "-".to_owned(),
    }
}

pub(super) fn user_line(user: &User) -> String {
    let disabled = if user.disabled_at.is_some() { "  disabled" } else { "" };
    let name = user.name.as_deref().unwrap_or("-");
    format!("{}  {}  {}  {name}{disabled}\n", user.id, date(user.created_at), email(user))
}

pub(super) fn user_json(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "name": user.name,
        "verified_email": user.verified_email.as_ref().map(|email| email.email().as_str()),
        "verified_email_method": user.verified_email.as_ref().map(|email| email.method().code()),
        "claimed_email": user.claimed_email.as_ref().map(|email| email.email().as_str()),
        "created_at": user.created_at.unix_timestamp(),
        "disabled_at": user.disabled_at.map(OffsetDateTime::unix_timestamp),
    })
}

pub(super) fn identity_line(identity: &Identity) -> String {
    let email = identity.email.as_ref().map_or("-", |email| email.as_str());
    let (provider, used) = (&identity.provider, date(identity.last_used_at));
    format!("  {}  {provider}  {email}  last used {used}\n", identity.id)
}

pub(super) fn identity_json(identity: &Identity) -> Value {
    json!({
        "id": identity.id.to_string(),
        "provider": identity.provider,
        "issuer": identity.key.issuer(),
        "subject": identity.key.subject(),
        "email": identity.email.as_ref().map(|email| email.as_str()),
        "email_verified": identity.email_verified,
        "linked_at": identity.linked_at.unix_timestamp(),
        "last_used_at": identity.last_used_at.unix_timestamp(),
    })
}

pub(super) fn session_line(session: &Session) -> String {
    let device = describe_device(session.user_agent.as_deref());
    let (ip, seen) = (session.ip.as_deref().unwrap_or("-"), date(session.last_seen_at));
    format!("  {}  {device}  {ip}  last seen {seen}\n", session.id)
}

pub(super) fn session_json(session: &Session) -> Value {
    json!({
        "id": session.id,
        "method": session.provider,
        "user_agent": session.user_agent,
        "ip": session.ip,
        "created_at": session.created_at.unix_timestamp(),
        "last_seen_at": session.last_seen_at.unix_timestamp(),
        "expires_at": session.expires_at.unix_timestamp(),
    })
}

pub(super) fn grant_state(grant: &Grant) -> &'static str {
    match grant.state {
        GrantStatus::Live => "live",
        GrantStatus::Lost(because) => because.code(),
        GrantStatus::Disconnected { .. } => "disconnected",
    }
}

pub(super) fn grant_json(grant: &Grant) -> Value {
    json!({
        "identity": grant.identity.to_string(),
        "provider": grant.provider,
        "scopes": grant.scopes,
        "state": grant_state(grant),
        "given_at": grant.given_at.unix_timestamp(),
    })
}

/// `user`, `operator` or `admin <id>`.
fn actor(actor: Actor) -> String {
    match actor {
        Actor::User => "user".to_owned(),
        Actor::Operator => "operator".to_owned(),
        Actor::Admin(id) => format!("admin {id}"),
    }
}

pub(super) fn event_line(event: &PastEvent) -> String {
    let codes = &event.codes;
    let (user, provider) = (event.user.as_deref().unwrap_or("-"), codes.provider.as_deref().unwrap_or("-"));
    let (by, ip) = (actor(event.client.actor), event.client.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string()));
    let (reasons, when) = (codes.reasons.join(" "), when(event));
    let line = format!("{when}  {user}  {} {} {provider}  by {by}  {ip}  {reasons}", codes.kind, codes.outcome);
    format!("{}\n", line.trim_end())
}

/// What happened several times stands at its first.
fn when(event: &PastEvent) -> String {
    match event.times {
        1 => date(event.at),
        times => format!("{}  {times} times until {}", date(event.at), date(event.last_at)),
    }
}

pub(super) fn event_json(event: &PastEvent) -> Value {
    let actor = match event.client.actor {
        Actor::User => json!({ "kind": "user" }),
        Actor::Operator => json!({ "kind": "operator" }),
        Actor::Admin(id) => json!({ "kind": "admin", "id": id.to_string() }),
    };
    json!({
        "id": event.id.to_string(),
        "at": event.at.unix_timestamp(),
        "last_at": event.last_at.unix_timestamp(),
        "times": event.times,
        "user": event.user,
        "kind": event.codes.kind,
        "provider": event.codes.provider,
        "outcome": event.codes.outcome,
        "reasons": event.codes.reasons,
        "actor": actor,
        "ip": event.client.ip.map(|ip| ip.to_string()),
        "user_agent": event.client.user_agent,
        "request": event.client.request_id,
    })
}
