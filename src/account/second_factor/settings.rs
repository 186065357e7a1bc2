//! The authenticator app in the settings: set up, replace, remove, and get new recovery codes.

use leptos::prelude::*;

use super::{
    super::{
        error::AccountError,
        reauthenticate::reauthenticated,
        reply::{Reply, send},
    },
    attempt::count_code,
};
use crate::{
    accounts::{RecoveryCode, SecondFactorPolicy, UserId},
    codes::{done::Done, form_error::FormError, settings_page::SettingsPage},
    sessions::RequestContext,
    store::NewApp,
    totp::{TotpCode, TotpVerdict},
};

const AUTHENTICATOR_PAGE: &str = "/settings/authenticator";
const REMOVE_PAGE: &str = "/settings/authenticator/remove";
pub(super) const RECOVERY_CODES_PAGE: &str = "/settings/recovery-codes";

/// POST `/settings/authenticator`: sets up the app whose QR code the page showed, by one of its codes, in place of an
/// earlier app.
#[server(name = SetUpAuthenticator, prefix = "/settings", endpoint = "authenticator")]
pub async fn set_up_authenticator(code: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(set_up(&context, &code.unwrap_or_default()).await, AUTHENTICATOR_PAGE);
    Ok(())
}

/// POST `/settings/authenticator/remove`
#[server(name = RemoveAuthenticator, prefix = "/settings", endpoint = "authenticator/remove")]
pub async fn remove_authenticator() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(remove(&context).await, REMOVE_PAGE);
    Ok(())
}

/// POST `/settings/recovery-codes`: new codes in place of the others.
#[server(name = RenewRecoveryCodes, prefix = "/settings", endpoint = "recovery-codes")]
pub async fn renew_recovery_codes() -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(renew(&context).await, RECOVERY_CODES_PAGE);
    Ok(())
}

/// POST `/settings/authenticator/providers`: whether a code is asked for also after a provider that does not say how it
/// authenticated the user (`ask=1`).
#[server(name = AskAfterProviders, prefix = "/settings", endpoint = "authenticator/providers")]
pub async fn ask_after_providers(ask: Option<String>) -> Result<(), ServerFnError> {
    let context = expect_context::<RequestContext>();
    send(after_providers(&context, ask.is_some()).await, SettingsPage::Security.path());
    Ok(())
}

async fn set_up(context: &RequestContext, typed: &str) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    if context.second_factor == SecondFactorPolicy::Off {
        return Err(FormError::NotFound.into());
    }
    let user = signed_in.user.id;
    count_code(context, user).await?;
    let app = new_app(context, user, typed)?;
    let codes = context.database.set_up_app(user, app, signed_in.session.at_version(), &context.audit()).await?;
    let ended = context.jar.enrolment.end(&context.headers);
    Ok(show_once(context, user, codes, Some(Done::SecondFactorAdded)).await?.with(ended))
}

async fn renew(context: &RequestContext) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    let codes = context.database.renew_recovery_codes(user, here, &context.audit()).await?;
    show_once(context, user, codes, None).await
}

async fn remove(context: &RequestContext) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    if context.second_factor == SecondFactorPolicy::Required {
        return Err(FormError::SecondFactorRequired.into());
    }
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.remove_app(user, here, &context.audit()).await?;
    context.wake_mail();
    Ok(Reply::done(SettingsPage::Security.path(), Done::SecondFactorRemoved)
        .with(context.renew_session().await?.unwrap_or_default()))
}

async fn after_providers(context: &RequestContext, asks: bool) -> Result<Reply, AccountError> {
    let signed_in = reauthenticated(context)?;
    let (user, here) = (signed_in.user.id, signed_in.session.at_version());
    context.database.ask_after_providers(user, asks, here, &context.audit()).await?;
    Ok(Reply::done(SettingsPage::Security.path(), Done::SecondFactorChanged))
}

/// The app whose secret this browser's page showed, if the user typed one of its codes.
pub(super) fn new_app(context: &RequestContext, user: UserId, typed: &str) -> Result<NewApp, AccountError> {
    let now = context.clock.now();
    let secret = context.jar.enrolment.secret(&context.headers, user, now).ok_or(FormError::EnrolmentExpired)?;
    let code = TotpCode::parse(typed).ok_or(FormError::SecondFactorWrong)?;
    match code.judge(&secret, now, None) {
        TotpVerdict::Accepted { step } => Ok(NewApp { secret, step }),
        TotpVerdict::Used | TotpVerdict::Wrong => Err(FormError::SecondFactorWrong.into()),
    }
}

/// To the page that shows new recovery codes. The session gets a new secret, as after every change of a sign-in method.
async fn show_once(
    context: &RequestContext,
    user: UserId,
    codes: Vec<RecoveryCode>,
    done: Option<Done>,
) -> Result<Reply, AccountError> {
    context.wake_mail();
    let kept = context.jar.enrolment.keep_codes(user, codes, context.clock.now())?;
    let renewed = context.renew_session().await?.unwrap_or_default();
    let page = done.map_or_else(|| RECOVERY_CODES_PAGE.to_owned(), |done| done.path(RECOVERY_CODES_PAGE));
    Ok(Reply::to(page).with([kept]).with(renewed))
}
