//! `/dashboard`.

use time::{Duration, OffsetDateTime};

use super::{
    calendar,
    page_request::{PageRequest, PageResult},
};
use crate::{
    accounts::{AuthenticationMethod, Identity, User, describe_device},
    store::Session,
    ui::{
        page::Page,
        view::{DashboardView, IdentityView, NextStep, SessionView, StepState},
    },
};

/// GET `/dashboard`.
pub async fn dashboard(mut request: PageRequest) -> PageResult {
    let (user, session) = {
        let signed_in = request.signed_in()?;
        (signed_in.user.clone(), signed_in.session.clone())
    };
    let methods = request.methods(user.id).await?;
    let calendar = calendar::card(&request, user.id, &methods.identities).await?;
    let by_password = session.signed_in_by.first() == Some(&AuthenticationMethod::Password)
        && request.signed_in()?.is_recently_authenticated(request.context.clock.date());
    let asks_for_email = request.context.email_requirement.applies_to(&user);
    let view = DashboardView {
        notice: request.notice_or_done(),
        email: email(&user),
        next_steps: next_steps(&user, methods.count(), asks_for_email, request.context.clock.date()),
        picture: user.picture.filter(|url| request.app.header_policy.shows_image(url)),
        name: user.name,
        member_since: user.created_at.unix_timestamp(),
        upgrades_to_passkey: by_password && methods.passkeys == 0 && request.context.passkey_rp.is_some(),
        identities: methods.identities.into_iter().map(|identity| identity_view(&request, identity)).collect(),
        calendar,
        session: session_view(&request, session),
        sandbox: request.app.sandbox.clone(),
    };
    request.draw(Page::Dashboard, view)
}

/// How long an account counts as new.
const NEW: Duration = Duration::days(30);

/// The steps of a new account, until all are done. An account that has no verified address is reminded for as long.
fn next_steps(user: &User, methods: usize, asks_for_email: bool, now: OffsetDateTime) -> Vec<(NextStep, StepState)> {
    let is_new = now - user.created_at < NEW;
    let has_email = user.verified_email.is_some();
    let email = (has_email || asks_for_email).then_some((NextStep::AddEmail, has_email));
    let others = [(NextStep::AddMethod, methods > 1), (NextStep::ChooseName, user.name.is_some())];
    let steps = email.into_iter().chain(others);
    let shown: Vec<_> = steps.filter(|(step, done)| is_new || (*step == NextStep::AddEmail && !done)).collect();
    if shown.iter().all(|(_, done)| *done) {
        return Vec::new();
    }
    shown.into_iter().map(|(step, done)| (step, if done { StepState::Done } else { StepState::Open })).collect()
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::accounts::UserId;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[rstest]
    #[case::new(1, 1, true, &[NextStep::AddEmail, NextStep::AddMethod, NextStep::ChooseName])]
    #[case::email_is_not_asked_for(1, 1, false, &[NextStep::AddMethod, NextStep::ChooseName])]
    #[case::two_methods(1, 2, false, &[NextStep::ChooseName])]
    #[case::old(31, 1, true, &[NextStep::AddEmail])]
    #[case::old_email_is_not_asked_for(31, 1, false, &[])]
    fn the_next_steps_end_with_the_account_s_youth(
        #[case] days: i64,
        #[case] methods: usize,
        #[case] asks_for_email: bool,
        #[case] open: &[NextStep],
    ) {
        let user = User {
            id: UserId::new(NOW, [1; 10]),
            name: None,
            picture: None,
            verified_email: None,
            claimed_email: None,
            created_at: NOW - Duration::days(days),
            disabled_at: None,
            name_from: None,
            picture_from: None,
        };
        let steps = next_steps(&user, methods, asks_for_email, NOW);
        let left: Vec<_> = steps.iter().filter(|(_, state)| *state == StepState::Open).map(|(step, _)| *step).collect();
        assert_eq!(left, open);
    }
}
