//! `/settings` and what lies below it.

use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    activity::activity_view,
    call::{Call, PageError, PageResult},
    dashboard::{email as email_of, identity_view},
    grants::grant_views,
};
use crate::{
    account::DELETION_WORD,
    accounts::{IdentityId, OWN, User, UserId, describe_device},
    codes::access::Access,
    store::{Grant, GrantStatus, RevocationStatus, Session, StoreError},
    ui::view::{
        ChangeEmailView, DeleteView, DeviceView, LinkView, ProfileView, SetPasswordView, SettingsView, UnlinkView,
    },
};

/// How much of "recent activity" is shown.
const RECENT: u32 = 20;
/// How much of it is given to take along.
const ALL: u32 = 10_000;

/// GET `/settings`.
pub async fn settings(call: Call) -> PageResult {
    let signed_in = call.signed_in()?;
    let (user, here) = (&signed_in.user, &signed_in.session.id_hash);
    let database = &call.app.database;
    let identities = database.identities(user.id).await?;
    let password = database.password_of(user.id).await?;
    let mut sessions = database.user_sessions(user.id, call.context.clock.date()).await?;
    sessions.sort_by_key(|session| session.id_hash != *here);
    let events = database.events_of(user.id, RECENT).await?;
    let grants = grant_views(&call, &identities, &database.grants(user.id).await?);
    let view = SettingsView {
        notice: call.notice(),
        profile: profile_view(&call, user),
        email: email_of(user),
        password_on: call.app.mail.is_some(),
        password_set_at: password.as_ref().map(|(_, set_at)| set_at.unix_timestamp()),
        may_unlink: identities.len() > 1 || password.is_some(),
        identities: identities.into_iter().map(|identity| identity_view(&call, identity)).collect(),
        linkable: call.buttons(),
        reauthenticated: signed_in.is_recently_authenticated(call.context.clock.date()),
        grants,
        devices: sessions.into_iter().map(|session| device_view(&call, session, here)).collect(),
        activity: events.iter().filter_map(|event| activity_view(event, |slug| call.label(slug))).collect(),
    };
    call.draw(view).await
}

/// GET `/settings/password`.
pub async fn password(call: Call) -> PageResult {
    let user = &call.reauthenticated()?.user;
    let view = SetPasswordView {
        email: user.verified_email.as_ref().map(|email| email.email().to_string()),
        change: call.app.database.password_of(user.id).await?.is_some(),
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// GET `/settings/email`.
pub async fn email(call: Call) -> PageResult {
    let view = ChangeEmailView {
        email: email_of(&call.reauthenticated()?.user),
        typed: call.typed(),
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// GET `/settings/unlink?identity=…`.
pub async fn unlink(call: Call) -> PageResult {
    let user = call.reauthenticated()?.user.id;
    let id = call.query.one("identity").and_then(|id| IdentityId::parse(id).ok());
    let identities = call.app.database.identities(user).await?;
    let last = identities.len() == 1 && call.app.database.password_of(user).await?.is_none();
    let identity = identities.into_iter().find(|identity| Some(identity.id) == id).ok_or(PageError::NotFound)?;
    let gives_back = affected_access(&call, user, Some(identity.id)).await?;
    let view = UnlinkView { identity: identity_view(&call, identity), last, gives_back, form_error: call.form_error() };
    call.draw(view).await
}

/// GET `/settings/link?provider=…&return_to=…`.
pub async fn link(call: Call) -> PageResult {
    call.reauthenticated()?;
    let slug = call.query.one("provider").unwrap_or_default();
    let provider = call.app.relying_party.provider(slug).ok_or(PageError::NotFound)?;
    let return_to = call.return_to().map(String::from);
    let view = LinkView { provider: call.button(provider), return_to, form_error: call.form_error() };
    call.draw(view).await
}

/// GET `/settings/delete`.
pub async fn delete(call: Call) -> PageResult {
    let user = &call.reauthenticated()?.user;
    let who = email_of(user).map(|(email, _)| email).or_else(|| user.name.clone());
    let view = DeleteView {
        who: who.unwrap_or_else(|| "your account".to_owned()),
        word: DELETION_WORD.to_owned(),
        gives_back: affected_access(&call, user.id, None).await?,
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// What goes with a way in, or with the account.
async fn affected_access(call: &Call, user: UserId, identity: Option<IdentityId>) -> Result<Vec<Access>, StoreError> {
    let affected_access = call.app.grants.affected_access(user, identity).await?;
    Ok(affected_access.into_iter().flat_map(|ended| ended.sees).collect())
}

/// GET `/settings/data.json`: what we know about the person, to take along. No hash, token or key is in it.
pub async fn data(call: Call) -> PageResult {
    let signed_in = call.anybody_signed_in()?;
    let user = &signed_in.user;
    let database = &call.app.database;
    let identities = database.identities(user.id).await?;
    let sessions = database.user_sessions(user.id, call.context.clock.date()).await?;
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
            "way": session.provider,
            "user_agent": session.user_agent,
            "address": session.ip,
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

/// What was granted and since when. Tokens are no data about the person, and nothing to take along.
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
        "standing": state,
    })
}

fn download(data: Value) -> Response {
    let disposition = "attachment; filename=\"latchkey-data.json\"";
    ([(header::CONTENT_DISPOSITION, disposition)], Json(data)).into_response()
}

fn profile_view(call: &Call, user: &User) -> ProfileView {
    let from = |source: &Option<String>| {
        source.as_deref().map(|source| if source == OWN { "you".to_owned() } else { call.label(source) })
    };
    ProfileView {
        name: user.name.clone(),
        name_from: from(&user.name_from),
        picture: user.picture.clone().filter(|address| call.app.header_policy.shows_image(address)),
        picture_from: from(&user.picture_from),
        member_since: user.created_at.unix_timestamp(),
    }
}

fn device_view(call: &Call, session: Session, here: &str) -> DeviceView {
    let slug = session.provider.unwrap_or_default();
    DeviceView {
        here: session.id_hash == here,
        id: session.id_hash,
        device: describe_device(session.user_agent.as_deref()),
        address: session.ip.unwrap_or_else(|| "unknown".to_owned()),
        method: call.label(&slug),
        method_slug: slug,
        first_seen: session.created_at.unix_timestamp(),
        last_seen: session.last_seen_at.unix_timestamp(),
    }
}
