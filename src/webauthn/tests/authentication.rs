use rstest::rstest;
use serde_json::json;

use super::*;

fn authenticate(
    credential: &Credential,
    stored: &StoredCredential,
    expected_user: Option<&[u8]>,
    ceremony: &Ceremony,
) -> Result<UsedCredential, WebAuthnError> {
    let response = AuthenticationResponse::from_json(&credential.authenticate(ceremony))?;
    verify_authentication(&rp(), &challenge(), expected_user, stored, &response)
}

#[rstest]
#[case::es256(Credential::es256())]
#[case::eddsa(Credential::eddsa())]
#[case::rs256(Credential::rs256())]
fn a_registered_credential_authenticates(#[case] credential: Credential) {
    let ceremony = Ceremony::authentication(challenge().expose());
    for expected_user in [None, Some(USER)] {
        let used = authenticate(&credential, &stored(&credential), expected_user, &ceremony).unwrap();
        assert_eq!(used, UsedCredential { sign_count: 0, backed_up: true, user_verified: true });
    }
}

type Edit = fn(&mut Ceremony);

#[rstest]
#[case::type_of_a_registration(|c: &mut Ceremony| c.kind = "webauthn.create", WebAuthnError::WrongType)]
#[case::replayed_challenge(|c: &mut Ceremony| c.challenge = Challenge::from_random([2; 32]).expose().to_owned(), WebAuthnError::WrongChallenge)]
#[case::imitated_site(|c: &mut Ceremony| c.origin = "https://app-example.test".into(), WebAuthnError::WrongOrigin)]
#[case::suffix(|c: &mut Ceremony| c.origin = "https://app.example.evil.test".into(), WebAuthnError::WrongOrigin)]
#[case::subdomain(|c: &mut Ceremony| c.origin = "https://sub.app.example".into(), WebAuthnError::WrongOrigin)]
#[case::frame(|c: &mut Ceremony| c.more = vec![("crossOrigin", json!(true))], WebAuthnError::CrossOrigin)]
#[case::other_rp(|c: &mut Ceremony| c.rp_id = "evil.example".into(), WebAuthnError::WrongRpId)]
#[case::nobody_there(|c: &mut Ceremony| c.flags &= !0x01, WebAuthnError::UserNotPresent)]
#[case::no_longer_eligible(|c: &mut Ceremony| c.flags &= !0x18, WebAuthnError::BackupState)]
#[case::backed_up_but_not_eligible(|c: &mut Ceremony| c.flags &= !0x08, WebAuthnError::BackupState)]
#[case::bytes_behind(|c: &mut Ceremony| c.tail = vec![0], WebAuthnError::Malformed)]
#[case::no_user(|c: &mut Ceremony| c.user_handle = None, WebAuthnError::WrongUserHandle)]
#[case::empty_user(|c: &mut Ceremony| c.user_handle = Some(Vec::new()), WebAuthnError::WrongUserHandle)]
#[case::other_user(|c: &mut Ceremony| c.user_handle = Some(b"another".to_vec()), WebAuthnError::WrongUserHandle)]
#[case::endless_user(|c: &mut Ceremony| c.user_handle = Some(vec![0; 65]), WebAuthnError::Malformed)]
fn a_wrong_sign_in_is_refused(#[case] edit: Edit, #[case] error: WebAuthnError) {
    let credential = Credential::es256();
    let mut ceremony = Ceremony::authentication(challenge().expose());
    assert!(authenticate(&credential, &stored(&credential), None, &ceremony).is_ok());
    edit(&mut ceremony);
    assert_eq!(authenticate(&credential, &stored(&credential), None, &ceremony), Err(error));
}

#[test]
fn a_missing_touch_is_refused_and_a_missing_verification_reported() {
    let credential = Credential::es256();
    let mut ceremony = Ceremony::authentication(challenge().expose());
    ceremony.flags &= !0x04;
    let used = authenticate(&credential, &stored(&credential), None, &ceremony).unwrap();
    assert!(!used.user_verified);
}

#[test]
fn a_credential_of_another_user_does_not_authenticate_the_expected_one() {
    let credential = Credential::es256();
    let mut ceremony = Ceremony::authentication(challenge().expose());
    for handle in [None, Some(USER.to_vec()), Some(b"another".to_vec())] {
        ceremony.user_handle = handle;
        let other = authenticate(&credential, &stored(&credential), Some(b"another"), &ceremony);
        assert_eq!(other, Err(WebAuthnError::WrongUserHandle));
    }
    ceremony.user_handle = None;
    assert!(authenticate(&credential, &stored(&credential), Some(USER), &ceremony).is_ok());
}

#[test]
fn another_key_does_not_verify() {
    let (credential, other) = (Credential::es256(), Credential::es256());
    let ceremony = Ceremony::authentication(challenge().expose());
    let forged = authenticate(&other, &stored(&credential), None, &ceremony);
    assert_eq!(forged, Err(WebAuthnError::InvalidSignature));
    assert!(authenticate(&credential, &stored(&credential), None, &ceremony).is_ok());
}

#[test]
fn another_credential_is_unknown() {
    let (credential, mut other) = (Credential::es256(), Credential::es256());
    other.id = vec![8; 32];
    let ceremony = Ceremony::authentication(challenge().expose());
    let result = authenticate(&other, &stored(&credential), None, &ceremony);
    assert_eq!(result, Err(WebAuthnError::UnknownCredential));
}

#[rstest]
#[case::signature("signature")]
#[case::authenticator_data("authenticatorData")]
fn every_signed_byte_counts(#[case] member: &str) {
    let credential = Credential::es256();
    let stored = stored(&credential);
    let honest = credential.authenticate(&Ceremony::authentication(challenge().expose()));
    let length = honest["response"][member].as_str().unwrap().len();
    for position in 0..length {
        let mut json = honest.clone();
        let mut text = honest["response"][member].as_str().unwrap().as_bytes().to_vec();
        text[position] = if text[position] == b'A' { b'B' } else { b'A' };
        json["response"][member] = json!(String::from_utf8(text).unwrap());
        let verified = AuthenticationResponse::from_json(&json)
            .and_then(|response| verify_authentication(&rp(), &challenge(), None, &stored, &response));
        assert!(verified.is_err(), "{member} at {position}");
    }
}

#[rstest]
#[case::never_counts(0, 0, true)]
#[case::begins_to_count(0, 1, true)]
#[case::advances(7, 8, true)]
#[case::leaps(7, u32::MAX, true)]
#[case::stands_still(7, 7, false)]
#[case::goes_back(7, 6, false)]
#[case::stops_counting(7, 0, false)]
fn the_counter_has_to_advance(#[case] before: u32, #[case] now: u32, #[case] accepted: bool) {
    let credential = Credential::es256();
    let stored = StoredCredential { sign_count: before, ..stored(&credential) };
    let ceremony = Ceremony { sign_count: now, ..Ceremony::authentication(challenge().expose()) };
    let used = authenticate(&credential, &stored, None, &ceremony);
    assert_eq!(used.map(|used| used.sign_count), if accepted { Ok(now) } else { Err(WebAuthnError::CounterWentBack) });
}

/// The order of the checks: a forged response must not tell how the counter stands.
#[test]
fn the_signature_is_checked_before_the_counter() {
    let (credential, other) = (Credential::es256(), Credential::es256());
    let stored = StoredCredential { sign_count: 7, ..stored(&credential) };
    let forged = authenticate(&other, &stored, None, &Ceremony::authentication(challenge().expose()));
    assert_eq!(forged, Err(WebAuthnError::InvalidSignature));
}
