//! `/settings` and the pages below it.

use uuid::Uuid;

use super::{
    activity::activity_view,
    dashboard::{email as email_of, identity_view},
    grants::grant_views,
    page_request::{PageRejection, PageRequest, PageResult},
    passkeys::passkeys_view,
    second_factor::second_factor_view,
};
use crate::{
    account::DELETION_WORD,
    accounts::{IdentityId, OWN, User, UserId, describe_device},
    codes::{access::Access, percent::with_query, settings_page::SettingsPage},
    store::{Session, StoreError},
    ui::{
        page::Page,
        view::{
            AccountSettingsView, ActivitySettingsView, ChangeEmailView, ConnectionSettingsView, DeleteView, DeviceView,
            LinkView, ProfileView, SecuritySettingsView, SetPasswordView, UnlinkView,
        },
    },
};

/// Events on a page.
const RECENT: u32 = 20;

/// GET `/settings`.
pub async fn account(request: PageRequest) -> PageResult {
    let user = &request.signed_in()?.user;
    let pending = request.app.database.pending_email_change(user.id, request.context.clock.date()).await?;
    let view = AccountSettingsView {
        pending_email: pending.map(String::from),
        notice: request.notice_or_done(),
        profile: profile_view(&request, user),
        email: email_of(user),
    };
    request.draw(Page::Account, view)
}

/// GET `/settings/security`.
pub async fn security(request: PageRequest) -> PageResult {
    let signed_in = request.signed_in()?;
    let (user, here) = (signed_in.user.id, &signed_in.session.id);
    let (database, now) = (&request.app.database, request.context.clock.date());
    let identities = database.identities(user).await?;
    let password = database.password_of(user).await?;
    let passkeys = passkeys_view(&request, signed_in, identities.is_empty() && password.is_none()).await?;
    let has_passkey = passkeys.as_ref().is_some_and(|view| !view.passkeys.is_empty());
    let mut sessions = database.user_sessions(user, now).await?;
    sessions.sort_by_key(|session| session.id != *here);
    let view = SecuritySettingsView {
        notice: request.notice_or_done(),
        password_on: request.app.mail.is_some(),
        password_set_at: password.as_ref().map(|(_, set_at)| set_at.unix_timestamp()),
        may_unlink: identities.len() > 1 || password.is_some() || has_passkey,
        passkeys,
        second_factor: second_factor_view(&request, user).await?,
        identities: identities.into_iter().map(|identity| identity_view(&request, identity)).collect(),
        linkable: request.buttons(),
        reauthenticated: signed_in.is_recently_authenticated(now),
        devices: sessions.into_iter().map(|session| device_view(&request, session, here)).collect(),
    };
    request.draw(Page::Security, view)
}

/// GET `/settings/connections`.
pub async fn connections(request: PageRequest) -> PageResult {
    let user = request.signed_in()?.user.id;
    let identities = request.app.database.identities(user).await?;
    let grants = request.app.database.grants(user).await?;
    let is_offered = |access: &Access| request.app.relying_party.providers().any(|it| it.offers(*access));
    let view = ConnectionSettingsView {
        notice: request.notice_or_done(),
        grants: grant_views(&request, &identities, &grants),
        offered: Access::ALL.iter().copied().filter(is_offered).collect(),
    };
    request.draw(Page::Connections, view)
}

/// GET `/settings/activity?before=…`: the newest events, or those after the one with this id in the list.
pub async fn activity(request: PageRequest) -> PageResult {
    let user = request.signed_in()?.user.id;
    let after = request.query.one("before").and_then(|id| Uuid::try_parse(id).ok());
    let mut events = request.app.database.events_page(Some(user), after, RECENT + 1).await?;
    let has_older = events.len() > RECENT as usize;
    events.truncate(RECENT as usize);
    let last = events.last().filter(|_| has_older);
    let older = last.map(|event| with_query(SettingsPage::Activity.path(), &[("before", &event.id.to_string())]));
    let here = &request.context.client;
    let activity = events.iter().filter_map(|event| activity_view(event, here, |slug| request.label(slug))).collect();
    let view = ActivitySettingsView { notice: request.notice_or_done(), activity, older };
    request.draw(Page::Activity, view)
}

/// GET `/settings/password`.
pub async fn password(request: PageRequest) -> PageResult {
    let user = &request.reauthenticated()?.user;
    let view = SetPasswordView {
        email: user.verified_email.as_ref().map(|email| email.email().to_string()),
        change: request.app.database.password_of(user.id).await?.is_some(),
        form_error: request.form_error(),
    };
    request.draw(Page::SetPassword, view)
}

/// GET `/settings/email`.
pub async fn email(request: PageRequest) -> PageResult {
    let user = &request.reauthenticated()?.user;
    let pending = request.app.database.pending_email_change(user.id, request.context.clock.date()).await?;
    let view = ChangeEmailView {
        email: email_of(user),
        // "Send it again" may have led here by way of a re-authentication.
        typed: request.typed().or(pending.map(String::from)),
        form_error: request.form_error(),
    };
    request.draw(Page::ChangeEmail, view)
}

/// GET `/settings/unlink?identity=…`.
pub async fn unlink(request: PageRequest) -> PageResult {
    let user = request.reauthenticated()?.user.id;
    let id = request.query.one("identity").and_then(|id| IdentityId::parse(id).ok());
    let identities = request.app.database.identities(user).await?;
    let last = identities.len() == 1
        && request.app.database.password_of(user).await?.is_none()
        && !request.context.second_factors(user).await?.passkey;
    let identity = identities.into_iter().find(|identity| Some(identity.id) == id).ok_or(PageRejection::NotFound)?;
    let affected_access = affected_access(&request, user, Some(identity.id)).await?;
    let view = UnlinkView {
        identity: identity_view(&request, identity),
        last,
        affected_access,
        form_error: request.form_error(),
    };
    request.draw(Page::Unlink, view)
}

/// GET `/settings/link?provider=…&return_to=…`.
pub async fn link(request: PageRequest) -> PageResult {
    request.reauthenticated()?;
    let slug = request.query.one("provider").unwrap_or_default();
    let provider = request.app.relying_party.provider(slug).ok_or(PageRejection::NotFound)?;
    let return_to = request.return_to().map(String::from);
    let view = LinkView { provider: request.button(provider), return_to, form_error: request.form_error() };
    request.draw(Page::Link, view)
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
    request.draw(Page::Delete, view)
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
