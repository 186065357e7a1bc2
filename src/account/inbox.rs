//! Letters that were asked for, and links of letters that are followed.

use super::{error::AccountError, reply::Reply};
use crate::{
    accounts::{EmailAddress, EmailToken, LinkKind},
    codes::{outcome::FormError, percent::encode},
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::EmailLink,
};

/// Where the links of our letters lead.
pub const EMAIL_LINK_PATH: &str = "/auth/email-link";

/// Follows the link of a letter: the token goes from the address, which ends in histories, logs and the `Referer`, into a
/// cookie, and the browser goes to the page that the link is for. Nothing is used up: scanners of mail follow links, too.
///
/// # Errors
/// When the database does not answer, or nothing can be sealed.
pub async fn follow_email_link(
    context: &RequestContext,
    token: &str,
) -> Result<(&'static str, Vec<http::HeaderValue>), AccountError> {
    let token = EmailToken::new(token.to_owned());
    let Some(link) = context.database.email_link(&token, context.clock.date()).await? else {
        return Ok(("/verify-email", context.jar.email_link.clear(&context.headers).into_iter().collect()));
    };
    let page = match link.kind {
        LinkKind::SignUp => "/verify-email",
        LinkKind::Reset => "/reset-password",
        LinkKind::ChangeEmail => "/confirm-email",
        LinkKind::Undo => "/undo",
    };
    Ok((page, vec![context.jar.email_link.keep(&token, context.clock.now())?]))
}

/// The link that this browser follows, if it is of this kind and still works. `shown` is the address that the page named:
/// another letter may have been followed in another tab meanwhile, even one that somebody else sent.
pub(super) async fn email_of(
    context: &RequestContext,
    kind: LinkKind,
    shown: Option<&str>,
) -> Result<(EmailToken, EmailLink), AccountError> {
    any_email_link(context, &[kind], shown).await
}

/// The same for several kinds.
pub(super) async fn any_email_link(
    context: &RequestContext,
    kinds: &[LinkKind],
    shown: Option<&str>,
) -> Result<(EmailToken, EmailLink), AccountError> {
    let token =
        context.jar.email_link.find(&context.headers, context.clock.now()).ok_or(FormError::EmailLinkInvalid)?;
    let link = context.database.email_link(&token, context.clock.date()).await?;
    let link = link.filter(|link| kinds.contains(&link.kind)).ok_or(FormError::EmailLinkInvalid)?;
    match shown.is_none_or(|shown| shown == link.email.as_str()) {
        true => Ok((token, link)),
        false => Err(FormError::EmailLinkInvalid.into()),
    }
}

/// The address that somebody typed. Keyboards of phones leave a space at its end.
pub(super) fn address_of(typed: &str) -> Result<EmailAddress, AccountError> {
    Ok(EmailAddress::parse(typed.trim_matches(' ')).map_err(|_| FormError::EmailInvalid)?)
}

/// To the page that says that a letter is under way: the same for every address.
pub(super) fn check_inbox(
    context: &RequestContext,
    message: &str,
    address: &EmailAddress,
    return_to: Option<&ReturnTo>,
) -> Result<Reply, AccountError> {
    let back = return_to.map(|path| format!("&return_to={}", encode(path.as_str()))).unwrap_or_default();
    let typed = context.jar.typed.keep(&address.to_string(), context.clock.now())?;
    Ok(Reply::to(format!("/check-inbox?for={message}{back}")).with([typed]))
}
