//! "Is it still you?": a fresh proof before a sensitive step.

use http::HeaderValue;
use secrecy::SecretString;

use super::{
    fault::Fault,
    password::{compared_and_renewed, count, refused},
    reply::{ProviderRequest, Reply},
};
use crate::{
    accounts::Purpose,
    codes::outcome::Trouble,
    relying_party::{BeginError, ReturnTo, Wishes},
    sessions::{SignedIn, Visit},
};

/// Proves by the password who is signed in, and goes on to where the person was headed, under a new session id.
///
/// # Errors
/// [`Fault`].
pub async fn prove_by_password(visit: &Visit, password: &SecretString, return_to: ReturnTo) -> Result<Reply, Fault> {
    let user = &signed_in(visit)?.user;
    if let Some(email) = &user.verified_email {
        count(visit, email.address())?;
    }
    let (hash, _) = visit.database.password_of(user.id).await?.ok_or(Trouble::WrongPassword)?;
    if !compared_and_renewed(visit, password, user.id, &hash).await? {
        refused(visit, user.id);
        return Err(Trouble::WrongPassword.into());
    }
    let session = visit.renew_session(true).await?.ok_or(Fault::SignedOut)?;
    Ok(Reply::back(&return_to).with(session))
}

/// Starts a round trip to one of the providers that the person is linked with.
///
/// # Errors
/// [`Fault`].
pub async fn prove_by_provider(visit: &Visit, slug: &str, return_to: ReturnTo) -> Result<Reply, Fault> {
    let user = &signed_in(visit)?.user;
    let identities = visit.database.identities(user.id).await?;
    let identity = identities.iter().find(|identity| identity.provider == slug).ok_or(Trouble::NotThere)?;
    let login_hint = identity.email.as_ref().map(ToString::to_string);
    let wishes = Wishes { return_to, login_hint, ..Wishes::default() };
    start_flow(visit, slug, Purpose::Reauthenticate { user: user.id }, wishes).await
}

/// Who is signed in.
pub(super) fn signed_in(visit: &Visit) -> Result<&SignedIn, Fault> {
    visit.signed_in.as_ref().ok_or(Fault::SignedOut)
}

/// Who is signed in and proved it not long ago.
pub(super) fn proven(visit: &Visit) -> Result<&SignedIn, Fault> {
    let signed_in = signed_in(visit)?;
    if signed_in.is_proven(visit.clock.date()) { Ok(signed_in) } else { Err(Fault::Unproven) }
}

/// Sends the browser to a provider, with the pending flow in a cookie.
pub(super) async fn start_flow(visit: &Visit, slug: &str, purpose: Purpose, wishes: Wishes) -> Result<Reply, Fault> {
    let (address, flow) = match visit.relying_party.begin(slug, purpose, wishes).await {
        Ok(begun) => begun,
        Err(BeginError::UnknownProvider | BeginError::NotOffered) => return Err(Trouble::NotThere.into()),
        Err(error) => {
            tracing::warn!(provider = %slug, %error, "a flow could not be started");
            return Err(Trouble::ProviderAway.into());
        }
    };
    let cookies: Vec<HeaderValue> = visit.jar.flows.keep(&visit.headers, &flow, visit.clock.now())?;
    let provider =
        visit.relying_party.provider(slug).map_or_else(|| slug.to_owned(), |provider| provider.label.clone());
    Ok(Reply::to_provider(ProviderRequest { provider, url: address.into() }).with(cookies))
}
