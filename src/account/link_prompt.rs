//! The link prompt: a provider returned the email address of an existing account, and the browser shows that the account is
//! its user's before the identity is linked.

use leptos::prelude::*;
use secrecy::SecretString;
use time::OffsetDateTime;

use super::{
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::{count_attempt, is_correct_and_rehash, record_wrong_password},
    reauthenticate::{reauthenticated, signed_in},
    reply::{Reply, send},
    second_factor::to_second_factor,
    start_flow::start_flow,
};
use crate::{
    accounts::{Answer, AuthenticationMethod, Authentications, Purpose, Reason, User, UserId},
    codes::{done::Done, form_error::FormError, settings_page::SettingsPage},
    relying_party::AuthorizationOptions,
    sessions::{FirstStep, Opening, PendingLink, Reauthentication, RequestContext},
    store::{GrantUpdate, OpeningCondition, SessionVersion, SettleRequest},
};

/// POST `/auth/link/password`: authenticates by the account's password, links, and signs in. `link` is the id of the pending
/// link that the page showed.
#[server(name = ResolveLinkByPassword, prefix = "/auth", endpoint = "link/password")]
pub async fn resolve_link_by_password(link: Option<String>, password: Option<FormSecret>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(by_password(&context, link.as_deref(), &secret(password)).await, "/link");
    Ok(())
}

/// POST `/auth/link/provider`: starts a flow with a provider that the account has.
#[server(name = ResolveLinkByProvider, prefix = "/auth", endpoint = "link/provider")]
pub async fn resolve_link_by_provider(link: Option<String>, provider: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(by_provider(&context, link.as_deref(), &provider.unwrap_or_default()).await, "/link");
    Ok(())
}

/// POST `/auth/link/confirm`: links the identity to the user who is signed in to the very account, recently authenticated.
#[server(name = ConfirmLink, prefix = "/auth", endpoint = "link/confirm")]
pub async fn confirm_link(link: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(by_session(&context, link.as_deref()).await, "/link");
    Ok(())
}

/// POST `/auth/link/cancel`: drops the pending link. The database never knew of it.
#[server(name = CancelLink, prefix = "/auth", endpoint = "link/cancel")]
pub async fn cancel_link() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let page = if signed_in(&context).is_ok() { SettingsPage::Security.path() } else { "/login" };
    let reply = Reply::done(page, Done::LinkCancelled).with(context.jar.link.clear(&context.headers));
    send(Ok(reply), "/link");
    Ok(())
}

/// The pending link of this browser.
///
/// # Errors
/// [`FormError::LinkExpired`] if there is none, or it is too old or used; or the database is down.
pub async fn pending_link(context: &RequestContext) -> Result<PendingLink, AccountError> {
    let link = context.jar.link.find(&context.headers, context.clock.now()).ok_or(FormError::LinkExpired)?;
    if link.is_unused(context).await? { Ok(link) } else { Err(FormError::LinkExpired.into()) }
}

/// The pending link, if it is the one that the page showed. The threat: another tab may have replaced it. Eve, whose
/// provider returns whatever she likes, opens a tab in Ada's browser while Ada is at the prompt, and Ada's password links
/// Eve's identity. A form without an id was not rendered by us, and cannot come from another site.
pub(super) async fn shown_link(context: &RequestContext, shown: Option<&str>) -> Result<PendingLink, AccountError> {
    let link = pending_link(context).await?;
    if shown.is_none_or(|shown| shown == link.id) { Ok(link) } else { Err(FormError::LinkExpired.into()) }
}

async fn by_password(
    context: &RequestContext,
    shown: Option<&str>,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let link = shown_link(context, shown).await?;
    let user = context.database.user(link.user).await?.ok_or(FormError::LinkExpired)?;
    let email = user.verified_email.as_ref().map(|email| email.email().clone()).ok_or(FormError::WrongPassword)?;
    // The limit is shared with the sign-in form: the prompt must not double the guesses.
    count_attempt(context, &email).await?;
    let compared = context.database.password_of(user.id).await?;
    let is_correct = match &compared {
        Some((hash, _)) => is_correct_and_rehash(context, password, user.id, hash).await?,
        None => false,
    };
    // The comparison takes long enough for the owner to change the password.
    let current = context.database.password_of(user.id).await?;
    let set_at = compared.map(|(_, set_at)| set_at);
    let is_current = set_at == current.map(|(_, set_at)| set_at);
    if !is_correct || !is_current || user.disabled_at.is_some() {
        record_wrong_password(context, user.id);
        return Err(FormError::WrongPassword.into());
    }
    let remembered = context.jar.remember_account(&context.headers, &email, context.clock.now());
    Ok(resolve(context, link, &user, Proof::Method(AuthenticationMethod::Password, set_at)).await?.with(remembered))
}

