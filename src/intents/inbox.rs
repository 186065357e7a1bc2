//! Letters that were asked for, and links of letters that are followed.

use super::{fault::Fault, reply::Reply};
use crate::{
    accounts::{EmailAddress, LetterToken, LinkKind},
    codes::{outcome::Trouble, percent::encode},
    relying_party::ReturnTo,
    sessions::Visit,
    store::LetterLink,
};

/// Where the links of our letters lead.
pub const LETTER_PATH: &str = "/auth/letter";

/// Follows the link of a letter: the token goes from the address, which ends in histories, logs and the `Referer`, into a
/// cookie, and the browser goes to the page that the link is for. Nothing is used up: scanners of mail follow links, too.
///
/// # Errors
/// When the database does not answer, or nothing can be sealed.
pub async fn follow_letter(visit: &Visit, token: &str) -> Result<(&'static str, Vec<http::HeaderValue>), Fault> {
    let token = LetterToken::new(token.to_owned());
    let Some(link) = visit.database.letter_link(&token, visit.clock.date()).await? else {
        return Ok(("/verify-email", visit.jar.letter.clear(&visit.headers).into_iter().collect()));
    };
    let page = match link.kind {
        LinkKind::SignUp => "/verify-email",
        LinkKind::Reset => "/reset-password",
        LinkKind::ChangeEmail => "/confirm-email",
        LinkKind::Undo => "/undo",
    };
    Ok((page, vec![visit.jar.letter.keep(&token, visit.clock.now())?]))
}

/// The link that this browser follows, if it is of this kind and still works. `shown` is the address that the page named:
/// another letter may have been followed in another tab meanwhile, even one that somebody else sent.
pub(super) async fn letter_of(
    visit: &Visit,
    kind: LinkKind,
    shown: Option<&str>,
) -> Result<(LetterToken, LetterLink), Fault> {
    any_letter(visit, &[kind], shown).await
}

/// The same for several kinds.
pub(super) async fn any_letter(
    visit: &Visit,
    kinds: &[LinkKind],
    shown: Option<&str>,
) -> Result<(LetterToken, LetterLink), Fault> {
    let token = visit.jar.letter.find(&visit.headers, visit.clock.now()).ok_or(Trouble::LetterInvalid)?;
    let link = visit.database.letter_link(&token, visit.clock.date()).await?;
    let link = link.filter(|link| kinds.contains(&link.kind)).ok_or(Trouble::LetterInvalid)?;
    match shown.is_none_or(|shown| shown == link.address.as_str()) {
        true => Ok((token, link)),
        false => Err(Trouble::LetterInvalid.into()),
    }
}

/// The address that somebody typed. Keyboards of phones leave a space at its end.
pub(super) fn address_of(typed: &str) -> Result<EmailAddress, Fault> {
    Ok(EmailAddress::parse(typed.trim_matches(' ')).map_err(|_| Trouble::EmailInvalid)?)
}

/// To the page that says that a letter is under way: the same for every address.
pub(super) fn check_inbox(
    visit: &Visit,
    letter: &str,
    address: &EmailAddress,
    return_to: Option<&ReturnTo>,
) -> Result<Reply, Fault> {
    let back = return_to.map(|path| format!("&return_to={}", encode(path.as_str()))).unwrap_or_default();
    let typed = visit.jar.typed.keep(&address.to_string(), visit.clock.now())?;
    Ok(Reply::to(format!("/check-inbox?for={letter}{back}")).with([typed]))
}
