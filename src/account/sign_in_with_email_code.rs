//! Sign in with a code from an email.

use leptos::prelude::*;

use super::{
    email_link::{may_send_code, parse_email},
    error::AccountError,
    reply::{Reply, send, send_keeping_email},
    second_factor::after_sign_in,
    walkthrough,
};
use crate::{
    accounts::{EmailAddress, EmailCode},
    codes::{form_error::FormError, percent::with_return_to},
    inspect::FlowKind,
    relying_party::ReturnTo,
    sealing::random_text,
    sessions::{PendingSignInCode, RequestContext},
    store::{SignInCodeOutcome, StoreError},
};

const PAGE: &str = "/login/code";

/// POST `/auth/email-code`: queues the email with a code, for this browser alone. The answer is the same for every address.
#[server(name = RequestSignInCode, prefix = "/auth", endpoint = "email-code")]
pub async fn request_sign_in_code(email: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse);
    let page = with_return_to("/login", return_to.as_ref().map(ReturnTo::as_str));
    let email = email.unwrap_or_default();
    let context = expect_context::<RequestContext>();
    send_keeping_email(&context, request(&context, &email, return_to.unwrap_or_default()).await, &page, &email);
    Ok(())
}

/// POST `/auth/email-code/sign-in`. The email's link leads to a page with the code in this form: a mail scanner that opens it
/// has sent nothing, and has no cookie.
#[server(name = SignInWithEmailCode, prefix = "/auth", endpoint = "email-code/sign-in")]
pub async fn sign_in_with_email_code(code: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(sign_in(&context, &code.unwrap_or_default()).await, PAGE);
    Ok(())
}

async fn request(context: &RequestContext, typed: &str, return_to: ReturnTo) -> Result<Reply, AccountError> {
    if !context.email_codes {
        return Err(FormError::NotFound.into());
    }
    let (email, now) = (parse_email(typed)?, context.clock.now());
    let is_sent = may_send_code(context, &email).await?;
    let pending = PendingSignInCode { id: id_for(context, &email, is_sent)?, email: email.to_string(), return_to };
    if is_sent {
        context.database.begin_sign_in_code(&email, &pending.id_hash(), &context.audit()).await?;
        context.wake_mail();
    }
    let page = if is_sent { PAGE.to_owned() } else { format!("{PAGE}?limited=1") };
    Ok(Reply::to(page).with([context.jar.sign_in_code.keep(&pending, now)?]))
}

/// A new id for each code: none can be planted. If no further code may be sent, the one before still works.
fn id_for(context: &RequestContext, email: &EmailAddress, is_sent: bool) -> Result<String, AccountError> {
    let known = context.jar.sign_in_code.find(&context.headers, context.clock.now());
    match known.filter(|known| !is_sent && known.email == email.as_str()) {
        Some(known) => Ok(known.id),
        None => Ok(random_text::<16>().map_err(StoreError::from)?),
    }
}

async fn sign_in(context: &RequestContext, typed: &str) -> Result<Reply, AccountError> {
    let now = context.clock.now();
    walkthrough::began(FlowKind::EmailCode);
    let pending = context.jar.sign_in_code.find(&context.headers, now);
    if pending.is_none() {
        walkthrough::email_code(false);
    }
    let pending = pending.ok_or(FormError::EmailCodeExpired)?;
    let code = EmailCode::parse(typed);
    let outcome = context.database.check_sign_in_code(&pending.id_hash(), code.as_ref(), &context.audit()).await?;
    walkthrough::email_code(matches!(outcome, SignInCodeOutcome::Right { .. }));
    let (user, has_stronger, code) = match outcome {
        SignInCodeOutcome::Right { user, has_stronger, code } => (user, has_stronger, code),
        SignInCodeOutcome::Wrong => return Err(FormError::EmailCodeWrong.into()),
        SignInCodeOutcome::Expired => return Err(FormError::EmailCodeExpired.into()),
    };
    let signed_in = context.sign_in_with_email_code(&user, has_stronger, code).await?;
    let email = user.verified_email.as_ref().map(|email| email.email());
    let known = email.and_then(|email| context.jar.remember_account(&context.headers, email, now));
    let cleared = [context.jar.sign_in_code.clear(&context.headers), context.jar.typed.clear(&context.headers)];
    Ok(after_sign_in(context, signed_in, &pending.return_to)?.with(known).with(cleared.into_iter().flatten()))
}
