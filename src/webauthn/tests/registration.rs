use rstest::rstest;
use serde_json::{Value, json};

use super::*;

#[rstest]
#[case::es256(Credential::es256())]
#[case::eddsa(Credential::eddsa())]
#[case::rs256(Credential::rs256())]
fn a_credential_is_registered_with_what_it_says(#[case] credential: Credential) {
    let new = register(&credential, &Ceremony::registration(challenge().expose())).unwrap();
    assert_eq!(new.id.to_text(), CredentialId::new(&credential.id).unwrap().to_text());
    assert_eq!(new.public_key.as_cose(), credential.cose());
    assert_eq!(new.aaguid.name(), Some("Google Password Manager"));
    assert_eq!(new.transports.to_text(), "hybrid internal");
    assert_eq!((new.sign_count, new.user_verified), (0, true));
    assert_eq!((new.backup_eligible, new.backed_up), (true, true));
}

type Edit = fn(&mut Ceremony);

#[rstest]
#[case::type_of_a_sign_in(|c: &mut Ceremony| c.kind = "webauthn.get", WebAuthnError::WrongType)]
#[case::type_of_a_payment(|c: &mut Ceremony| c.kind = "payment.get", WebAuthnError::WrongType)]
#[case::other_challenge(|c: &mut Ceremony| c.challenge = Challenge::from_random([2; 32]).expose().to_owned(), WebAuthnError::WrongChallenge)]
#[case::padded_challenge(|c: &mut Ceremony| c.challenge.push('='), WebAuthnError::WrongChallenge)]
#[case::empty_challenge(|c: &mut Ceremony| c.challenge.clear(), WebAuthnError::WrongChallenge)]
#[case::other_site(|c: &mut Ceremony| c.origin = "https://evil.example".into(), WebAuthnError::WrongOrigin)]
#[case::suffix(|c: &mut Ceremony| c.origin = "https://app.example.evil.test".into(), WebAuthnError::WrongOrigin)]
#[case::subdomain(|c: &mut Ceremony| c.origin = "https://sub.app.example".into(), WebAuthnError::WrongOrigin)]
#[case::parent(|c: &mut Ceremony| c.origin = "https://example".into(), WebAuthnError::WrongOrigin)]
#[case::user_information(|c: &mut Ceremony| c.origin = "https://app.example@evil.test".into(), WebAuthnError::WrongOrigin)]
#[case::http(|c: &mut Ceremony| c.origin = "http://app.example".into(), WebAuthnError::WrongOrigin)]
#[case::port(|c: &mut Ceremony| c.origin = "https://app.example:8443".into(), WebAuthnError::WrongOrigin)]
#[case::slash(|c: &mut Ceremony| c.origin = "https://app.example/".into(), WebAuthnError::WrongOrigin)]
#[case::upper_case(|c: &mut Ceremony| c.origin = "https://APP.example".into(), WebAuthnError::WrongOrigin)]
#[case::android_app(|c: &mut Ceremony| c.origin = "android:apk-key-hash:AAAA".into(), WebAuthnError::WrongOrigin)]
#[case::frame(|c: &mut Ceremony| c.more = vec![("crossOrigin", json!(true))], WebAuthnError::CrossOrigin)]
#[case::framed_by(|c: &mut Ceremony| c.more = vec![("topOrigin", json!("https://evil.example"))], WebAuthnError::CrossOrigin)]
#[case::frame_as_text(|c: &mut Ceremony| c.more = vec![("crossOrigin", json!("true"))], WebAuthnError::Malformed)]
#[case::other_rp(|c: &mut Ceremony| c.rp_id = "example".into(), WebAuthnError::WrongRpId)]
#[case::subdomain_rp(|c: &mut Ceremony| c.rp_id = "sub.app.example".into(), WebAuthnError::WrongRpId)]
#[case::nobody_there(|c: &mut Ceremony| c.flags &= !0x01, WebAuthnError::UserNotPresent)]
#[case::backed_up_but_not_eligible(|c: &mut Ceremony| c.flags &= !0x08, WebAuthnError::BackupState)]
#[case::no_credential(|c: &mut Ceremony| c.flags &= !0x40, WebAuthnError::Malformed)]
#[case::bytes_behind(|c: &mut Ceremony| c.tail = vec![0], WebAuthnError::Malformed)]
#[case::extensions_announced(|c: &mut Ceremony| c.flags |= 0x80, WebAuthnError::Malformed)]
fn a_wrong_registration_is_refused(#[case] edit: Edit, #[case] error: WebAuthnError) {
    let credential = Credential::es256();
    let mut ceremony = Ceremony::registration(challenge().expose());
    assert!(register(&credential, &ceremony).is_ok());
    edit(&mut ceremony);
    assert_eq!(register(&credential, &ceremony), Err(error));
}

