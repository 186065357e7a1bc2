//! Links in emails, and the page that says that an email was sent.

use http::HeaderValue;

use super::{error::AccountError, reply::Reply, walkthrough};
use crate::{
    accounts::{EmailAddress, EmailToken, LinkKind},
    codes::{
        form_error::FormError,
        percent::{with_query, with_return_to},
    },
    inspect::FlowKind,
    passwords::{EMAIL_INTERVAL, EMAILS},
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::{EmailLink, SharedLimit},
};

/// The path of every link in an email.
pub const EMAIL_LINK_PATH: &str = "/auth/email-link";

/// Opens the link of an email: moves the token from the URL, which ends up in histories, logs and the `Referer`, to a
/// cookie, and returns the page that the link is for. It uses nothing up, since mail scanners open links as well.
///
/// # Errors
/// If the database is down, or the cookie cannot be sealed.
pub async fn follow_email_link(
    context: &RequestContext,
    token: &str,
) -> Result<(&'static str, Vec<HeaderValue>), AccountError> {
    let token = EmailToken::new(token.to_owned());
    let Some(link) = context.database.email_link(&token, context.clock.date()).await? else {
        return Ok(("/verify-email", context.jar.email_link.clear(&context.headers).into_iter().collect()));
    };
    let page = match link.kind {
        LinkKind::SignUp => "/verify-email",
        LinkKind::Reset => "/reset-password",
        LinkKind::ChangeEmail => "/confirm-email",
        LinkKind::Undo => "/undo",
        LinkKind::Invitation => "/invitation",
        LinkKind::NotMe => "/not-me",
    };
    Ok((page, vec![context.jar.email_link.keep(&token, context.clock.now())?]))
}

/// The link that this browser opened, if it is of one of these kinds and still valid. `shown` is the address that the page
/// showed: another tab may have opened another link meanwhile, even one that a stranger requested.
pub(super) async fn email_link(
    context: &RequestContext,
    kinds: &[LinkKind],
    shown: Option<&str>,
) -> Result<(EmailToken, EmailLink), AccountError> {
    walkthrough::began(FlowKind::EmailLink);
    let found = opened_link(context, kinds, shown).await?;
    walkthrough::email_link(kinds, found.is_some());
    found.ok_or_else(|| FormError::EmailLinkInvalid.into())
}

async fn opened_link(
    context: &RequestContext,
    kinds: &[LinkKind],
    shown: Option<&str>,
) -> Result<Option<(EmailToken, EmailLink)>, AccountError> {
    let Some(token) = context.jar.email_link.find(&context.headers, context.clock.now()) else { return Ok(None) };
    let link = context.database.email_link(&token, context.clock.date()).await?;
    let is_it = |link: &EmailLink| kinds.contains(&link.kind) && shown.is_none_or(|shown| shown == link.email.as_str());
    Ok(link.filter(is_it).map(|link| (token, link)))
}

/// The address that the user typed. Keyboards of phones append a space.
pub(super) fn parse_email(typed: &str) -> Result<EmailAddress, AccountError> {
    Ok(EmailAddress::parse(typed.trim_matches(' ')).map_err(|_| FormError::EmailInvalid)?)
}

/// Whether an email is sent, and when the next one may be: the same for every address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sending {
    pub sent: bool,
    /// Seconds.
    wait: u64,
}

/// After an email was sent: by then it should be there. Seconds.
const RESEND_AFTER: u64 = 60;

/// Whether an email that anybody can request is sent to this address. If not, it has got enough of them, whether or
/// not it has an account.
///
/// # Errors
/// [`FormError::TooManyEmails`] for a network, or a site, that requests too many, to any address.
pub(super) async fn may_send(
    context: &RequestContext,
    email: &EmailAddress,
    kind: LinkKind,
) -> Result<Sending, AccountError> {
    spend_email(context)?;
    let is_known = context.jar.is_known(&context.headers, email, context.clock.now());
    if let Err(wait) = context.attempts.count_email(email, kind, is_known) {
        return Ok(Sending { sent: false, wait });
    }
    // In this process, and then in all of them.
    let sent = count_email_in_all(context, &format!("{email} {} {is_known}", kind.code())).await?;
    Ok(Sending { sent, wait: if sent { RESEND_AFTER } else { EMAIL_INTERVAL.as_secs() } })
}

/// The same for a code to sign in, without saying when the next one may be sent.
///
/// # Errors
/// As above.
pub(super) async fn may_send_code(context: &RequestContext, email: &EmailAddress) -> Result<bool, AccountError> {
    spend_email(context)?;
    let is_known = context.jar.is_known(&context.headers, email, context.clock.now());
    Ok(context.attempts.count_sign_in_code(email, is_known).is_ok()
        && count_email_in_all(context, &format!("{email} sign_in_code {is_known}")).await?)
}

/// Counts one email to an address in all processes. False when it has got enough of them.
pub(super) async fn count_email_in_all(context: &RequestContext, key: &str) -> Result<bool, AccountError> {
    let limit = SharedLimit { name: "email", burst: EMAILS.get(), interval: EMAIL_INTERVAL };
    Ok(!context.attempts.are_limited() || context.database.count_shared(limit, key, context.clock.date()).await?)
}

/// Counts one email against the budgets of the network and of the site.
pub(super) fn spend_email(context: &RequestContext) -> Result<(), AccountError> {
    Ok(context.emails.spend(context.client.ip).map_err(|exceeded| {
        tracing::warn!(?exceeded, "no more emails are sent for now");
        FormError::TooManyEmails
    })?)
}

/// To "Check your inbox": the same for every address.
pub(super) fn check_inbox(
    context: &RequestContext,
    email_kind: &str,
    email: &EmailAddress,
    return_to: Option<&ReturnTo>,
    sending: Sending,
) -> Result<Reply, AccountError> {
    let again = context.clock.now().saturating_add_unsigned(sending.wait);
    let again = context.jar.resend_at.keep(&again, context.clock.now())?;
    let page = with_query("/check-inbox", &[("for", email_kind)]);
    let page = if sending.sent { page } else { with_query(&page, &[("limited", "1")]) };
    let typed = context.jar.typed.keep(&email.to_string(), context.clock.now())?;
    Ok(Reply::to(with_return_to(&page, return_to.map(ReturnTo::as_str))).with([typed, again]))
}
