//! `/settings` and the pages below it.

use axum::{
    Json,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    activity::activity_view,
    dashboard::{email as email_of, identity_view},
    grants::grant_views,
    page_request::{PageRejection, PageRequest, PageResult},
};
use crate::{
    account::DELETION_WORD,
    accounts::{IdentityId, OWN, User, UserId, describe_device},
    codes::access::Access,
    store::{Grant, GrantStatus, RevocationStatus, Session, StoreError},
    ui::{
        page::Page,
        view::{
            ChangeEmailView, DeleteView, DeviceView, LinkView, ProfileView, SetPasswordView, SettingsView, UnlinkView,
        },
    },
};

/// Entries shown as "recent activity".
const RECENT: u32 = 20;
/// Entries in the download, at most.
const ALL: u32 = 10_000;

/// GET `/settings`.
pub async fn settings(request: PageRequest) -> PageResult {
    let signed_in = request.signed_in()?;
    let (user, here) = (&signed_in.user, &signed_in.session.id);
    let database = &request.app.database;
    let identities = database.identities(user.id).await?;
    let password = database.password_of(user.id).await?;
    let mut sessions = database.user_sessions(user.id, request.context.clock.date()).await?;
    sessions.sort_by_key(|session| session.id != *here);
    let events = database.events_of(user.id, RECENT).await?;
    let grants = grant_views(&request, &identities, &database.grants(user.id).await?);
    let view = SettingsView {
        notice: request.notice(),
        profile: profile_view(&request, user),
        email: email_of(user),
        password_on: request.app.mail.is_some(),
        password_set_at: password.as_ref().map(|(_, set_at)| set_at.unix_timestamp()),
        may_unlink: identities.len() > 1 || password.is_some(),
        identities: identities.into_iter().map(|identity| identity_view(&request, identity)).collect(),
        linkable: request.buttons(),
        reauthenticated: signed_in.is_recently_authenticated(request.context.clock.date()),
        grants,
        devices: sessions.into_iter().map(|session| device_view(&request, session, here)).collect(),
        activity: events.iter().filter_map(|event| activity_view(event, |slug| request.label(slug))).collect(),
    };
    request.draw(Page::Settings, view).await
}

/// GET `/settings/password`.
pub async fn password(request: PageRequest) -> PageResult {
    let user = &request.reauthenticated()?.user;
    let view = SetPasswordView {
        email: user.verified_email.as_ref().map(|email| email.email().to_string()),
        change: request.app.database.password_of(user.id).await?.is_some(),
        form_error: request.form_error(),
    };
    request.draw(Page::SetPassword, view).await
}

/// GET `/settings/email`.
pub async fn email(request: PageRequest) -> PageResult {
    let view = ChangeEmailView {
        email: email_of(&request.reauthenticated()?.user),
        typed: request.typed(),
        form_error: request.form_error(),
    };
    request.draw(Page::ChangeEmail, view).await
}

/// GET `/settings/unlink?identity=…`.
pub async fn unlink(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.id;
    let id = request.query.one("identity").and_then(|id| IdentityId::parse(id).ok());
    let identities = request.app.database.identities(user).await?;
    let last = identities.len() == 1 && request.app.database.password_of(user).await?.is_none();
    let identity = identities.into_iter().find(|identity| Some(identity.id) == id).ok_or(PageRejection::NotFound)?;
    let affected_access = affected_access(&request, user, Some(identity.id)).await?;
    let view = UnlinkView {
        identity: identity_view(&request, identity),
        last,
        affected_access,
        form_error: request.form_error(),
    };
    request.draw(Page::Unlink, view).await
}

/// GET `/settings/link?provider=…&return_to=…`.
pub async fn link(request: PageRequest) -> PageResult {
    request.reauthenticated()?;
    let slug = request.query.one("provider").unwrap_or_default();
    let provider = request.app.relying_party.provider(slug).ok_or(PageRejection::NotFound)?;
    let return_to = request.return_to().map(String::from);
    let view = LinkView { provider: request.button(provider), return_to, form_error: request.form_error() };
    request.draw(Page::Link, view).await
}

/// GET `/settings/delete`.
pub async fn delete(request: PageRequest) -> PageResult {
    let user = &request.reauthenticated()?.user;
    let who = email_of(user).map(|(email, _)| email).or_else(|| user.name.clone());
    let view = DeleteView {
        who: who.unwrap_or_else(|| "your account".to_owned()),
        word: DELETION_WORD.to_owned(),
        affected_access: affected_access(&request, user.id, None).await?,
        form_error: request.form_error(),
    };
    request.draw(Page::Delete, view).await
}

/// Access that is revoked with a sign-in method, or with the account.
async fn affected_access(
    request: &PageRequest,
    user: UserId,
    identity: Option<IdentityId>,
) -> Result<Vec<Access>, StoreError> {
    let affected = request.app.grants.affected_access(user, identity).await?;
    Ok(affected.into_iter().flat_map(|grant| grant.sees).collect())
}

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
    ([(header::CONTENT_DISPOSITION, disposition)], Json(data)).into_response()
}

fn profile_view(request: &PageRequest, user: &User) -> ProfileView {
    let from = |source: &Option<String>| {
        source.as_deref().map(|source| if source == OWN { "you".to_owned() } else { request.label(source) })
    };
    ProfileView {
        name: user.name.clone(),
        name_from: from(&user.name_from),
        picture: user.picture.clone().filter(|url| request.app.header_policy.shows_image(url)),
        picture_from: from(&user.picture_from),
        member_since: user.created_at.unix_timestamp(),
    }
}

fn device_view(request: &PageRequest, session: Session, here: &str) -> DeviceView {
    let slug = session.provider.unwrap_or_default();
    DeviceView {
        here: session.id == here,
        id: session.id,
        device: describe_device(session.user_agent.as_deref()),
        ip: session.ip.unwrap_or_else(|| "unknown".to_owned()),
        method: request.label(&slug),
        method_slug: slug,
        first_seen: session.created_at.unix_timestamp(),
        last_seen: session.last_seen_at.unix_timestamp(),
    }
}
