//! Re-authenticate before a sensitive change: with the password, or with a linked provider.

use leptos::prelude::*;
use secrecy::SecretString;

use super::{
    error::AccountError,
    form_secret::{FormSecret, secret},
    passwords::{count_attempt, is_correct_and_rehash, record_wrong_password},
    reply::{Reply, send},
    start_flow::start_flow,
    walkthrough,
};
use crate::{
    accounts::{AuditEvent, AuthenticationMethod, LocalMethod, Purpose},
    codes::{form_error::FormError, percent::with_return_to},
    inspect::FlowKind,
    relying_party::{AuthorizationOptions, ReturnTo},
    sessions::{Reauthentication, RequestContext, SignedIn},
};

/// POST `/auth/reauthenticate/password`
#[server(name = ReauthenticateWithPassword, prefix = "/auth", endpoint = "reauthenticate/password")]
pub async fn reauthenticate_with_password(
    password: Option<FormSecret>,
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let context = expect_context::<RequestContext>();
    send(with_password(&context, &secret(password), return_to).await, &page);
    Ok(())
}

/// POST `/auth/reauthenticate/provider`: starts a flow with a linked provider, by its slug.
#[server(name = ReauthenticateWithProvider, prefix = "/auth", endpoint = "reauthenticate/provider")]
pub async fn reauthenticate_with_provider(
    provider: Option<String>,
    return_to: Option<String>,
) -> Result<(), ServerFnError> {
    let return_to = return_to.as_deref().and_then(ReturnTo::parse).unwrap_or_default();
    let page = with_return_to("/confirm", Some(return_to.as_str()));
    let context = expect_context::<RequestContext>();
    send(with_provider(&context, &provider.unwrap_or_default(), return_to).await, &page);
    Ok(())
}

/// The user who is signed in.
pub(super) fn signed_in(context: &RequestContext) -> Result<&SignedIn, AccountError> {
    context.signed_in.as_ref().ok_or(AccountError::SignedOut)
}

/// The user who is signed in and has authenticated within the last ten minutes.
pub(super) fn reauthenticated(context: &RequestContext) -> Result<&SignedIn, AccountError> {
    let signed_in = signed_in(context)?;
    if signed_in.is_recently_authenticated(context.clock.date()) {
        Ok(signed_in)
    } else {
        Err(AccountError::ReauthenticationRequired)
    }
}

async fn with_password(
    context: &RequestContext,
    password: &SecretString,
    return_to: ReturnTo,
) -> Result<Reply, AccountError> {
    let user = &signed_in(context)?.user;
    walkthrough::began(FlowKind::Reauthenticate);
    if let Some(email) = &user.verified_email {
        count_attempt(context, email.email()).await?;
    }
    let (hash, _) = context.database.password_of(user.id).await?.ok_or(FormError::WrongPassword)?;
    let is_correct = is_correct_and_rehash(context, password, user.id, &hash).await?;
    walkthrough::password(is_correct);
    if !is_correct {
        record_wrong_password(context, user.id);
        return Err(FormError::WrongPassword.into());
    }
    finish(context, AuthenticationMethod::Password, LocalMethod::Password, &return_to).await
}

/// The user has completed a method: the session gets a new secret and the audit trail an event. For an account with a second
/// factor, a first one is not enough.
pub(super) async fn finish(
    context: &RequestContext,
    by: AuthenticationMethod,
    method: LocalMethod,
    return_to: &ReturnTo,
) -> Result<Reply, AccountError> {
    let user = signed_in(context)?.user.id;
    let session = match context.reauthenticate(by).await? {
        Reauthentication::Done(session) => session,
        Reauthentication::SignedOut => return Err(AccountError::SignedOut),
        Reauthentication::TooWeak => return Err(FormError::SecondFactorNeeded.into()),
    };
    context.record(Some(user), &AuditEvent::Reauthenticated { method }).await;
    Ok(Reply::back(return_to).with(session))
}

async fn with_provider(context: &RequestContext, slug: &str, return_to: ReturnTo) -> Result<Reply, AccountError> {
    let user = &signed_in(context)?.user;
    let identities = context.database.identities(user.id).await?;
    let identity = identities.iter().find(|identity| identity.provider == slug).ok_or(FormError::NotFound)?;
    let login_hint = identity.email.as_ref().map(ToString::to_string);
    let options = AuthorizationOptions { return_to, login_hint, ..AuthorizationOptions::default() };
    start_flow(context, slug, Purpose::Reauthenticate { user: user.id }, options).await
}
