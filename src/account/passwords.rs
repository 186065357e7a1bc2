//! What the use cases with a password share.

use secrecy::{ExposeSecret, SecretString};

use super::error::AccountError;
use crate::{
    accounts::{EmailAddress, PasswordHash, UserId},
    codes::form_error::FormError,
    passwords::{ATTEMPT_INTERVAL, ATTEMPTS, Verdict},
    sessions::RequestContext,
    store::SharedLimit,
};

/// Longest password that is verified, in bytes: longer than any that can be chosen.
const MAX_BYTES: usize = 8 * 1024;

/// Checks a new password and hashes it. `personal` are words of the user's that a guesser would try first.
pub(super) async fn hash_new_password(
    context: &RequestContext,
    password: &SecretString,
    personal: &[&str],
) -> Result<PasswordHash, AccountError> {
    let from = context.client.ip;
    let password = context.passwords.choose(password, personal, from).await??;
    if let Some(breached) = &context.breached_passwords
        && breached.contain(&password).await
    {
        return Err(FormError::PasswordBreached.into());
    }
    Ok(context.passwords.hash(&password, from).await?)
}

/// Compares a password with a hash. Without a hash the answer is no, after the same work.
pub(super) async fn is_correct(
    context: &RequestContext,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<bool, AccountError> {
    Ok(matches!(verdict(context, password, hash).await?, Verdict::Right { .. }))
}

/// Like [`is_correct`], and hashes the password again if its hash has weaker parameters than today's.
pub(super) async fn is_correct_and_rehash(
    context: &RequestContext,
    password: &SecretString,
    user: UserId,
    hash: &PasswordHash,
) -> Result<bool, AccountError> {
    match verdict(context, password, Some(hash)).await? {
        Verdict::Wrong => return Ok(false),
        Verdict::Right { outdated: false } => {}
        Verdict::Right { outdated: true } => {
            if let Some(rehashed) = context.passwords.rehash(password, context.client.ip).await? {
                context.database.rehash_password(user, hash, &rehashed).await?;
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
    let hash = hash.filter(|_| password.expose_secret().len() <= MAX_BYTES);
    Ok(context.passwords.verify(password, hash, context.client.ip).await?)
}

/// Records a wrong password in the account's audit trail, in the background: the time of the answer must not reveal
/// whether an account exists.
pub(super) fn record_wrong_password(context: &RequestContext, user: UserId) {
    let (services, audit) = (context.services.clone(), context.audit());
    context.tasks.spawn(async move {
        match services.database.password_refused(user, &audit).await {
            // An email warns the user of many.
            Ok(()) => services.wake_mail(),
            Err(error) => tracing::warn!(%error, "cannot record a wrong password"),
        }
    });
}

/// Counts one attempt at an account's password: in this process, and then in all of them.
pub(super) async fn count_attempt(context: &RequestContext, email: &EmailAddress) -> Result<(), AccountError> {
    let is_known = context.jar.is_known(&context.headers, email, context.clock.now());
    context.attempts.count(email, is_known).map_err(|_| FormError::TooManyAttempts)?;
    let limit = SharedLimit { name: "password", burst: ATTEMPTS.get(), interval: ATTEMPT_INTERVAL };
    let key = format!("{email} {is_known}");
    if context.attempts.are_limited() && !context.database.count_shared(limit, &key, context.clock.date()).await? {
        return Err(FormError::TooManyAttempts.into());
    }
    Ok(())
}
