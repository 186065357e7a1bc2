//! An independent client and authenticator: what it makes of our options passes our checks.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, WebauthnError};
use passkey::crypto::AvailableBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid as WitnessAaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

use super::*;

/// Someone who touches the authenticator, and is verified by it or not.
struct Person {
    verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(&self, _: UiHint<'a, Passkey>, _: bool, _: bool) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence: true, verification: self.verified })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        self.verified.then_some(true)
    }
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

macro_rules! witness {
    ($verified:expr, $counts:expr) => {{
        let (aaguid, person) = (WitnessAaguid::new_empty(), Person { verified: $verified });
        let mut authenticator = Authenticator::new(aaguid, None::<Passkey>, person, AvailableBackend);
        authenticator.set_make_credentials_with_signature_counter($counts);
        Client::new(authenticator).user_verification_when_preferred($verified)
    }};
}

macro_rules! create {
    ($witness:expr, $origin:expr, $challenge:expr) => {{
        let user = UserEntity { handle: USER, name: "ada@example.com", display_name: "Ada" };
        let options = json!({ "publicKey": creation_options(&rp(), "Latchkey", $challenge, user, &[]) });
        let options: CredentialCreationOptions = serde_json::from_value(options).unwrap();
        $witness.register(&Url::parse($origin).unwrap(), options, DefaultClientData).await.map(|created| {
            json!({ "id": created.id, "rawId": b64(&created.raw_id), "type": "public-key", "response": {
                "clientDataJSON": b64(&created.response.client_data_json),
                "attestationObject": b64(&created.response.attestation_object),
                "transports": ["internal"],
            } })
        })
    }};
}

macro_rules! get {
    ($witness:expr, $challenge:expr) => {{
        let options = json!({ "publicKey": request_options(&rp(), $challenge, &[]) });
        let options: CredentialRequestOptions = serde_json::from_value(options).unwrap();
        let origin = Url::parse("https://app.example").unwrap();
        $witness.authenticate(&origin, options, DefaultClientData).await.map(|got| {
            json!({ "id": got.id, "rawId": b64(&got.raw_id), "type": "public-key", "response": {
                "clientDataJSON": b64(&got.response.client_data_json),
                "authenticatorData": b64(&got.response.authenticator_data),
                "signature": b64(&got.response.signature),
                "userHandle": got.response.user_handle.map(|handle| b64(&handle)),
            } })
        })
    }};
}

fn verified(credential: &Value) -> NewCredential {
    let response = RegistrationResponse::from_json(credential).unwrap();
    verify_registration(&rp(), &challenge(), Presence::Required, &response).unwrap()
}

#[tokio::test]
async fn the_witness_registers_and_signs_in() {
    for (verifies, counts) in [(true, false), (true, true), (false, false)] {
        let mut witness = witness!(verifies, counts);
        let new = verified(&create!(witness, "https://app.example", &challenge()).unwrap());
        assert_eq!(new.user_verified, verifies);
        let mut stored = StoredCredential {
            id: new.id.clone(),
            user_handle: USER.to_vec(),
            public_key: PublicKey::from_cose(new.public_key.as_cose()).unwrap(),
            sign_count: new.sign_count,
            backup_eligible: new.backup_eligible,
        };
        for seed in 2..5 {
            let challenge = Challenge::from_random([seed; 32]);
            let response = AuthenticationResponse::from_json(&get!(witness, &challenge).unwrap()).unwrap();
            let used = verify_authentication(&rp(), &challenge, None, &stored, &response).unwrap();
            assert_eq!(used.user_verified, verifies);
            assert_eq!(used.sign_count > stored.sign_count, counts);
            stored.sign_count = used.sign_count;
            // The same response again, or for another ceremony.
            let other = Challenge::from_random([seed + 1; 32]);
            let replayed = verify_authentication(&rp(), &other, None, &stored, &response);
            assert_eq!(replayed, Err(WebAuthnError::WrongChallenge));
        }
    }
}

#[tokio::test]
async fn the_witness_refuses_our_options_on_another_site() {
    let mut witness = witness!(true, false);
    let refused = create!(witness, "https://app.example.evil.test", &challenge());
    assert!(matches!(refused, Err(WebauthnError::OriginRpMissmatch)), "{refused:?}");
    assert!(create!(witness, "https://app.example", &challenge()).is_ok());
}
