//! Names, ids and the relying party's own facts.

use rstest::rstest;

use super::*;

#[rstest]
#[case::https("https://app.example", "app.example", "https://app.example")]
#[case::port("https://app.example:8443", "app.example", "https://app.example:8443")]
#[case::default_port("https://app.example:443", "app.example", "https://app.example")]
#[case::localhost("http://localhost:3000", "localhost", "http://localhost:3000")]
#[case::below_localhost("http://app.localhost:3000", "app.localhost", "http://app.localhost:3000")]
fn the_relying_party_is_the_host_of_its_origin(#[case] origin: &str, #[case] id: &str, #[case] exact: &str) {
    let rp = Rp::of_origin(origin).unwrap();
    assert_eq!((rp.id(), rp.origin()), (id, exact));
}

#[rstest]
#[case::ip("https://127.0.0.1:3000")]
#[case::ipv6("https://[::1]:3000")]
#[case::http("http://app.example")]
#[case::like_localhost("http://localhost.example")]
#[case::no_url("app.example")]
fn an_origin_without_passkeys_has_no_relying_party(#[case] origin: &str) {
    assert_eq!(Rp::of_origin(origin), None);
}

#[test]
fn a_credential_id_has_one_text() {
    let id = CredentialId::new(&[0xff; 20]).unwrap();
    assert_eq!(CredentialId::parse(&id.to_text()), Ok(id));
    for text in ["", "=", "A", "AAA=", "A A", "AB", "+/+/", &"A".repeat(1400)] {
        assert_eq!(CredentialId::parse(text), Err(WebAuthnError::Malformed), "{text}");
    }
    assert!(CredentialId::new(&[0; 1023]).is_ok() && CredentialId::new(&[0; 1024]).is_err());
}

#[test]
fn transports_are_kept_once_and_known() {
    let kept = TransportSet::of(["usb", "nfc", "usb", "teleport", ""]);
    assert_eq!(kept.to_text(), "usb nfc");
    assert_eq!(TransportSet::parse("usb nfc"), kept);
    assert_eq!(TransportSet::parse(""), TransportSet::default());
}

#[test]
fn an_unknown_model_has_no_name() {
    assert_eq!(Aaguid::new([0; 16]).name(), None);
    let known = Aaguid::parse("bada5566-a7aa-401f-bd96-45619a55120d").unwrap();
    assert_eq!((known.name(), known.to_string().as_str()), (Some("1Password"), "bada5566-a7aa-401f-bd96-45619a55120d"));
    assert_eq!(Aaguid::parse("bada5566"), None);
}

#[test]
fn a_challenge_does_not_print_and_survives_its_seal() {
    let text = serde_json::to_string(&challenge()).unwrap();
    assert_eq!(serde_json::from_str::<Challenge>(&text).unwrap(), challenge());
    assert!(!format!("{:?}", challenge()).contains(challenge().expose()));
}

#[test]
fn options_ask_for_discoverable_credentials_without_attestation() {
    let user = UserEntity { handle: USER, name: "ada@example.com", display_name: "Ada" };
    let existing = [Descriptor { id: CredentialId::new(&[1; 16]).unwrap(), transports: TransportSet::of(["usb"]) }];
    let options = creation_options(&rp(), "Latchkey", &challenge(), user, &existing);
    assert_eq!(options["rp"]["id"], "app.example");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["excludeCredentials"][0]["transports"][0], "usb");
    let algorithms: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|one| &one["alg"]).collect();
    assert_eq!(algorithms, [-7, -8, -257]);
    assert_eq!(request_options(&rp(), &challenge(), &[])["allowCredentials"].as_array().unwrap().len(), 0);
    assert_eq!(request_options(&rp(), &challenge(), &existing)["allowCredentials"][0]["id"], existing[0].id.to_text());
}
