use rstest::rstest;
use time::OffsetDateTime;

use super::{AuthenticationMethod::*, *};
use crate::oidc::AuthenticationClaims;

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

fn google(amr: &[&str], auth_time: Option<i64>) -> AuthenticationMethod {
    let amr = amr.iter().map(|method| (*method).to_owned()).collect();
    Provider { provider: "google".to_owned(), claims: AuthenticationClaims { auth_time, amr, ..Default::default() } }
}

fn steps(methods: &[AuthenticationMethod], now: i64) -> Authentications {
    methods.iter().fold(Authentications::default(), |steps, method| steps.and(method.clone(), at(now), at(0)))
}

#[rstest]
#[case(&[], Strength::Nothing)]
#[case(&[Password], Strength::OneFactor)]
#[case(&[EmailCode { beside_stronger: false }], Strength::OneFactor)]
#[case(&[EmailLink], Strength::OneFactor)]
#[case(&[google(&[], None)], Strength::OneFactor)]
#[case(&[google(&["pwd"], None)], Strength::OneFactor)]
#[case(&[google(&["mfa"], None)], Strength::TwoFactors)]
#[case(&[Totp], Strength::OneFactor)]
#[case(&[Totp, RecoveryCode], Strength::OneFactor)]
#[case(&[Password, EmailCode { beside_stronger: false }], Strength::OneFactor)]
#[case(&[Password, Totp], Strength::TwoFactors)]
#[case(&[Password, RecoveryCode], Strength::TwoFactors)]
#[case(&[Password, TrustedBrowser], Strength::TwoFactors)]
#[case(&[google(&[], None), Totp], Strength::TwoFactors)]
#[case(&[EmailCode { beside_stronger: false }, Totp], Strength::TwoFactors)]
#[case(&[Passkey { user_verified: true }], Strength::TwoFactors)]
#[case(&[Passkey { user_verified: false }], Strength::OneFactor)]
#[case(&[Password, Passkey { user_verified: false }], Strength::TwoFactors)]
#[case(&[Passkey { user_verified: false }, Totp], Strength::TwoFactors)]
fn methods_add_up(#[case] methods: &[AuthenticationMethod], #[case] strength: Strength) {
    assert_eq!(steps(methods, 100).strength(), strength);
}

#[test]
fn only_recent_steps_are_a_fresh_authentication() {
    let signed_in = steps(&[Password, Totp], 100);
    assert_eq!(signed_in.strength_since(at(99)), Strength::TwoFactors);
    assert_eq!(signed_in.strength_since(at(100)), Strength::Nothing);
    let later = signed_in.and(Password, at(500), at(400));
    assert_eq!((later.strength_since(at(400)), later.steps().len()), (Strength::OneFactor, 1));
    assert_eq!(later.and(Totp, at(501), at(400)).strength_since(at(400)), Strength::TwoFactors);
}

/// Google's own session may be weeks old.
#[rstest]
#[case(None, Strength::OneFactor)]
#[case(Some(100), Strength::OneFactor)]
#[case(Some(940), Strength::TwoFactors)]
#[case(Some(1000), Strength::TwoFactors)]
fn a_providers_factors_are_as_fresh_as_it_says(#[case] auth_time: Option<i64>, #[case] strength: Strength) {
    let steps = steps(&[google(&["mfa"], auth_time)], 1100);
    assert_eq!(steps.strength_since(at(1000)), strength);
    assert_eq!(steps.strength(), Strength::TwoFactors);
}

#[test]
fn a_repeated_method_replaces_its_earlier_step_and_steps_are_bounded() {
    let twice = steps(&[Password], 100).and(Password, at(200), at(0));
    assert_eq!((twice.steps().len(), twice.last_at()), (1, Some(200)));
    let many: Vec<_> = (0..20).map(|number| AuthenticationMethod::provider(&format!("p{number}"))).collect();
    let many = steps(&many, 100);
    assert_eq!(many.steps().len(), MAX_STEPS);
    assert_eq!(many.steps().last().unwrap().by.code(), "p19", "the newest is never dropped");
}

#[rstest]
#[case(&[Password], &["pwd"])]
#[case(&[Password, Totp], &["pwd", "otp", "mfa"])]
#[case(&[Password, TrustedBrowser], &["pwd", "mfa"])]
#[case(&[Totp, RecoveryCode], &["otp"])]
#[case(&[Passkey { user_verified: true }], &["pop", "user", "mfa"])]
#[case(&[Passkey { user_verified: false }], &["pop", "user"])]
#[case(&[google(&["pwd", "mfa"], None)], &["pwd", "mfa"])]
#[case(&[google(&[], None)], &[])]
#[case(&[EmailCode { beside_stronger: false }], &[])]
fn methods_have_values_of_amr(#[case] methods: &[AuthenticationMethod], #[case] amr: &[&str]) {
    assert_eq!(steps(methods, 100).amr(), amr);
}

#[test]
fn every_method_is_read_back_from_its_json() {
    let all = [
        Password,
        EmailCode { beside_stronger: false },
        EmailLink,
        Totp,
        RecoveryCode,
        TrustedBrowser,
        Passkey { user_verified: true },
        google(&["pwd", "otp"], Some(7)),
    ];
    for method in all {
        let list = Authentications::by(method, at(5));
        assert_eq!(serde_json::from_str::<Authentications>(&serde_json::to_string(&list).unwrap()).unwrap(), list);
    }
    let json = serde_json::to_string(&Authentications::by(Passkey { user_verified: true }, at(5))).unwrap();
    assert_eq!(json, r#"[{"by":{"method":"passkey","user_verified":true},"at":5}]"#);
}
