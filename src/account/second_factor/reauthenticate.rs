//! Re-authenticate by a code of the authenticator app, or by a recovery code. The session stands for the first factor.

use leptos::prelude::*;

use super::{
    super::{
        error::AccountError,
        reauthenticate::{finish, signed_in},
        reply::{Reply, send},
        walkthrough,
    },
    attempt::{accepted, count_code},
};
use crate::{
    accounts::{AuthenticationMethod, LocalMethod, SecondFactorCode},
    codes::{form_error::FormError, percent::with_return_to},
    inspect::FlowKind,
    relying_party::ReturnTo,
    sessions::RequestContext,
};

/// POST `/auth/reauthenticate/code`
#[server(name = ReauthenticateWithCode, prefix = "/auth", endpoint = "reauthenticate/code")]
pub async fn reauthenticate_with_code(code: Option<String>, return_to: Option<String>) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let context = expect_context::<RequestContext>();
    send(with_code(&context, &code.unwrap_or_default(), &return_to).await, &page);
    Ok(())
}

async fn with_code(context: &RequestContext, typed: &str, return_to: &ReturnTo) -> Result<Reply, AccountError> {
    let signed_in = signed_in(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    walkthrough::began(FlowKind::Reauthenticate);
    count_code(context, user).await?;
    let code = SecondFactorCode::parse(typed);
    let outcome = context.database.reauthenticate_with_code(user, here, code.as_ref(), &context.audit()).await?;
    let method = accepted(context, outcome).map_err(|error| match error {
        // The user has no app any more.
        AccountError::Form(FormError::SecondFactorExpired) => FormError::NotFound.into(),
        error => error,
    })?;
    let local = match method {
        AuthenticationMethod::RecoveryCode => LocalMethod::RecoveryCode,
        _ => LocalMethod::Totp,
    };
    finish(context, method, local, return_to).await
}
