//! `/dashboard`.

use super::{
    calendar,
    page_request::{PageRequest, PageResult},
};
use crate::{
    accounts::{Identity, User, describe_device},
    store::Session,
    ui::{
        page::Page,
        view::{DashboardView, IdentityView, SessionView},
    },
};

/// GET `/dashboard`.
pub async fn dashboard(request: PageRequest) -> PageResult {
    let (user, session) = {
        let signed_in = request.signed_in()?;
        (signed_in.user.clone(), signed_in.session.clone())
    };
    let identities = request.app.database.identities(user.id).await?;
    let calendar = calendar::card(&request, user.id, &identities).await?;
    let view = DashboardView {
        email: email(&user),
        asks_for_email: request.context.email_requirement.applies_to(&user),
        picture: user.picture.filter(|url| request.app.header_policy.shows_image(url)),
        name: user.name,
        password_set_at: request.app.database.password_of(user.id).await?.map(|(_, at)| at.unix_timestamp()),
        member_since: user.created_at.unix_timestamp(),
        identities: identities.into_iter().map(|identity| identity_view(&request, identity)).collect(),
        calendar,
        session: session_view(&request, session),
    };
    request.draw(Page::Dashboard, view).await
}

/// The verified address (`true`), or the claimed one (`false`).
pub fn email(user: &User) -> Option<(String, bool)> {
    let verified = user.verified_email.as_ref().map(|email| (email.email().to_string(), true));
    verified.or_else(|| user.claimed_email.as_ref().map(|email| (email.email().to_string(), false)))
}

/// What to call an account: its email address, or the person's name.
pub fn name_of(user: &User) -> String {
    let email = email(user).map(|(email, _)| email);
    email.or_else(|| user.name.clone()).unwrap_or_else(|| "an account without an email address".to_owned())
}

pub fn identity_view(request: &PageRequest, identity: Identity) -> IdentityView {
    IdentityView {
        id: identity.id.to_string(),
        name: identity.name,
        label: request.label(&identity.provider),
        slug: identity.provider,
        email: identity.email.map(|email| email.to_string()),
        linked_at: identity.linked_at.unix_timestamp(),
        last_used_at: identity.last_used_at.unix_timestamp(),
    }
}

fn session_view(request: &PageRequest, session: Session) -> SessionView {
    let slug = session.provider.unwrap_or_default();
    SessionView {
        provider: request.label(&slug),
        provider_slug: slug,
        device: describe_device(session.user_agent.as_deref()),
        ip: session.ip.unwrap_or_else(|| "unknown".to_owned()),
        signed_in_at: session.created_at.unix_timestamp(),
        idle_until: session.expires_at.unix_timestamp(),
        absolute_until: session.absolute_expires_at.unix_timestamp(),
    }
}