#[rstest]
#[case::not_verified(|c: &mut Ceremony| c.flags &= !0x04)]
#[case::bound_to_its_device(|c: &mut Ceremony| c.flags &= !0x18)]
#[case::eligible_and_not_backed_up(|c: &mut Ceremony| c.flags &= !0x10)]
#[case::counter(|c: &mut Ceremony| c.sign_count = 41)]
#[case::other_attestation(|c: &mut Ceremony| c.format = "packed")]
#[case::unknown_attestation(|c: &mut Ceremony| c.format = "from-the-future")]
#[case::extensions(|c: &mut Ceremony| { c.flags |= 0x80; c.tail = vec![0xa1, 0x61, b'x', 0xf5] })]
#[case::no_cross_origin_member(|c: &mut Ceremony| c.more.clear())]
fn what_is_not_needed_is_ignored(#[case] edit: Edit) {
    let mut ceremony = Ceremony::registration(challenge().expose());
    edit(&mut ceremony);
    let new = register(&Credential::es256(), &ceremony).unwrap();
    assert_eq!(new.user_verified, ceremony.flags & 0x04 != 0);
    assert_eq!(new.sign_count, ceremony.sign_count);
}

#[test]
fn only_a_conditional_creation_needs_no_touch() {
    let mut ceremony = Ceremony::registration(challenge().expose());
    ceremony.flags &= !0x05;
    let response = RegistrationResponse::from_json(&Credential::es256().register(&ceremony)).unwrap();
    let verify = |presence| verify_registration(&rp(), &challenge(), presence, &response);
    assert_eq!(verify(Presence::Required), Err(WebAuthnError::UserNotPresent));
    assert!(!verify(Presence::NotRequired).unwrap().user_verified);
}

#[rstest]
#[case::no_id(|json: &mut Value| { json.as_object_mut().unwrap().remove("id"); })]
#[case::other_type(|json: &mut Value| json["type"] = json!("password"))]
#[case::two_ids(|json: &mut Value| json["rawId"] = json!("AAAA"))]
#[case::id_of_another_credential(|json: &mut Value| { json["id"] = json!("AAAA"); json["rawId"] = json!("AAAA"); })]
#[case::padded_id(|json: &mut Value| json["id"] = json!("AAA="))]
#[case::no_response(|json: &mut Value| json["response"] = json!(null))]
#[case::no_client_data(|json: &mut Value| { json["response"].as_object_mut().unwrap().remove("clientDataJSON"); })]
#[case::client_data_is_no_json(|json: &mut Value| json["response"]["clientDataJSON"] = json!("AAAA"))]
#[case::no_object(|json: &mut Value| json["response"]["attestationObject"] = json!(""))]
#[case::object_cut_short(|json: &mut Value| { let text = json["response"]["attestationObject"].as_str().unwrap()[..80].to_owned(); json["response"]["attestationObject"] = json!(text); })]
#[case::endless_object(|json: &mut Value| json["response"]["attestationObject"] = json!("A".repeat(20_000)))]
#[case::object_of_indefinite_length(|json: &mut Value| json["response"]["attestationObject"] = json!("v_8"))]
#[case::object_that_announces_more(|json: &mut Value| json["response"]["attestationObject"] = json!("u___________"))]
fn a_response_of_another_shape_is_refused(#[case] edit: fn(&mut Value)) {
    let mut json = Credential::es256().register(&Ceremony::registration(challenge().expose()));
    edit(&mut json);
    let verified = RegistrationResponse::from_json(&json)
        .and_then(|response| verify_registration(&rp(), &challenge(), Presence::Required, &response));
    assert_eq!(verified, Err(WebAuthnError::Malformed));
}

#[test]
fn a_repeated_member_of_the_client_data_is_refused() {
    let ceremony = Ceremony::registration(challenge().expose());
    let mut json = Credential::es256().register(&ceremony);
    let twice =
        String::from_utf8(ceremony.client_data()).unwrap().replacen('{', "{\"origin\":\"https://app.example\",", 1);
    json["response"]["clientDataJSON"] =
        json!(base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, twice));
    let response = RegistrationResponse::from_json(&json).unwrap();
    let verified = verify_registration(&rp(), &challenge(), Presence::Required, &response);
    assert_eq!(verified, Err(WebAuthnError::Malformed));
}
