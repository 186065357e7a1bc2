use rstest::rstest;

use super::{TotpVerdict::*, *};

/// The secret of the test vectors: RFC 4226 appendix D and RFC 6238 appendix B.
fn secret() -> TotpSecret {
    TotpSecret::from_random(*b"12345678901234567890")
}

fn code(step: i64) -> TotpCode {
    TotpCode::of_step(&secret(), step)
}

/// RFC 4226, appendix D.
#[test]
fn codes_are_those_of_rfc_4226() {
    let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (step, expected) in (0..).zip(codes) {
        assert_eq!(code(step).expose(), expected, "step {step}");
    }
}

/// RFC 6238, appendix B, the last six of eight digits.
#[rstest]
#[case(59, "287082")]
#[case(1_111_111_109, "081804")]
#[case(1_111_111_111, "050471")]
#[case(1_234_567_890, "005924")]
#[case(2_000_000_000, "279037")]
#[case(20_000_000_000, "353130")]
fn times_have_the_codes_of_rfc_6238(#[case] now: i64, #[case] expected: &str) {
    assert_eq!(code(now / PERIOD).expose(), expected);
    let typed = TotpCode::parse(expected).unwrap();
    assert_eq!(typed.judge(&secret(), now, None), Accepted { step: now / PERIOD });
}

#[rstest]
#[case(98, Wrong)]
#[case(99, Accepted { step: 99 })]
#[case(100, Accepted { step: 100 })]
#[case(101, Accepted { step: 101 })]
#[case(102, Wrong)]
fn one_step_of_skew_is_accepted(#[case] step: i64, #[case] verdict: TotpVerdict) {
    assert_eq!(code(step).judge(&secret(), 100 * PERIOD, None), verdict);
    assert_eq!(code(step).judge(&secret(), 101 * PERIOD - 1, None), verdict);
}

#[rstest]
#[case(98, Accepted { step: 99 })]
#[case(99, Used)]
#[case(100, Used)]
#[case(i64::MAX, Used)]
fn a_code_works_once_and_no_earlier_one_after_it(#[case] last_used: i64, #[case] verdict: TotpVerdict) {
    assert_eq!(code(99).judge(&secret(), 100 * PERIOD, Some(last_used)), verdict);
}

#[test]
fn another_secret_has_other_codes() {
    let other = TotpSecret::from_random([7; 20]);
    assert_eq!(code(100).judge(&other, 100 * PERIOD, None), Wrong);
}

#[rstest]
#[case("123456", true)]
#[case("123 456", true)]
#[case(" 1 2 3 4 5 6 ", true)]
#[case("12345", false)]
#[case("1234567", false)]
#[case("12345a", false)]
#[case("-12345", false)]
#[case("١٢٣٤٥٦", false)]
#[case("", false)]
fn a_code_is_six_digits(#[case] typed: &str, #[case] is_code: bool) {
    let parsed = TotpCode::parse(typed);
    assert_eq!(parsed.is_some(), is_code);
    assert!(parsed.is_none_or(|code| code.expose() == "123456"));
    assert_eq!(TotpCode::parse(&format!("123456{}", " ".repeat(27))), None, "too long");
}

#[rstest]
#[case(0)]
#[case(-1)]
#[case(i64::MIN)]
#[case(i64::MAX)]
fn no_time_panics(#[case] now: i64) {
    assert_eq!(TotpCode::parse("000000").unwrap().judge(&secret(), now, Some(i64::MIN)), Wrong);
}

/// RFC 4648 §10, without the padding.
#[rstest]
#[case("", "")]
#[case("f", "MY")]
#[case("fo", "MZXQ")]
#[case("foo", "MZXW6")]
#[case("foob", "MZXW6YQ")]
#[case("fooba", "MZXW6YTB")]
#[case("foobar", "MZXW6YTBOI")]
fn base32_is_that_of_rfc_4648(#[case] bytes: &str, #[case] text: &str) {
    assert_eq!(base32::encode(bytes.as_bytes()), text);
}

#[test]
fn a_secret_has_a_text_a_uri_and_no_debug() {
    let secret = secret();
    assert_eq!(secret.to_text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    assert_eq!(
        secret.to_uri("app.example:8443", "ada lovelace+x@example.com"),
        "otpauth://totp/app.example%3A8443:ada%20lovelace%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=app.example%3A8443&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(format!("{secret:?} {:?}", code(1)), "TotpSecret(…) TotpCode(…)");
    assert_eq!(TotpSecret::from_bytes(secret.expose()).unwrap().to_text(), secret.to_text());
    assert!(TotpSecret::from_bytes(&[0; 19]).is_none() && TotpSecret::from_bytes(&[0; 21]).is_none());
}

/// The three corners that a reader looks for, and nothing outside the quiet zone.
#[test]
fn a_qr_code_has_its_corners_and_its_quiet_zone() {
    let code = QrCode::of(&secret().to_uri("app.example", "ada@example.com")).unwrap();
    let last = code.size() - 4 - 7;
    for corner in ["M4 4h7v1h-7z".to_owned(), format!("M{last} 4h7v1h-7z"), format!("M4 {last}h7v1h-7z")] {
        assert!(code.path().contains(&corner), "{corner}");
    }
    let numbers = code.path().split(|character: char| !character.is_ascii_digit()).filter(|text| !text.is_empty());
    assert!(numbers.map(|text| text.parse::<usize>().unwrap()).all(|number| number <= code.size() - 4));
    assert!(!format!("{code:?}").contains('M'));
    assert!(QrCode::of(&"x".repeat(10_000)).is_none());
}
