//! Authentication by a credential (WebAuthn §7.2).

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    AuthenticationResponse, Challenge, CredentialId, PublicKey, Rp, WebAuthnError,
    authenticator_data::AuthenticatorData,
    client_data::{Ceremony, check_client_data},
};

/// What the store knows of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    /// The id that the response names.
    pub id: CredentialId,
    /// Of its owner.
    pub user_handle: Vec<u8>,
    /// As of the registration.
    pub public_key: PublicKey,
    /// As of the last ceremony.
    pub sign_count: u32,
    /// As of the registration.
    pub backup_eligible: bool,
}

/// What a verified response says, to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedCredential {
    /// The next response's is greater, unless both are 0.
    pub sign_count: u32,
    /// There is a copy.
    pub backed_up: bool,
    /// The authenticator verified its user, by a PIN or by biometrics: possession and a second factor in one.
    pub user_verified: bool,
}

/// Verifies the response to [`request_options`](super::request_options) with this challenge. The caller has made sure that the
/// challenge is the browser's own, not expired, and unused.
///
/// `expected_user` is the handle of the user who is asked to authenticate. `None` at a sign-in, where the response has to name
/// its user: without that, a credential that is not discoverable, found by its id alone, would sign in.
///
/// A counter that does not advance is refused, although §7.2 step 22 leaves that open: it means that there are two copies of
/// a key that was made to have one.
///
/// # Errors
/// [`WebAuthnError`]: the first check that failed.
pub fn verify_authentication(
    rp: &Rp,
    challenge: &Challenge,
    expected_user: Option<&[u8]>,
    credential: &StoredCredential,
    response: &AuthenticationResponse,
) -> Result<UsedCredential, WebAuthnError> {
    if credential.id != response.id {
        return Err(WebAuthnError::UnknownCredential);
    }
    check_user(expected_user, &credential.user_handle, response.user_handle.as_deref())?;
    check_client_data(&response.client_data, Ceremony::Authentication, challenge, rp)?;
    let data = AuthenticatorData::parse(&response.authenticator_data)?;
    data.check(rp)?;
    if !data.is_user_present() {
        return Err(WebAuthnError::UserNotPresent);
    }
    if data.is_backup_eligible() != credential.backup_eligible {
        return Err(WebAuthnError::BackupState);
    }
    let client_data_hash = digest(&SHA256, &response.client_data);
    let signed = [response.authenticator_data.as_slice(), client_data_hash.as_ref()].concat();
    if !credential.public_key.verifies(&signed, &response.signature) {
        return Err(WebAuthnError::InvalidSignature);
    }
    let counts = data.sign_count != 0 || credential.sign_count != 0;
    if counts && data.sign_count <= credential.sign_count {
        return Err(WebAuthnError::CounterWentBack);
    }
    Ok(UsedCredential {
        sign_count: data.sign_count,
        backed_up: data.is_backed_up(),
        user_verified: data.is_user_verified(),
    })
}

/// §7.2 step 6.
fn check_user(expected: Option<&[u8]>, owner: &[u8], claimed: Option<&[u8]>) -> Result<(), WebAuthnError> {
    let is_right = match (expected, claimed) {
        (Some(expected), Some(claimed)) => expected == owner && claimed == owner,
        (Some(expected), None) => expected == owner,
        (None, Some(claimed)) => claimed == owner,
        (None, None) => false,
    };
    if is_right { Ok(()) } else { Err(WebAuthnError::WrongUserHandle) }
}
