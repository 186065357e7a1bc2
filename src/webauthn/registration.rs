//! Registration of a credential (WebAuthn §7.1).

use super::{
    Aaguid, Challenge, CredentialId, PublicKey, RegistrationResponse, Rp, TransportSet, WebAuthnError,
    attestation_object::authenticator_data_of,
    authenticator_data::AuthenticatorData,
    client_data::{Ceremony, check_client_data},
};

/// Whether the user must touch the authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// In every ceremony that the user begins.
    Required,
    /// In a conditional creation: the password manager asks no one (§7.1 step 15).
    NotRequired,
}

/// A verified credential, to be stored (§4, "Credential Record").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Unique among all users, which the store enforces (§7.1 step 26).
    pub id: CredentialId,
    /// Verifies what the credential signs.
    pub public_key: PublicKey,
    /// Most authenticators of passkeys always send 0.
    pub sign_count: u32,
    /// The model of the authenticator, which nobody attests.
    pub aaguid: Aaguid,
    /// How a browser reaches it.
    pub transports: TransportSet,
    /// Can be copied to other devices. Never changes.
    pub backup_eligible: bool,
    /// There is a copy.
    pub backed_up: bool,
    /// The authenticator verified its user.
    pub user_verified: bool,
}

/// Verifies the response to [`creation_options`](super::creation_options) with this challenge. The caller has made sure that
/// the challenge is the browser's own, not expired, and unused.
///
/// # Errors
/// [`WebAuthnError`]: the first check that failed.
pub fn verify_registration(
    rp: &Rp,
    challenge: &Challenge,
    presence: Presence,
    response: &RegistrationResponse,
) -> Result<NewCredential, WebAuthnError> {
    check_client_data(&response.client_data, Ceremony::Registration, challenge, rp)?;
    let data = AuthenticatorData::parse(authenticator_data_of(&response.attestation_object)?)?;
    data.check(rp)?;
    if presence == Presence::Required && !data.is_user_present() {
        return Err(WebAuthnError::UserNotPresent);
    }
    let (backup_eligible, backed_up) = (data.is_backup_eligible(), data.is_backed_up());
    let (user_verified, sign_count) = (data.is_user_verified(), data.sign_count);
    let credential = data.attested.ok_or(WebAuthnError::Malformed)?;
    if credential.id != response.id {
        return Err(WebAuthnError::Malformed);
    }
    Ok(NewCredential {
        id: credential.id,
        public_key: credential.public_key,
        sign_count,
        aaguid: credential.aaguid,
        transports: response.transports.clone(),
        backup_eligible,
        backed_up,
        user_verified,
    })
}
