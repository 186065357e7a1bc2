//! Finish a ceremony.

use serde_json::Value;

use super::{
    super::{
        error::AccountError,
        link_prompt::{Proof, resolve, shown_link},
        reauthenticate::{finish, signed_in},
        reply::Reply,
        second_factor::{after_sign_in, finish_in_browser, pending_second_factor},
        walkthrough,
    },
    add::add,
    answer::PasskeyAnswer,
    verify::verify,
};
use crate::{
    accounts::{AuthenticationMethod, LocalMethod, UserId},
    codes::{form_error::FormError, percent::with_return_to, settings_page::SettingsPage},
    inspect::FlowKind,
    relying_party::ReturnTo,
    sessions::{PasskeyCeremony, PasskeyPurpose, RequestContext},
    webauthn::{Rp, UsedCredential},
};

/// What the page's script sends.
#[derive(Debug)]
pub struct PasskeyResponse {
    /// As `begin_passkey` sealed it.
    pub ceremony: String,
    /// `PublicKeyCredential.toJSON()`.
    pub credential: Value,
    pub return_to: Option<ReturnTo>,
}

/// The page to which a user is sent who has added a passkey.
pub(super) const PASSKEYS_PAGE: &str = SettingsPage::Security.path();

/// Verifies the browser's response, and does what the ceremony was begun for.
pub async fn finish_passkey(context: &RequestContext, response: PasskeyResponse) -> PasskeyAnswer {
    walkthrough::began(FlowKind::Passkey);
    let PasskeyResponse { ceremony: sealed, credential, return_to } = response;
    let found = context.jar.passkeys.find(&context.headers, &sealed, context.clock.now());
    let page = page_of(context, found.as_ref(), return_to.as_ref());
    let outcome = match (&context.passkey_rp, &found) {
        (None, _) => Err(FormError::NotFound.into()),
        (Some(_), None) => Err(FormError::PasskeyExpired.into()),
        (Some(rp), Some(ceremony)) => finish_ceremony(context, rp, ceremony, &credential, return_to).await,
    };
    if let Err(AccountError::Form(error)) = &outcome {
        walkthrough::refused(error.code());
    }
    PasskeyAnswer::of(outcome, &page)
}

/// The page that shows an error.
fn page_of(context: &RequestContext, ceremony: Option<&PasskeyCeremony>, return_to: Option<&ReturnTo>) -> String {
    let return_to = return_to.map(ReturnTo::as_str);
    match ceremony.map(|ceremony| &ceremony.purpose) {
        // The pages of a signed-in user that begin one: the confirmation has a destination.
        None if context.signed_in.is_some() && return_to.is_some() => with_return_to("/confirm", return_to),
        None if context.signed_in.is_some() => PASSKEYS_PAGE.to_owned(),
        None | Some(PasskeyPurpose::SignIn) => with_return_to("/login", return_to),
        Some(PasskeyPurpose::Reauthenticate { .. }) => with_return_to("/confirm", return_to),
        Some(PasskeyPurpose::ResolveLink { .. }) => "/link".to_owned(),
        Some(PasskeyPurpose::SecondFactor { .. }) => "/second-factor".to_owned(),
        Some(PasskeyPurpose::Add { .. }) => PASSKEYS_PAGE.to_owned(),
    }
}

async fn finish_ceremony(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    credential: &Value,
    return_to: Option<ReturnTo>,
) -> Result<Reply, AccountError> {
    let return_to = return_to.unwrap_or_default();
    match &ceremony.purpose {
        PasskeyPurpose::SignIn => sign_in(context, rp, ceremony, credential, &return_to).await,
        PasskeyPurpose::Reauthenticate { user } => {
            reauthenticate(context, rp, ceremony, *user, credential, &return_to).await
        }
        PasskeyPurpose::ResolveLink { user, link } => {
            resolve_link(context, rp, ceremony, *user, link, credential).await
        }
        PasskeyPurpose::SecondFactor { user, step } => {
            second_factor(context, rp, ceremony, *user, step, credential).await
        }
        PasskeyPurpose::Add { user, conditional } => add(context, rp, ceremony, *user, *conditional, credential).await,
    }
}

async fn sign_in(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    credential: &Value,
    return_to: &ReturnTo,
) -> Result<Reply, AccountError> {
    let (passkey, used) = verify(context, rp, ceremony, None, credential).await?;
    let user = context.database.use_passkey(&passkey, &used, context.clock.date()).await?;
    let user = user.ok_or(FormError::PasskeyInvalid)?;
    let signed_in = context.sign_in(&user, method(&used), None).await?;
    let email = user.verified_email.as_ref().map(|email| email.email());
    let known = email.and_then(|email| context.jar.remember_account(&context.headers, email, context.clock.now()));
    Ok(after_sign_in(context, signed_in, return_to)?.with(known))
}

async fn reauthenticate(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    user: UserId,
    credential: &Value,
    return_to: &ReturnTo,
) -> Result<Reply, AccountError> {
    // Another tab may have signed in to another account meanwhile.
    if signed_in(context)?.user.id != user {
        return Err(FormError::ReauthenticationMismatch.into());
    }
    let used = use_passkey_of(context, rp, ceremony, user, credential).await?;
    finish(context, method(&used), LocalMethod::Passkey, return_to).await
}

async fn resolve_link(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    user: UserId,
    link: &str,
    credential: &Value,
) -> Result<Reply, AccountError> {
    let link = shown_link(context, Some(link)).await?;
    if link.user != user {
        return Err(FormError::LinkExpired.into());
    }
    let used = use_passkey_of(context, rp, ceremony, user, credential).await?;
    let user = context.database.user(user).await?.filter(|user| user.disabled_at.is_none());
    let user = user.ok_or(FormError::PasskeyInvalid)?;
    resolve(context, link, &user, Proof::Method(method(&used), None)).await
}

/// The second step of a sign-in, by one of the user's passkeys.
async fn second_factor(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    user: UserId,
    step: &str,
    credential: &Value,
) -> Result<Reply, AccountError> {
    let pending = pending_second_factor(context, Some(step)).await?;
    if pending.user != user {
        return Err(FormError::SecondFactorExpired.into());
    }
    let used = use_passkey_of(context, rp, ceremony, user, credential).await?;
    if !context.database.finish_second_step(user, &pending.id_hash(), true, &context.audit()).await? {
        return Err(FormError::SecondFactorExpired.into());
    }
    finish_in_browser(context, pending, method(&used)).await
}

async fn use_passkey_of(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    user: UserId,
    credential: &Value,
) -> Result<UsedCredential, AccountError> {
    let (passkey, used) = verify(context, rp, ceremony, Some(user), credential).await?;
    match context.database.use_passkey(&passkey, &used, context.clock.date()).await? {
        Some(_) => Ok(used),
        None => Err(FormError::PasskeyInvalid.into()),
    }
}

const fn method(used: &UsedCredential) -> AuthenticationMethod {
    AuthenticationMethod::Passkey { user_verified: used.user_verified }
}
