//! "Is it still you?": a fresh proof before a sensitive step.

use http::HeaderValue;
use secrecy::SecretString;

use super::{
    error::AccountError,
    password::{compared_and_renewed, count, refused},
    reply::{ProviderRequest, Reply},
};
use crate::{
    accounts::Purpose,
    codes::outcome::FormError,
    relying_party::{AuthorizationOptions, BeginError, ReturnTo},
    sessions::{RequestContext, SignedIn},
};

/// Proves by the password who is signed in, and goes on to where the person was headed, under a new session id.
///
/// # Errors
/// [`AccountError`].
pub async fn reauthenticate_with_password(
    context: &RequestContext,
    password: &SecretString,
    return_to: ReturnTo,
) -> Result<Reply, AccountError> {
    let user = &signed_in(context)?.user;
    if let Some(email) = &user.verified_email {
        count(context, email.email())?;
    }
    let (hash, _) = context.database.password_of(user.id).await?.ok_or(FormError::WrongPassword)?;
    if !compared_and_renewed(context, password, user.id, &hash).await? {
        refused(context, user.id);
        return Err(FormError::WrongPassword.into());
    }
    let session = context.renew_session(true).await?.ok_or(AccountError::SignedOut)?;
    Ok(Reply::back(&return_to).with(session))
}

/// Starts a round trip to one of the providers that the person is linked with.
///
/// # Errors
/// [`AccountError`].
pub async fn reauthenticate_with_provider(
    context: &RequestContext,
    slug: &str,
    return_to: ReturnTo,
) -> Result<Reply, AccountError> {
    let user = &signed_in(context)?.user;
    let identities = context.database.identities(user.id).await?;
    let identity = identities.iter().find(|identity| identity.provider == slug).ok_or(FormError::NotFound)?;
    let login_hint = identity.email.as_ref().map(ToString::to_string);
    let options = AuthorizationOptions { return_to, login_hint, ..AuthorizationOptions::default() };
    start_flow(context, slug, Purpose::Reauthenticate { user: user.id }, options).await
}

/// Who is signed in.
pub(super) fn signed_in(context: &RequestContext) -> Result<&SignedIn, AccountError> {
    context.signed_in.as_ref().ok_or(AccountError::SignedOut)
}

/// Who is signed in and proved it not long ago.
pub(super) fn reauthenticated(context: &RequestContext) -> Result<&SignedIn, AccountError> {
    let signed_in = signed_in(context)?;
    if signed_in.is_recently_authenticated(context.clock.date()) {
        Ok(signed_in)
    } else {
        Err(AccountError::ReauthenticationRequired)
    }
}

/// Sends the browser to a provider, with the pending flow in a cookie.
pub(super) async fn start_flow(
    context: &RequestContext,
    slug: &str,
    purpose: Purpose,
    options: AuthorizationOptions,
) -> Result<Reply, AccountError> {
    let (address, flow) = match context.relying_party.begin(slug, purpose, options).await {
        Ok(begun) => begun,
        Err(BeginError::UnknownProvider | BeginError::NotOffered) => return Err(FormError::NotFound.into()),
        Err(error) => {
            tracing::warn!(provider = %slug, %error, "a flow could not be started");
            return Err(FormError::ProviderUnavailable.into());
        }
    };
    let cookies: Vec<HeaderValue> = context.jar.flows.keep(&context.headers, &flow, context.clock.now())?;
    let provider =
        context.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |provider| provider.label.clone());
    Ok(Reply::to_provider(ProviderRequest { provider, url: address.into() }).with(cookies))
}
