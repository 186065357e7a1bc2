//! Signing in with a password, and without one that was forgotten.

use secrecy::{ExposeSecret, SecretString};

use super::{
    fault::Fault,
    inbox::{address_of, any_letter, check_inbox},
    reply::Reply,
    sign_up::verify_anew,
};
use crate::{
    accounts::{EmailAddress, LinkKind, PasswordHash, UserId},
    codes::outcome::Trouble,
    passwords::Verdict,
    relying_party::ReturnTo,
    sessions::Visit,
    store::{LinkData, PASSWORD, PasswordStanding},
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
/// [`Fault`].
pub async fn sign_in(
    visit: &Visit,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, Fault> {
    let now = visit.clock.now();
    let address = address_of(email)?;
    count(visit, &address)?;
    let (user, set_at) = match visit.database.password_standing(&address).await? {
        PasswordStanding::Of { user, disabled, hash, set_at } => {
            let right = compared_and_renewed(visit, password, user, &hash).await?;
            if !right || disabled {
                refused(visit, user);
                return Err(Trouble::WrongCredentials.into());
            }
            (user, set_at)
        }
        // Nor is a sign-up that waits for its letter told apart: whoever signs up with an address and then signs in with
        // it would learn whether it has an owner.
        PasswordStanding::NoneOf(_) | PasswordStanding::Nobody => {
            compared(visit, password, None).await?;
            return Err(Trouble::WrongCredentials.into());
        }
    };
    let user = visit.database.sign_in_with_password(user, set_at, &visit.occasion()).await?;
    let user = user.ok_or(Trouble::WrongCredentials)?;
    let session = visit.sign_in(&user, PASSWORD, None).await?;
    let known = visit.jar.remember_account(&visit.headers, &address, now);
    let typed = visit.jar.typed.clear(&visit.headers);
    Ok(Reply::back(&return_to.unwrap_or_default()).with(session).with(known).with(typed))
}

/// Queues the letter of a forgotten password.
///
/// # Errors
/// [`Fault`].
pub async fn forgot(visit: &Visit, email: &str, return_to: Option<ReturnTo>) -> Result<Reply, Fault> {
    let address = address_of(email)?;
    if visit.attempts.count_letter(&address, LinkKind::Reset) {
        let return_to = return_to.as_ref().map(|path| path.as_str().to_owned());
        let data = LinkData { return_to, ..LinkData::default() };
        let switched_on: Vec<&str> = visit.relying_party.providers().map(|provider| provider.slug.as_str()).collect();
        visit.database.begin_reset(&address, &switched_on, &data, &visit.occasion()).await?;
        visit.ring();
    }
    check_inbox(visit, "reset", &address, return_to.as_ref())
}

/// Sets a new password by the link of a letter, and signs in: the letter has shown who it is.
///
/// # Errors
/// [`Fault`].
pub async fn reset(visit: &Visit, shown: Option<&str>, password: &SecretString) -> Result<Reply, Fault> {
    let (token, link) = any_letter(visit, &[LinkKind::Reset, LinkKind::SignUp], shown).await?;
    if link.kind == LinkKind::SignUp {
        return verify_anew(visit, &token, &link, password).await;
    }
    let hash = chosen(visit, password, &[link.address.as_str()]).await?;
    let reset = visit.database.finish_reset(&token, &hash, &visit.occasion()).await?;
    let (user, data) = reset.ok_or(Trouble::LetterInvalid)?;
    visit.ring();
    let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let session = visit.sign_in(&user, PASSWORD, None).await?;
    let known = visit.jar.remember_account(&visit.headers, &link.address, visit.clock.now());
    let (letter, typed) = (visit.jar.letter.clear(&visit.headers), visit.jar.typed.clear(&visit.headers));
    Ok(Reply::back(&return_to).with(session).with(known).with(letter).with(typed))
}

/// The hash of a password that somebody may have from now on. `personal` are words that anybody would try first.
pub(super) async fn chosen(visit: &Visit, password: &SecretString, personal: &[&str]) -> Result<PasswordHash, Fault> {
    let password = visit.passwords.choose(password, personal).await??;
    Ok(visit.passwords.hash(&password).await?)
}

/// Whether a password is the one of a hash; without a hash it is not, after the same work.
pub(super) async fn compared(
    visit: &Visit,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<bool, Fault> {
    Ok(matches!(verdict(visit, password, hash).await?, Verdict::Right { .. }))
}

/// The same for a user, whose hash is made anew where it was made with weaker parameters than today's.
pub(super) async fn compared_and_renewed(
    visit: &Visit,
    password: &SecretString,
    user: UserId,
    hash: &PasswordHash,
) -> Result<bool, Fault> {
    match verdict(visit, password, Some(hash)).await? {
        Verdict::Wrong => return Ok(false),
        Verdict::Right { outdated: false } => {}
        Verdict::Right { outdated: true } => {
            // A password that could not be chosen today stays under its old hash.
            if let Ok(password) = visit.passwords.choose(password, &[]).await? {
                let renewed = visit.passwords.hash(&password).await?;
                visit.database.rehash_password(user, hash, &renewed).await?;
            }
        }
    }
    Ok(true)
}

async fn verdict(visit: &Visit, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verdict, Fault> {
    let hash = hash.filter(|_| password.expose_secret().len() <= LONGEST);
    Ok(visit.passwords.verify(password, hash).await?)
}

/// A wrong password ends in the account's own trail. Not while the person waits: who has an account must not be told by
/// the time that it takes.
pub(super) fn refused(visit: &Visit, user: UserId) {
    let (database, occasion) = (visit.database.clone(), visit.occasion());
    visit.tasks.spawn(async move {
        if let Err(error) = database.password_refused(user, &occasion).await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
    });
}

/// Counts one try of an account's password.
pub(super) fn count(visit: &Visit, address: &EmailAddress) -> Result<(), Fault> {
    let known = visit.jar.is_known(&visit.headers, address, visit.clock.now());
    Ok(visit.attempts.count(address, known).map_err(|_| Trouble::TooManyAttempts)?)
}
