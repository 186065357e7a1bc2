//! Signing in with a password, and without one that was forgotten.

use secrecy::{ExposeSecret, SecretString};

use super::{
    error::AccountError,
    inbox::{address_of, any_email_link, check_inbox},
    reply::Reply,
    sign_up::verify_anew,
};
use crate::{
    accounts::{EmailAddress, LinkKind, PasswordHash, UserId},
    codes::outcome::FormError,
    passwords::Verdict,
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::{LinkData, PASSWORD, PasswordLookup},
};

/// Longest text that is looked at as a password, in bytes: longer than any that can be chosen.
const LONGEST: usize = 8 * 1024;

/// Signs in with an address and a password.
///
/// An address that nobody has costs the same work and gets the same answer as a wrong password. Strangers who try
/// passwords for an account slow each other down, and not its owner: a browser that the account knows is counted apart,
/// and a provider is a way in as well.
///
/// # Errors
/// [`AccountError`].
pub async fn sign_in(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let now = context.clock.now();
    let address = address_of(email)?;
    count(context, &address)?;
    let (user, set_at) = match context.database.password_lookup(&address).await? {
        PasswordLookup::Of { user, disabled, hash, set_at } => {
            let right = compared_and_renewed(context, password, user, &hash).await?;
            if !right || disabled {
                refused(context, user);
                return Err(FormError::WrongCredentials.into());
            }
            (user, set_at)
        }
        // Nor is a sign-up that waits for its letter told apart: whoever signs up with an address and then signs in with
        // it would learn whether it has an owner.
        PasswordLookup::NoneOf(_) | PasswordLookup::Nobody => {
            compared(context, password, None).await?;
            return Err(FormError::WrongCredentials.into());
        }
    };
    let user = context.database.sign_in_with_password(user, set_at, &context.audit()).await?;
    let user = user.ok_or(FormError::WrongCredentials)?;
    let session = context.sign_in(&user, PASSWORD, None).await?;
    let known = context.jar.remember_account(&context.headers, &address, now);
    let typed = context.jar.typed.clear(&context.headers);
    Ok(Reply::back(&return_to.unwrap_or_default()).with(session).with(known).with(typed))
}

/// Queues the letter of a forgotten password.
///
/// # Errors
/// [`AccountError`].
pub async fn forgot(context: &RequestContext, email: &str, return_to: Option<ReturnTo>) -> Result<Reply, AccountError> {
    let address = address_of(email)?;
    if context.attempts.count_email(&address, LinkKind::Reset) {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        let switched_on: Vec<&str> = context.relying_party.providers().map(|provider| provider.slug.as_str()).collect();
        context.database.begin_reset(&address, &switched_on, &data, &context.audit()).await?;
        context.wake_mail();
    }
    check_inbox(context, "reset", &address, return_to.as_ref())
}

/// Sets a new password by the link of a letter, and signs in: the letter has shown who it is.
///
/// # Errors
/// [`AccountError`].
pub async fn reset(
    context: &RequestContext,
    shown: Option<&str>,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let (token, link) = any_email_link(context, &[LinkKind::Reset, LinkKind::SignUp], shown).await?;
    if link.kind == LinkKind::SignUp {
        return verify_anew(context, &token, &link, password).await;
    }
    let hash = chosen(context, password, &[link.email.as_str()]).await?;
    let reset = context.database.finish_reset(&token, &hash, &context.audit()).await?;
    let (user, data) = reset.ok_or(FormError::EmailLinkInvalid)?;
    context.wake_mail();
    let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let session = context.sign_in(&user, PASSWORD, None).await?;
    let known = context.jar.remember_account(&context.headers, &link.email, context.clock.now());
    let (message, typed) = (context.jar.email_link.clear(&context.headers), context.jar.typed.clear(&context.headers));
    Ok(Reply::back(&return_to).with(session).with(known).with(message).with(typed))
}

/// The hash of a password that somebody may have from now on. `personal` are words that anybody would try first.
pub(super) async fn chosen(
    context: &RequestContext,
    password: &SecretString,
    personal: &[&str],
) -> Result<PasswordHash, AccountError> {
    let password = context.passwords.choose(password, personal).await??;
    Ok(context.passwords.hash(&password).await?)
}

/// Whether a password is the one of a hash; without a hash it is not, after the same work.
pub(super) async fn compared(
    context: &RequestContext,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<bool, AccountError> {
    Ok(matches!(verdict(context, password, hash).await?, Verdict::Right { .. }))
}

/// The same for a user, whose hash is made anew where it was made with weaker parameters than today's.
pub(super) async fn compared_and_renewed(
    context: &RequestContext,
    password: &SecretString,
    user: UserId,
    hash: &PasswordHash,
) -> Result<bool, AccountError> {
    match verdict(context, password, Some(hash)).await? {
        Verdict::Wrong => return Ok(false),
        Verdict::Right { outdated: false } => {}
        Verdict::Right { outdated: true } => {
            // A password that could not be chosen today stays under its old hash.
            if let Ok(password) = context.passwords.choose(password, &[]).await? {
                let renewed = context.passwords.hash(&password).await?;
                context.database.rehash_password(user, hash, &renewed).await?;
            }
        }
    }
    Ok(true)
}

async fn verdict(
    context: &RequestContext,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<Verdict, AccountError> {
    let hash = hash.filter(|_| password.expose_secret().len() <= LONGEST);
    Ok(context.passwords.verify(password, hash).await?)
}

/// A wrong password ends in the account's own trail. Not while the person waits: who has an account must not be told by
/// the time that it takes.
pub(super) fn refused(context: &RequestContext, user: UserId) {
    let (database, audit) = (context.database.clone(), context.audit());
    context.tasks.spawn(async move {
        if let Err(error) = database.password_refused(user, &audit).await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
    });
}

/// Counts one try of an account's password.
pub(super) fn count(context: &RequestContext, address: &EmailAddress) -> Result<(), AccountError> {
    let known = context.jar.is_known(&context.headers, address, context.clock.now());
    Ok(context.attempts.count(address, known).map_err(|_| FormError::TooManyAttempts)?)
}
