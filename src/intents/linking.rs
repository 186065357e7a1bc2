//! Linking one more way in: while signed in, or at the link prompt.

use secrecy::SecretString;

use super::{
    confirming::{proven, signed_in, start_flow},
    fault::Fault,
    password::{compared_and_renewed, count, refused},
    reply::Reply,
};
use crate::{
    accounts::{Answer, Purpose, SignUp, User},
    codes::outcome::{Done, Trouble},
    relying_party::{Prompt, ReturnTo, Wishes},
    sessions::{PendingLink, Visit},
    store::{Granting, PASSWORD, Settlement},
};

/// Starts a flow that links a provider to who is signed in. It ends in the settings, or where `return_to` says.
///
/// Who has an account there already wants to link another one. A provider that knows only the one would send them straight
/// back with it, so it is asked to let them choose.
///
/// # Errors
/// [`Fault`].
pub async fn link_provider(visit: &Visit, slug: &str, return_to: Option<ReturnTo>) -> Result<Reply, Fault> {
    let user = proven(visit)?.user.id;
    let identities = visit.database.identities(user).await?;
    let another = identities.iter().any(|identity| identity.provider == slug);
    let wishes = Wishes {
        return_to: return_to.or_else(|| ReturnTo::parse("/settings")).unwrap_or_default(),
        prompt: another.then_some(Prompt::SelectAccount),
        ..Wishes::default()
    };
    start_flow(visit, slug, Purpose::Link { user }, wishes).await
}

/// At the link prompt: shows by the password that the account is one's own; what waits is linked, its user signed in.
///
/// # Errors
/// [`Fault`].
pub async fn resolve_link_by_password(
    visit: &Visit,
    shown: Option<&str>,
    password: &SecretString,
) -> Result<Reply, Fault> {
    let link = waiting_as(visit, shown).await?;
    let user = visit.database.user(link.user).await?.ok_or(Trouble::LinkExpired)?;
    let email = user.verified_email.as_ref().map(|email| email.address().clone()).ok_or(Trouble::WrongPassword)?;
    // The same bucket as the sign-in form's: a prompt is no second door to guess at.
    count(visit, &email)?;
    let tried = visit.database.password_of(user.id).await?;
    let right = match &tried {
        Some((hash, _)) => compared_and_renewed(visit, password, user.id, hash).await?,
        None => false,
    };
    // Comparing takes long enough for the owner to choose another one.
    let now = visit.database.password_of(user.id).await?;
    let still = tried.map(|(_, set_at)| set_at) == now.map(|(_, set_at)| set_at);
    if !right || !still || user.disabled_at.is_some() {
        refused(visit, user.id);
        return Err(Trouble::WrongPassword.into());
    }
    let known = visit.jar.remember_account(&visit.headers, &email, visit.clock.now());
    Ok(resolve(visit, link, &user, None).await?.with(known))
}

/// At the link prompt: starts a round trip to a provider that the account has.
///
/// # Errors
/// [`Fault`].
pub async fn resolve_link_by_provider(visit: &Visit, shown: Option<&str>, slug: &str) -> Result<Reply, Fault> {
    let link = waiting_as(visit, shown).await?;
    let identities = visit.database.identities(link.user).await?;
    if identities.iter().all(|identity| identity.provider != slug) {
        return Err(Trouble::NotThere.into());
    }
    let wishes = Wishes { return_to: link.return_to, ..Wishes::default() };
    start_flow(visit, slug, Purpose::ResolveLink { user: link.user, link: link.id }, wishes).await
}

/// At the link prompt, signed in to the very account, with a fresh proof: links what waits.
///
/// # Errors
/// [`Fault`].
pub async fn confirm_link(visit: &Visit, shown: Option<&str>) -> Result<Reply, Fault> {
    let link = waiting_as(visit, shown).await?;
    let signed_in = proven(visit)?;
    if signed_in.user.id != link.user {
        return Err(Trouble::ProofOfAnother.into());
    }
    resolve(visit, link, &signed_in.user, Some(&signed_in.session.id_hash)).await
}

/// Leaves the link prompt: nothing was changed, and nothing is.
///
/// # Errors
/// None.
pub async fn cancel_link(visit: &Visit) -> Result<Reply, Fault> {
    let page = if signed_in(visit).is_ok() { "/settings" } else { "/login" };
    Ok(Reply::done(page, Done::LinkCancelled).with(visit.jar.link.clear(&visit.headers)))
}

/// What waits at the link prompt of this browser: not too long, and not used.
///
/// # Errors
/// [`Trouble::LinkExpired`], or that the database does not answer.
pub async fn waiting(visit: &Visit) -> Result<PendingLink, Fault> {
    let link = visit.jar.link.find(&visit.headers, visit.clock.now()).ok_or(Trouble::LinkExpired)?;
    if link.is_unused(visit).await? { Ok(link) } else { Err(Trouble::LinkExpired.into()) }
}

/// What waits, if it is what the page showed. Another tab may have put another identity into the cookie meanwhile: else Eve,
/// whose provider says what she likes, opens a tab of her own in Ada's browser while Ada is at the prompt, and Ada's
/// password links Eve's identity. A form that names none was not drawn for a person, and cannot come from elsewhere.
async fn waiting_as(visit: &Visit, shown: Option<&str>) -> Result<PendingLink, Fault> {
    let link = waiting(visit).await?;
    if shown.is_none_or(|shown| shown == link.id) { Ok(link) } else { Err(Trouble::LinkExpired.into()) }
}

/// Links what waits, in one transaction, and signs its user in. `session` is the one that shows who it is, where nothing
/// was shown just now.
async fn resolve(visit: &Visit, link: PendingLink, user: &User, session: Option<&str>) -> Result<Reply, Fault> {
    let settled = visit
        .database
        .settle(&Settlement {
            purpose: &Purpose::Link { user: user.id },
            profile: &link.profile,
            session_user: Some(user.id),
            session,
            sign_up: &SignUp::Open,
            origin: &visit.client.origin(),
            now: visit.clock.date(),
            random: crate::sessions::random().ok_or(Fault::Ours)?,
            waiting: None,
            granted: Granting::None,
        })
        .await?;
    visit.ring();
    let used = link.used_up(visit).await;
    let reply = match settled.decision.answer {
        Answer::Link { .. } | Answer::AlreadyLinked { .. } => Reply::back(&link.return_to),
        _ => Reply::error("/settings", Trouble::LinkedElsewhere),
    };
    let way = match &visit.signed_in {
        // A proof by the session keeps the session, under a new id, and is itself no younger for it.
        Some(signed_in) if signed_in.user.id == user.id => {
            return Ok(reply.with(used).with(visit.renew_session(session.is_none()).await?.into_iter().flatten()));
        }
        _ => PASSWORD,
    };
    Ok(reply.with(used).with(visit.sign_in(user, way, None).await?))
}
