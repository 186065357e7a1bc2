//! Linking one more way in: while signed in, or at the link prompt.

use secrecy::SecretString;

use super::{
    confirming::{reauthenticated, signed_in, start_flow},
    error::AccountError,
    password::{compared_and_renewed, count, refused},
    reply::Reply,
};
use crate::{
    accounts::{Answer, Purpose, SignUp, User},
    codes::outcome::{Done, FormError},
    relying_party::{AuthorizationOptions, Prompt, ReturnTo},
    sessions::{PendingLink, RequestContext},
    store::{GrantUpdate, PASSWORD, SettleRequest},
};

/// Starts a flow that links a provider to who is signed in. It ends in the settings, or where `return_to` says.
///
/// Who has an account there already wants to link another one. A provider that knows only the one would send them straight
/// back with it, so it is asked to let them choose.
///
/// # Errors
/// [`AccountError`].
pub async fn link_provider(
    context: &RequestContext,
    slug: &str,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let user = reauthenticated(context)?.user.id;
    let identities = context.database.identities(user).await?;
    let another = identities.iter().any(|identity| identity.provider == slug);
    let options = AuthorizationOptions {
        return_to: return_to.or_else(|| ReturnTo::parse("/settings")).unwrap_or_default(),
        prompt: another.then_some(Prompt::SelectAccount),
        ..AuthorizationOptions::default()
    };
    start_flow(context, slug, Purpose::Link { user }, options).await
}

/// At the link prompt: shows by the password that the account is one's own; what waits is linked, its user signed in.
///
/// # Errors
/// [`AccountError`].
pub async fn resolve_link_by_password(
    context: &RequestContext,
    shown: Option<&str>,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let link = waiting_as(context, shown).await?;
    let user = context.database.user(link.user).await?.ok_or(FormError::LinkExpired)?;
    let email = user.verified_email.as_ref().map(|email| email.email().clone()).ok_or(FormError::WrongPassword)?;
    // The same bucket as the sign-in form's: a prompt is no second door to guess at.
    count(context, &email)?;
    let tried = context.database.password_of(user.id).await?;
    let right = match &tried {
        Some((hash, _)) => compared_and_renewed(context, password, user.id, hash).await?,
        None => false,
    };
    // Comparing takes long enough for the owner to choose another one.
    let now = context.database.password_of(user.id).await?;
    let still = tried.map(|(_, set_at)| set_at) == now.map(|(_, set_at)| set_at);
    if !right || !still || user.disabled_at.is_some() {
        refused(context, user.id);
        return Err(FormError::WrongPassword.into());
    }
    let known = context.jar.remember_account(&context.headers, &email, context.clock.now());
    Ok(resolve(context, link, &user, None).await?.with(known))
}

/// At the link prompt: starts a round trip to a provider that the account has.
///
/// # Errors
/// [`AccountError`].
pub async fn resolve_link_by_provider(
    context: &RequestContext,
    shown: Option<&str>,
    slug: &str,
) -> Result<Reply, AccountError> {
    let link = waiting_as(context, shown).await?;
    let identities = context.database.identities(link.user).await?;
    if identities.iter().all(|identity| identity.provider != slug) {
        return Err(FormError::NotFound.into());
    }
    let options = AuthorizationOptions { return_to: link.return_to, ..AuthorizationOptions::default() };
    start_flow(context, slug, Purpose::ResolveLink { user: link.user, link: link.id }, options).await
}

/// At the link prompt, signed in to the very account, with a fresh proof: links what waits.
///
/// # Errors
/// [`AccountError`].
pub async fn confirm_link(context: &RequestContext, shown: Option<&str>) -> Result<Reply, AccountError> {
    let link = waiting_as(context, shown).await?;
    let signed_in = reauthenticated(context)?;
    if signed_in.user.id != link.user {
        return Err(FormError::ReauthenticationMismatch.into());
    }
    resolve(context, link, &signed_in.user, Some(&signed_in.session.id_hash)).await
}

/// Leaves the link prompt: nothing was changed, and nothing is.
///
/// # Errors
/// None.
pub async fn cancel_link(context: &RequestContext) -> Result<Reply, AccountError> {
    let page = if signed_in(context).is_ok() { "/settings" } else { "/login" };
    Ok(Reply::done(page, Done::LinkCancelled).with(context.jar.link.clear(&context.headers)))
}

/// What waits at the link prompt of this browser: not too long, and not used.
///
/// # Errors
/// [`Trouble::LinkExpired`], or that the database does not answer.
pub async fn waiting(context: &RequestContext) -> Result<PendingLink, AccountError> {
    let link = context.jar.link.find(&context.headers, context.clock.now()).ok_or(FormError::LinkExpired)?;
    if link.is_unused(context).await? { Ok(link) } else { Err(FormError::LinkExpired.into()) }
}

/// What waits, if it is what the page showed. Another tab may have put another identity into the cookie meanwhile: else Eve,
/// whose provider says what she likes, opens a tab of her own in Ada's browser while Ada is at the prompt, and Ada's
/// password links Eve's identity. A form that names none was not drawn for a person, and cannot come from elsewhere.
async fn waiting_as(context: &RequestContext, shown: Option<&str>) -> Result<PendingLink, AccountError> {
    let link = waiting(context).await?;
    if shown.is_none_or(|shown| shown == link.id) { Ok(link) } else { Err(FormError::LinkExpired.into()) }
}

/// Links what waits, in one transaction, and signs its user in. `session` is the one that shows who it is, where nothing
/// was shown just now.
async fn resolve(
    context: &RequestContext,
    link: PendingLink,
    user: &User,
    session: Option<&str>,
) -> Result<Reply, AccountError> {
    let settled = context
        .database
        .settle(&SettleRequest {
            purpose: &Purpose::Link { user: user.id },
            profile: &link.profile,
            session_user: Some(user.id),
            session,
            sign_up: &SignUp::Open,
            client: &context.client,
            now: context.clock.date(),
            random: crate::sessions::random().ok_or(AccountError::Ours)?,
            waiting: None,
            granted: GrantUpdate::None,
        })
        .await?;
    context.wake_mail();
    let used = link.used_up(context).await;
    let reply = match settled.decision.answer {
        Answer::Link { .. } | Answer::AlreadyLinked { .. } => Reply::back(&link.return_to),
        _ => Reply::error("/settings", FormError::LinkedElsewhere),
    };
    let method = match &context.signed_in {
        // A proof by the session keeps the session, under a new id, and is itself no younger for it.
        Some(signed_in) if signed_in.user.id == user.id => {
            return Ok(reply.with(used).with(context.renew_session(session.is_none()).await?.into_iter().flatten()));
        }
        _ => PASSWORD,
    };
    Ok(reply.with(used).with(context.sign_in(user, method, None).await?))
}
