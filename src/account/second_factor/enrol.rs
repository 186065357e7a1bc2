//! Set up the second factor between the two steps of a sign-in (`SECOND_FACTOR=required`).

use leptos::prelude::*;

use super::{
    super::{
        error::AccountError,
        reply::{Reply, send},
    },
    attempt::{count_code, pending_second_factor},
    finish::{SECOND_FACTOR_PAGE, finish_in_browser},
    settings::{RECOVERY_CODES_PAGE, new_app},
};
use crate::{
    accounts::AuthenticationMethod,
    codes::{done::Done, form_error::FormError, percent::with_return_to},
    sessions::RequestContext,
    store::ChangeError,
};

/// POST `/auth/second-factor/enrol`. `step` as for the second step itself.
#[server(name = EnrolSecondFactor, prefix = "/auth", endpoint = "second-factor/enrol")]
pub async fn enrol_second_factor(step: Option<String>, code: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    let outcome = enrol(&context, step.as_deref(), &code.unwrap_or_default()).await;
    let page = match &outcome {
        Err(AccountError::Form(FormError::SecondFactorExpired)) => "/login",
        _ => SECOND_FACTOR_PAGE,
    };
    send(outcome, page);
    Ok(())
}

async fn enrol(context: &RequestContext, shown: Option<&str>, typed: &str) -> Result<Reply, AccountError> {
    let pending = pending_second_factor(context, shown).await?;
    // A user with a second factor shows it: a thief of the first must not bring one of their own.
    if !pending.enrols {
        return Err(FormError::SecondFactorExpired.into());
    }
    let user = pending.user;
    count_code(context, user).await?;
    let app = new_app(context, user, typed)?;
    let enrolled = context.database.enrol_in_sign_in(user, &pending.id_hash(), app, &context.audit()).await;
    let codes = enrolled.map_err(|error| match error {
        ChangeError::NotFound => FormError::SecondFactorExpired.into(),
        error => AccountError::from(error),
    })?;
    context.wake_mail();
    let page = with_return_to(&Done::SecondFactorAdded.path(RECOVERY_CODES_PAGE), Some(pending.return_to.as_str()));
    let signed_in = finish_in_browser(context, pending, AuthenticationMethod::Totp).await?;
    let shown_once = context.jar.enrolment.keep_codes(user, codes, context.clock.now())?;
    let ended = context.jar.enrolment.end(&context.headers);
    Ok(signed_in.instead_to(page).with([shown_once]).with(ended))
}