async fn by_provider(context: &RequestContext, shown: Option<&str>, slug: &str) -> Result<Reply, AccountError> {
    let link = shown_link(context, shown).await?;
    let identities = context.database.identities(link.user).await?;
    if identities.iter().all(|identity| identity.provider != slug) {
        return Err(FormError::NotFound.into());
    }
    let options = AuthorizationOptions { return_to: link.return_to, ..AuthorizationOptions::default() };
    start_flow(context, slug, Purpose::ResolveLink { user: link.user, link: link.id }, options).await
}

async fn by_session(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let link = shown_link(context, shown).await?;
    let signed_in = reauthenticated(context)?;
    if signed_in.user.id != link.user {
        return Err(FormError::ReauthenticationMismatch.into());
    }
    resolve(context, link, &signed_in.user, Proof::Session(signed_in.session.at_version())).await
}

/// What showed that the account is the user's.
pub(super) enum Proof<'a> {
    /// The session, recently authenticated.
    Session(SessionVersion<'a>),
    /// A method that the user has just completed; of a password, with the time at which it was set.
    Method(AuthenticationMethod, Option<OffsetDateTime>),
}

/// Links the pending identity, and signs its user in; or asks for the second step first, if one is due: linked before it,
/// the identity would be there for an attacker without the second factor.
pub(super) async fn resolve(
    context: &RequestContext,
    link: PendingLink,
    user: &User,
    proof: Proof<'_>,
) -> Result<Reply, AccountError> {
    let (method, password_set_at) = match proof {
        Proof::Session(session) => {
            let reply = link_identity(context, link, user, Some(session)).await?;
            return Ok(reply.with(context.renew_session().await?.unwrap_or_default()));
        }
        Proof::Method(method, password_set_at) => (method, password_set_at),
    };
    let steps = Authentications::by(method.clone(), context.clock.date());
    let condition = OpeningCondition::of_password(password_set_at);
    let opening = Opening { steps, identity: None, condition };
    let steps = match context.first_step(user.id, opening.clone()).await? {
        FirstStep::Enough(steps) => steps,
        FirstStep::SecondFactor(pending) => {
            let pending = pending.back_to(&link.return_to).with_link(&link.id);
            return to_second_factor(context, &pending);
        }
    };
    let reply = link_identity(context, link, user, None).await?;
    if context.signed_in.as_ref().is_some_and(|signed_in| signed_in.user.id == user.id) {
        // The session stays, under a new id.
        if let Reauthentication::Done(renewed) = context.reauthenticate(method).await? {
            return Ok(reply.with(renewed));
        }
    }
    Ok(reply.with(context.open(user, Opening { steps, ..opening }).await?))
}

/// Links the pending identity in one transaction. `session` is what authenticated the user, if a session did.
pub(super) async fn link_identity(
    context: &RequestContext,
    link: PendingLink,
    user: &User,
    session: Option<SessionVersion<'_>>,
) -> Result<Reply, AccountError> {
    let settled = context
        .database
        .settle(&SettleRequest {
            purpose: &Purpose::Link { user: user.id },
            profile: &link.profile,
            session_user: Some(user.id),
            session,
            admission: context.admission(None),
            second_factor: context.second_factor,
            client: &context.client,
            now: context.clock.date(),
            waiting: None,
            granted: GrantUpdate::None,
        })
        .await?;
    context.wake_mail();
    let cleared = link.use_up(context).await;
    let reply = match settled.decision.answer {
        Answer::Link { .. } | Answer::AlreadyLinked { .. } => {
            Reply::back(&link.return_to).with(context.say_done(Done::Linked))
        }
        Answer::Refuse(Reason::TooManyIdentities) => {
            Reply::error(SettingsPage::Security.path(), FormError::TooManyIdentities)
        }
        _ => Reply::error(SettingsPage::Security.path(), FormError::LinkedElsewhere),
    };
    Ok(reply.with(cleared))
}

/// The pending link with this id, if it still waits in this browser for this user.
pub(super) async fn pending_link_with(
    context: &RequestContext,
    id: &str,
    user: UserId,
) -> Result<Option<PendingLink>, AccountError> {
    let link = context.jar.link.find(&context.headers, context.clock.now());
    let Some(link) = link.filter(|link| link.id == id && link.user == user) else { return Ok(None) };
    Ok(link.is_unused(context).await?.then_some(link))
}
