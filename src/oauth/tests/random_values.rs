//! Threat AR3.

use std::collections::HashSet;

use super::*;

/// The example of RFC 7636 appendix B.
const RFC_7636_OCTETS: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191, 240,
    91, 88, 5, 88, 83, 132, 141, 121,
];

#[test]
fn challenge_matches_rfc_7636_appendix_b() {
    let verifier = PkceVerifier::from_random(RFC_7636_OCTETS);
    assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(verifier.challenge().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_eq!(PkceChallenge::METHOD, "S256");
}

#[test]
fn values_have_43_unreserved_characters() {
    let values: HashSet<_> = (0..=255).map(|byte| State::from_random([byte; 32]).expose().to_owned()).collect();
    assert_eq!(values.len(), 256);
    let unreserved =
        |value: &String| value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    assert!(values.iter().all(unreserved));
}

#[test]
fn value_matches_only_itself() {
    let nonce = Nonce::from_random([7; 32]);
    let text = nonce.expose().to_owned();
    assert!(nonce.matches(&text));
    for other in ["", &text[..42], &format!("{text}A"), &text.to_uppercase(), &format!("C{}", &text[1..])] {
        assert!(!nonce.matches(other), "{other}");
    }
}

#[test]
fn debug_output_is_redacted() {
    let value = PkceVerifier::from_random(RFC_7636_OCTETS);
    assert_eq!(format!("{value:?}"), "PkceVerifier([redacted])");
    assert_eq!(format!("{:?}", state()), "State([redacted])");
    assert_eq!(format!("{:?}", code()), "AuthorizationCode([redacted])");
}

#[test]
fn values_round_trip_through_serde() {
    let json = serde_json::to_string(&state()).unwrap();
    let back: State = serde_json::from_str(&json).unwrap();
    assert!(back.matches(state().expose()));
}

#[test]
fn malformed_values_do_not_deserialize() {
    for text in ["\"\"", "\"AAAA\"", "17", "null", &format!("\"{}\"", "A".repeat(44)), "\"=\""] {
        assert!(serde_json::from_str::<State>(text).is_err(), "{text}");
    }
}
