mod authentication;
mod keys;
mod registration;
mod texts;
mod witness;

use super::authenticator_for_tests::{Ceremony, Credential, USER};
use super::*;

fn rp() -> Rp {
    Rp::of_origin("https://app.example").unwrap()
}

fn challenge() -> Challenge {
    Challenge::from_random([1; 32])
}

fn register(credential: &Credential, ceremony: &Ceremony) -> Result<NewCredential, WebAuthnError> {
    let response = RegistrationResponse::from_json(&credential.register(ceremony))?;
    verify_registration(&rp(), &challenge(), Presence::Required, &response)
}

/// What the store keeps after an honest registration.
fn stored(credential: &Credential) -> StoredCredential {
    let new = register(credential, &Ceremony::registration(challenge().expose())).unwrap();
    StoredCredential {
        id: new.id,
        user_handle: USER.to_vec(),
        public_key: new.public_key,
        sign_count: 0,
        backup_eligible: new.backup_eligible,
    }
}
