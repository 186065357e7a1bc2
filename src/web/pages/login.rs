//! `/login`, `/signup`, `/forgot`: for who is not signed in.

use super::call::{Call, PageError, PageResult};
use crate::{
    codes::sign_in_error::SignInError,
    store::PASSWORD,
    ui::view::{ForgotView, LoginView, Notice, SignUpView},
};

/// GET `/login`.
pub async fn login(call: Call) -> PageResult {
    let return_to = call.return_to();
    let sign_in_error = call.query.one("error").and_then(SignInError::from_code);
    // Who is signed in has nothing to do here, unless something went wrong that they should know. A double click or
    // the back button after a sign-in that worked is nothing that went wrong.
    let told = sign_in_error.is_some_and(|sign_in_error| sign_in_error != SignInError::FlowUsed);
    if call.context.signed_in.is_some() && !told {
        return Err(PageError::To(return_to.unwrap_or_default().as_str().to_owned()));
    }
    let notice = call.notice().or_else(|| match call.query.one("signed_out") {
        Some(_) => Some(Notice::SignedOut),
        None => return_to.is_some().then_some(Notice::SignInFirst),
    });
    let view = LoginView {
        providers: call.buttons(),
        return_to: return_to.map(String::from),
        notice,
        password: call.app.mail.is_some(),
        password_last_used: call.last_used().as_deref() == Some(PASSWORD),
        email: call.typed(),
        sandbox: call.app.sandbox.clone(),
    };
    call.draw(view).await
}

/// GET `/signup`.
pub async fn sign_up(call: Call) -> PageResult {
    at_home(&call)?;
    let view = SignUpView {
        providers: call.buttons(),
        password: call.app.mail.is_some(),
        return_to: call.return_to().map(String::from),
        email: call.typed(),
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// GET `/forgot`.
pub async fn forgot(call: Call) -> PageResult {
    let view = ForgotView {
        return_to: call.return_to().map(String::from),
        email: call.typed(),
        form_error: call.form_error(),
    };
    call.draw(view).await
}

/// Who is signed in has an account.
fn at_home(call: &Call) -> Result<(), PageError> {
    match &call.context.signed_in {
        Some(_) => Err(PageError::To(call.return_to().unwrap_or_default().as_str().to_owned())),
        None => Ok(()),
    }
}
