//! `auth_time`, `amr` and `acr` in words.

use crate::oidc::AuthenticationClaims;

/// "Google reports: password, hardware key; signed in there 3 days earlier"; `None` if the provider said nothing. `at` is
/// the time of the event, in Unix seconds.
pub(super) fn authentication_claims(claims: &AuthenticationClaims, label: &str, at: i64) -> Option<String> {
    let methods: Vec<_> = claims.amr.iter().map(|method| method_name(method)).collect();
    let parts = [
        (!methods.is_empty()).then(|| methods.join(", ")),
        claims.acr.as_ref().map(|acr| format!("class {acr}")),
        claims.auth_time.map(|then| format!("signed in there {}", earlier(at.saturating_sub(then)))),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{label} reports: {}", parts.join("; ")))
}

/// A value of `amr` (RFC 8176 §2); another one stays as it is.
fn method_name(method: &str) -> &str {
    match method {
        "pwd" => "password",
        "pin" => "PIN",
        "kba" => "security question",
        "otp" => "one-time code",
        "hwk" => "hardware key",
        "swk" => "software key",
        "sc" => "smart card",
        "rsa" => "certificate",
        "sms" => "text message",
        "tel" => "phone call",
        "fpt" => "fingerprint",
        "face" => "face",
        "iris" | "retina" => "eye scan",
        "vbm" => "voice",
        "mfa" | "ngcmfa" => "several factors",
        other => other,
    }
}

/// In the largest unit that fits. Clocks differ by a minute.
fn earlier(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => return "just then".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} earlier", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn claims(amr: &[&str], auth_time: Option<i64>, acr: Option<&str>) -> AuthenticationClaims {
        let amr = amr.iter().map(|method| (*method).to_owned()).collect();
        AuthenticationClaims { auth_time, amr, acr: acr.map(str::to_owned), session: None }
    }

    #[rstest]
    #[case(claims(&[], None, None), None)]
    #[case(claims(&["pwd", "hwk"], None, None), Some("Google reports: password, hardware key"))]
    #[case(claims(&[], Some(0), None), Some("Google reports: signed in there 3 days earlier"))]
    #[case(claims(&["mfa"], Some(255_600), Some("urn:x")), Some("Google reports: several factors; class urn:x; signed in there 1 hour earlier"))]
    #[case(claims(&["of_the_future"], None, None), Some("Google reports: of_the_future"))]
    fn claims_become_one_line(#[case] claims: AuthenticationClaims, #[case] line: Option<&str>) {
        assert_eq!(authentication_claims(&claims, "Google", 259_200).as_deref(), line);
    }

    #[rstest]
    #[case(-30, "just then")]
    #[case(59, "just then")]
    #[case(60, "1 minute earlier")]
    #[case(7199, "1 hour earlier")]
    #[case(7200, "2 hours earlier")]
    #[case(86_400, "1 day earlier")]
    fn the_largest_unit_that_fits_is_named(#[case] seconds: i64, #[case] text: &str) {
        assert_eq!(earlier(seconds), text);
    }
}
