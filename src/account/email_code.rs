//! Re-authenticate by a code from an email: for users whose only other way is a provider, which may be unable to confirm that
//! it has authenticated them just now.

use leptos::prelude::*;

use super::{
    email_link::{count_email_in_all, spend_email},
    error::AccountError,
    reauthenticate::{finish, signed_in},
    reply::{Reply, send},
    walkthrough,
};
use crate::{
    accounts::{AuthenticationMethod, EmailCode, LocalMethod},
    codes::{form_error::FormError, percent::with_return_to},
    inspect::FlowKind,
    relying_party::ReturnTo,
    sessions::RequestContext,
    store::EmailCodeOutcome,
};

/// POST `/auth/reauthenticate/email-code`: queues the email with a code, for this session alone.
#[server(name = RequestEmailCode, prefix = "/auth", endpoint = "reauthenticate/email-code")]
pub async fn request_email_code(return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let context = expect_context::<RequestContext>();
    send(request(&context, &return_to, &page).await, &page);
    Ok(())
}

/// POST `/auth/reauthenticate/email-code/check`. The email's link leads to a page with the code in this form: a mail scanner
/// that opens it has sent nothing, and has no session.
#[server(name = CheckEmailCode, prefix = "/auth", endpoint = "reauthenticate/email-code/check")]
pub async fn check_email_code(code: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let context = expect_context::<RequestContext>();
    send(check(&context, &code.unwrap_or_default()).await, &page);
    Ok(())
}

async fn request(context: &RequestContext, return_to: &ReturnTo, page: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, session) = (signed_in.user.id, signed_in.session.at_version());
    let facts = context.database.email_code_facts(user, context.clock.date()).await?;
    let recipient = facts.recipient().ok_or(FormError::NotFound)?;
    // In this process, and then in all of them: with the codes, the guesses would multiply.
    if !context.attempts.count_code_email(recipient)
        || !count_email_in_all(context, &format!("{recipient} code")).await?
    {
        return Err(FormError::TooManyEmails.into());
    }
    spend_email(context)?;
    context.database.begin_email_code(user, session, return_to.as_str(), &context.audit()).await?;
    context.wake_mail();
    Ok(Reply::to(page))
}

async fn check(context: &RequestContext, typed: &str) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, session) = (signed_in.user.id, signed_in.session.at_version());
    walkthrough::began(FlowKind::Reauthenticate);
    let code = EmailCode::parse(typed);
    let outcome = context.database.use_email_code(user, session, code.as_ref(), &context.audit()).await?;
    walkthrough::email_code(matches!(outcome, EmailCodeOutcome::Accepted(_)));
    match outcome {
        EmailCodeOutcome::Accepted(pending) => {
            let return_to = ReturnTo::parse(&pending.return_to).unwrap_or_default();
            finish(
                context,
                AuthenticationMethod::EmailCode { beside_stronger: false },
                LocalMethod::EmailCode,
                &return_to,
            )
            .await
        }
        EmailCodeOutcome::Wrong => Err(FormError::EmailCodeWrong.into()),
        EmailCodeOutcome::Expired => Err(FormError::EmailCodeExpired.into()),
    }
}
