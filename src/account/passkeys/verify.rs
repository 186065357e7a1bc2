//! What the ceremonies share.

use serde_json::Value;
use time::Duration;

use super::super::{error::AccountError, walkthrough};
use crate::{
    accounts::{AuditEvent, Passkey, UserId},
    codes::form_error::FormError,
    inspect::Check,
    sessions::{PasskeyCeremony, RequestContext, flow_id},
    webauthn::{AuthenticationResponse, Rp, UsedCredential, WebAuthnError, verify_authentication},
};

/// Longer than a ceremony lasts.
const USED_FOR: Duration = Duration::minutes(10);

/// Verifies a signature, and uses the ceremony up. `expected` is the user who is asked; `None` at a sign-in.
///
/// An unknown credential is an error of its own, so that the script can tell the password manager to forget it; every other
/// failure is the same to the user, and the audit trail has the check that failed.
pub(super) async fn verify(
    context: &RequestContext,
    rp: &Rp,
    ceremony: &PasskeyCeremony,
    expected: Option<UserId>,
    credential: &Value,
) -> Result<(Passkey, UsedCredential), AccountError> {
    let response = AuthenticationResponse::from_json(credential).map_err(|error| refused(None, error))?;
    let Some(passkey) = context.database.passkey(response.unverified_id()).await? else {
        tracing::info!("a passkey is unknown");
        walkthrough::checked(Check::Passkey, "a registered passkey", "an unknown one", false);
        return Err(FormError::PasskeyUnknown.into());
    };
    let handle = expected.map(UserId::handle);
    let handle = handle.as_ref().map(<[u8; 16]>::as_slice);
    let outcome = verify_authentication(rp, &ceremony.challenge, handle, &passkey.credential, &response);
    let actual = outcome.as_ref().map_or_else(|failure| failure.code(), |_| "valid");
    walkthrough::checked(Check::Passkey, "a valid signature over this challenge", actual, outcome.is_ok());
    match outcome {
        Ok(used) => {
            use_up(context, ceremony).await?;
            Ok((passkey, used))
        }
        Err(failure) => {
            let error = refused(Some(passkey.user), failure);
            context.record(Some(passkey.user), &AuditEvent::PasskeyRefused { failure }).await;
            Err(error)
        }
    }
}

/// A ceremony works once, in whichever tab. It is used up after the verification, so that junk leaves no rows.
pub(super) async fn use_up(context: &RequestContext, ceremony: &PasskeyCeremony) -> Result<(), AccountError> {
    let until = context.clock.date() + USED_FOR;
    match context.database.mark_flow_used(&flow_id(ceremony.challenge.expose()), until).await? {
        true => Ok(()),
        false => Err(FormError::PasskeyExpired.into()),
    }
}

/// Logs the failed check, which would help only those who forge responses.
pub(super) fn refused(user: Option<UserId>, failure: WebAuthnError) -> AccountError {
    tracing::warn!(user = user.map(tracing::field::display), %failure, "a passkey was refused");
    FormError::PasskeyInvalid.into()
}
