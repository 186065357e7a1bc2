//! Whether a sign-in needs a second step, and what the user types there.

use super::authentication::{AuthenticationMethod, Authentications, Strength};
use super::recovery_code::RecoveryCode;
use crate::codes::codes;
use crate::totp::TotpCode;

codes! {
    /// Whether users have a second factor (`SECOND_FACTOR`).
    #[derive(Default)]
    SecondFactorPolicy {
        Off = "off",
        /// Those who set one up are asked for it.
        #[default]
        Optional = "optional",
        /// Every sign-in shows two factors; a user who has no second one sets it up on the way.
        Required = "required",
    }
}

/// What a user has as a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// An authenticator app, with recovery codes.
    pub app: bool,
    /// A passkey that can be used here.
    pub passkey: bool,
    /// The app is asked also after a provider that does not say how it authenticated the user.
    pub after_providers: bool,
}

/// What is still due after some steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondStep {
    Nothing,
    /// One of the user's second factors.
    SecondFactor,
    /// The user has none and sets one up.
    Enrolment,
}

impl SecondFactorPolicy {
    /// Whether what a user has keeps out who completed only a first step: an app does, and where a second factor is required
    /// a passkey too.
    pub fn is_kept_by(self, has: SecondFactors) -> bool {
        has.app || (self == Self::Required && has.passkey)
    }

    /// Total and pure: every door asks this one function.
    ///
    /// A provider that says how it authenticated the user is believed, as everywhere; after one that says nothing, the user
    /// decides (`after_providers`). Passkeys are second factors only where one is required: otherwise they are another way
    /// to sign in, and a password stays enough.
    pub fn second_step(self, has: SecondFactors, steps: &Authentications) -> SecondStep {
        if self == Self::Off || steps.strength() == Strength::TwoFactors || steps.has_second_factor() {
            return SecondStep::Nothing;
        }
        let is_asked = has.app && (has.after_providers || !is_by_silent_provider(steps));
        match (self, has.app || has.passkey) {
            (Self::Required, true) => SecondStep::SecondFactor,
            (Self::Required, false) => SecondStep::Enrolment,
            _ if is_asked => SecondStep::SecondFactor,
            _ => SecondStep::Nothing,
        }
    }
}

/// Whether some step is by a provider that says nothing of how it authenticated the user.
fn is_by_silent_provider(steps: &Authentications) -> bool {
    steps.steps().iter().any(|step| match &step.by {
        AuthenticationMethod::Provider { claims, .. } => claims.amr.is_empty(),
        _ => false,
    })
}

/// What the user typed at the second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactorCode {
    /// Of the authenticator app.
    Totp(TotpCode),
    Recovery(RecoveryCode),
}

impl SecondFactorCode {
    /// Six digits, or a recovery code. `None` if it can be neither.
    pub fn parse(typed: &str) -> Option<Self> {
        let totp = TotpCode::parse(typed).map(Self::Totp);
        totp.or_else(|| RecoveryCode::parse(typed).map(Self::Recovery))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::OffsetDateTime;

    use super::*;
    use crate::oidc::AuthenticationClaims;
    use AuthenticationMethod::*;
    use SecondFactorPolicy::{Off, Optional, Required};
    use SecondStep::{Enrolment, Nothing, SecondFactor};

    const NONE: SecondFactors = SecondFactors { app: false, passkey: false, after_providers: false };
    const APP: SecondFactors = SecondFactors { app: true, ..NONE };
    const APP_ALWAYS: SecondFactors = SecondFactors { after_providers: true, ..APP };
    const PASSKEY: SecondFactors = SecondFactors { passkey: true, ..NONE };

    fn google(amr: &[&str]) -> AuthenticationMethod {
        let amr = amr.iter().map(|method| (*method).to_owned()).collect();
        Provider { provider: "google".into(), claims: AuthenticationClaims { amr, ..AuthenticationClaims::default() } }
    }

    fn steps(methods: &[AuthenticationMethod]) -> Authentications {
        let epoch = OffsetDateTime::UNIX_EPOCH;
        methods.iter().fold(Authentications::default(), |steps, method| steps.and(method.clone(), epoch, epoch))
    }

    #[rstest]
    #[case::off(Off, APP_ALWAYS, &[Password], Nothing)]
    #[case::nothing_set_up(Optional, NONE, &[Password], Nothing)]
    #[case::a_passkey_is_another_way(Optional, PASSKEY, &[Password], Nothing)]
    #[case::after_a_password(Optional, APP, &[Password], SecondFactor)]
    #[case::after_a_reset(Optional, APP, &[EmailLink], SecondFactor)]
    #[case::after_an_email_code(Optional, APP, &[EmailCode { beside_stronger: true }], SecondFactor)]
    #[case::after_a_passkey_alone(Optional, APP, &[Passkey { user_verified: false }], SecondFactor)]
    #[case::a_verified_passkey_is_both(Optional, APP, &[Passkey { user_verified: true }], Nothing)]
    #[case::a_silent_provider(Optional, APP, &[google(&[])], Nothing)]
    #[case::a_silent_provider_if_wanted(Optional, APP_ALWAYS, &[google(&[])], SecondFactor)]
    #[case::a_provider_with_a_password(Optional, APP, &[google(&["pwd"])], SecondFactor)]
    #[case::a_provider_with_two(Optional, APP_ALWAYS, &[google(&["mfa"])], Nothing)]
    #[case::completed(Optional, APP, &[Password, Totp], Nothing)]
    #[case::recovered(Required, APP, &[Password, RecoveryCode], Nothing)]
    #[case::trusted(Required, APP, &[Password, TrustedBrowser], Nothing)]
    #[case::confirmed_by_the_app_alone(Required, APP, &[Totp], Nothing)]
    #[case::required(Required, NONE, &[Password], Enrolment)]
    #[case::required_of_providers(Required, NONE, &[google(&[])], Enrolment)]
    #[case::required_with_app(Required, APP, &[google(&[])], SecondFactor)]
    #[case::no_app_in_place_of_the_passkey(Required, PASSKEY, &[Password], SecondFactor)]
    fn a_second_step_is_due(
        #[case] policy: SecondFactorPolicy,
        #[case] has: SecondFactors,
        #[case] by: &[AuthenticationMethod],
        #[case] due: SecondStep,
    ) {
        assert_eq!(policy.second_step(has, &steps(by)), due);
    }

    #[rstest]
    #[case(Optional, NONE, false)]
    #[case(Optional, APP, true)]
    #[case(Optional, PASSKEY, false)]
    #[case(Required, PASSKEY, true)]
    #[case(Required, NONE, false)]
    #[case(Off, PASSKEY, false)]
    fn what_keeps_a_first_step_out(
        #[case] policy: SecondFactorPolicy,
        #[case] has: SecondFactors,
        #[case] kept_out: bool,
    ) {
        assert_eq!(policy.is_kept_by(has), kept_out);
    }

    #[test]
    fn a_typed_code_is_one_of_two() {
        assert!(matches!(SecondFactorCode::parse("123 456"), Some(SecondFactorCode::Totp(_))));
        assert!(matches!(SecondFactorCode::parse("abcde-fghjk"), Some(SecondFactorCode::Recovery(_))));
        assert_eq!(SecondFactorCode::parse("12345"), None);
    }
}
