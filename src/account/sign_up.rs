//! Signing up with an address and a password.

use secrecy::SecretString;

use super::{
    error::AccountError,
    inbox::{address_of, check_inbox, email_of},
    password::{chosen, compared, count},
    reply::Reply,
};
use crate::{
    accounts::{EmailToken, LinkKind},
    codes::outcome::FormError,
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::{EmailLink, LinkData, NewSignUp, PASSWORD, SignedUp},
};

/// Queues the letter that finishes a sign-up, or that tells the owner of the address that they have an account. The
/// answer is the same for both, and so is the work.
///
/// # Errors
/// [`AccountError`].
pub async fn sign_up(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let now = context.clock.now();
    let address = address_of(email)?;
    let password = chosen(context, password, &[address.as_str()]).await?;
    let (browser, asked) = context.jar.ask(&context.headers, now)?;
    let data = LinkData {
        return_to: return_to.as_ref().map(|path| path.as_str().to_owned()),
        browser: Some(browser),
        undo: None,
    };
    if context.attempts.count_email(&address, LinkKind::SignUp) {
        let sign_up = NewSignUp { email: &address, password: &password, data: &data };
        context.database.begin_sign_up(&sign_up, &context.audit()).await?;
        context.wake_mail();
    }
    Ok(check_inbox(context, "sign_up", &address, return_to.as_ref())?.with([asked]))
}

/// Finishes a sign-up whose letter was followed. The browser that asked for it only has to say so; any other has to give
/// the password that was chosen: else Eve signs up with Ada's address and a password of hers, and one click of Ada's on
/// a letter that she did not ask for makes it an account that Eve can open.
///
/// # Errors
/// [`AccountError`].
pub async fn verify(
    context: &RequestContext,
    shown: Option<&str>,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let (token, link) = email_of(context, LinkKind::SignUp, shown).await?;
    if !asked_here(context, &link) {
        count(context, &link.email)?;
        compared(context, password, link.password.as_ref()).await?.then_some(()).ok_or(FormError::WrongPassword)?;
    }
    let signed_up = context.database.finish_sign_up(&token, None, &context.audit()).await?;
    welcome(context, signed_up).await
}

/// Whether this browser asked for the letter.
pub fn asked_here(context: &RequestContext, link: &EmailLink) -> bool {
    let asked = context.jar.asked_by(&context.headers, context.clock.now());
    asked.is_some() && asked == link.data.browser
}

/// Finishes a sign-up with another password than the one that was chosen: by who follows the letter and does not know it.
pub(super) async fn verify_anew(
    context: &RequestContext,
    token: &EmailToken,
    link: &EmailLink,
    password: &SecretString,
) -> Result<Reply, AccountError> {
    let password = chosen(context, password, &[link.email.as_str()]).await?;
    let signed_up = context.database.finish_sign_up(token, Some(&password), &context.audit()).await?;
    welcome(context, signed_up).await
}

async fn welcome(context: &RequestContext, signed_up: SignedUp) -> Result<Reply, AccountError> {
    match signed_up {
        SignedUp::NoLink => Err(FormError::EmailLinkInvalid.into()),
        SignedUp::EmailOwned => {
            Ok(Reply::error("/login", FormError::EmailLinkInvalid).with(context.jar.email_link.clear(&context.headers)))
        }
        SignedUp::User(user, data) => {
            let return_to = data.return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
            let session = context.sign_in(&user, PASSWORD, None).await?;
            let email = user.verified_email.as_ref().map(|email| email.email());
            let known =
                email.and_then(|email| context.jar.remember_account(&context.headers, email, context.clock.now()));
            let (message, asked) =
                (context.jar.email_link.clear(&context.headers), context.jar.asked.clear(&context.headers));
            let typed = context.jar.typed.clear(&context.headers);
            Ok(Reply::back(&return_to).with(session).with(known).with(message).with(asked).with(typed))
        }
    }
}
