//! Signing up with an address and a password.

use secrecy::SecretString;

use super::{
    fault::Fault,
    inbox::{address_of, check_inbox, letter_of},
    password::{chosen, compared, count},
    reply::Reply,
};
use crate::{
    accounts::{LetterToken, LinkKind},
    codes::outcome::Trouble,
    relying_party::ReturnTo,
    sessions::Visit,
    store::{LetterLink, LinkData, NewSignUp, PASSWORD, SignedUp},
};

/// Queues the letter that finishes a sign-up, or that tells the owner of the address that they have an account. The
/// answer is the same for both, and so is the work.
///
/// # Errors
/// [`Fault`].
pub async fn sign_up(
    visit: &Visit,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, Fault> {
    let now = visit.clock.now();
    let address = address_of(email)?;
    let password = chosen(visit, password, &[address.as_str()]).await?;
    let (browser, asked) = visit.jar.ask(&visit.headers, now)?;
    let data = LinkData {
        return_to: return_to.as_ref().map(|path| path.as_str().to_owned()),
        browser: Some(browser),
        undo: None,
    };
    if visit.attempts.count_letter(&address, LinkKind::SignUp) {
        let sign_up = NewSignUp { address: &address, password: &password, data: &data };
        visit.database.begin_sign_up(&sign_up, &visit.occasion()).await?;
        visit.ring();
    }
    Ok(check_inbox(visit, "sign_up", &address, return_to.as_ref())?.with([asked]))
}

/// Finishes a sign-up whose letter was followed. The browser that asked for it only has to say so; any other has to give
/// the password that was chosen: else Eve signs up with Ada's address and a password of hers, and one click of Ada's on
/// a letter that she did not ask for makes it an account that Eve can open.
///
/// # Errors
/// [`Fault`].
pub async fn verify(visit: &Visit, shown: Option<&str>, password: &SecretString) -> Result<Reply, Fault> {
    let (token, link) = letter_of(visit, LinkKind::SignUp, shown).await?;
    if !asked_here(visit, &link) {
        count(visit, &link.address)?;
        compared(visit, password, link.password.as_ref()).await?.then_some(()).ok_or(Trouble::WrongPassword)?;
    }
    let signed_up = visit.database.finish_sign_up(&token, None, &visit.occasion()).await?;
    welcome(visit, signed_up).await
}

/// Whether this browser asked for the letter.
pub fn asked_here(visit: &Visit, link: &LetterLink) -> bool {
    let asked = visit.jar.asked_by(&visit.headers, visit.clock.now());
    asked.is_some() && asked == link.data.browser
}

/// Finishes a sign-up with another password than the one that was chosen: by who follows the letter and does not know it.
pub(super) async fn verify_anew(
    visit: &Visit,
    token: &LetterToken,
    link: &LetterLink,
    password: &SecretString,
) -> Result<Reply, Fault> {
    let password = chosen(visit, password, &[link.address.as_str()]).await?;
    let signed_up = visit.database.finish_sign_up(token, Some(&password), &visit.occasion()).await?;
    welcome(visit, signed_up).await
}

async fn welcome(visit: &Visit, signed_up: SignedUp) -> Result<Reply, Fault> {
    match signed_up {
        SignedUp::NoLink => Err(Trouble::LetterInvalid.into()),
        SignedUp::AddressOwned => {
            Ok(Reply::error("/login", Trouble::LetterInvalid).with(visit.jar.letter.clear(&visit.headers)))
        }
        SignedUp::User(user, data) => {
            let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
            let session = visit.sign_in(&user, PASSWORD, None).await?;
            let email = user.verified_email.as_ref().map(|email| email.address());
            let known = email.and_then(|email| visit.jar.remember_account(&visit.headers, email, visit.clock.now()));
            let (letter, asked) = (visit.jar.letter.clear(&visit.headers), visit.jar.asked.clear(&visit.headers));
            let typed = visit.jar.typed.clear(&visit.headers);
            Ok(Reply::back(&return_to).with(session).with(known).with(letter).with(asked).with(typed))
        }
    }
}
