//! Sign up with an email address and a password.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::{Sending, check_inbox, may_send, parse_email},
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::hash_new_password,
    reply::{Reply, send, send_keeping_email},
};
use crate::{
    accounts::LinkKind,
    codes::percent::with_return_to,
    relying_party::ReturnTo,
    sessions::{PendingSignUp, RequestContext},
    store::{LinkData, NewSignUp},
};

/// POST `/auth/password/sign-up`: queues the email that finishes the sign-up, or the one that reminds the owner of the
/// address of their account. The answer and the work are the same for both.
#[server(name = SignUp, prefix = "/auth", endpoint = "password/sign-up")]
pub async fn sign_up(
    email: Option<String>,
    password: Option<FormSecret>,
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/signup", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    send_keeping_email(&context, begin(&context, &email, &secret(password), return_to).await, &page, &email);
    Ok(())
}

/// POST `/auth/password/sign-up/again`: the email once more.
#[server(name = ResendSignUp, prefix = "/auth", endpoint = "password/sign-up/again")]
pub async fn resend_sign_up() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(again(&context).await, "/signup");
    Ok(())
}

async fn begin(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let email = parse_email(email)?;
    let hash = hash_new_password(context, password, &[email.as_str()]).await?;
    // Only now: passwords that are refused use up no emails.
    let sending = may_send(context, &email, LinkKind::SignUp).await?;
    queue(context, PendingSignUp { email, password: hash, return_to }, sending).await
}

/// Sends the email once more, of the sign-up that this browser began: with its password, which waits sealed in a cookie. The
/// page asks for nothing, so that it is the same whether the address has an account or not.
async fn again(context: &RequestContext) -> Result<Reply, AccountError> {
    let pending = context.jar.pending_sign_up(&context.headers, context.clock.now());
    let Some(pending) = pending else { return Ok(Reply::to("/signup")) };
    let sending = may_send(context, &pending.email, LinkKind::SignUp).await?;
    queue(context, pending, sending).await
}

async fn queue(context: &RequestContext, pending: PendingSignUp, sending: Sending) -> Result<Reply, AccountError> {
    let now = context.clock.now();
    let PendingSignUp { email, password, return_to } = &pending;
    let (browser, cookie) = context.jar.mark_sign_up(&context.headers, now)?;
    let data = LinkData {
        return_to: return_to.as_ref().map(|path| path.as_str().to_owned()),
        browser: Some(browser),
        ..LinkData::default()
    };
    if sending.sent {
        let sign_up = NewSignUp { email, password, data: &data };
        context.database.begin_sign_up(&sign_up, &context.admission(None), &context.audit()).await?;
        context.wake_mail();
    }
    let kept = context.jar.keep_pending_sign_up(&pending, now)?;
    Ok(check_inbox(context, "sign_up", email, return_to.as_ref(), sending)?.with([cookie, kept]))
}
