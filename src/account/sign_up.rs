//! Sign up with an email address and a password.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    email_link::{check_inbox, may_send, parse_email},
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::hash_new_password,
    reply::{Reply, send_keeping_email},
};
use crate::{
    accounts::LinkKind,
    codes::percent::with_return_to,
    relying_party::ReturnTo,
    sessions::RequestContext,
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

async fn begin(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let email = parse_email(email)?;
    let may_send = may_send(context, &email, LinkKind::SignUp).await?;
    let hash = hash_new_password(context, password, &[email.as_str()]).await?;
    let (browser, cookie) = context.jar.mark_sign_up(&context.headers, context.clock.now())?;
    let data = LinkData {
        return_to: return_to.as_ref().map(|path| path.as_str().to_owned()),
        browser: Some(browser),
        undo: None,
    };
    if may_send {
        let sign_up = NewSignUp { email: &email, password: &hash, data: &data };
        context.database.begin_sign_up(&sign_up, &context.admission(None), &context.audit()).await?;
        context.wake_mail();
    }
    Ok(check_inbox(context, "sign_up", &email, return_to.as_ref(), may_send)?.with([cookie]))
}
