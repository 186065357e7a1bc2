//! How the provider says that it authenticated the user: `auth_time`, `amr` and `acr` (Core §2, RFC 8176).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::times::LATEST_TIME;
use crate::oauth::JsonDocument;

/// Values of `amr` that are kept.
const MAX_METHODS: usize = 8;
/// Longest value of `amr` or `acr` that is kept, in bytes. `acr` may be a URL.
const MAX_BYTES: usize = 100;

/// Values of RFC 8176 §2 by what they show. Microsoft writes `rsa` for a certificate and `ngcmfa` for a device with its own
/// PIN.
const KNOWLEDGE: &[&str] = &["kba", "pin", "pwd"];
const POSSESSION: &[&str] = &["hwk", "otp", "pop", "rsa", "sc", "sms", "swk", "tel"];
const INHERENCE: &[&str] = &["face", "fpt", "iris", "retina", "vbm"];
const SEVERAL: &[&str] = &["mfa", "ngcmfa"];

/// The provider's statement about its own authentication of the user. A sign-in needs none of it, so what is unreadable is
/// absent, and absent shows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationClaims {
    /// `auth_time`: when the provider last authenticated the user, in Unix seconds. Days ago, if it kept its own session.
    pub auth_time: Option<i64>,
    /// `amr`: by which methods. At most eight printable values of at most 100 bytes.
    pub amr: Vec<String>,
    /// `acr`: in which class of authentication.
    pub acr: Option<String>,
    /// `sid`: the provider's session (Back-Channel Logout §2.1). Its row has a hash of it; it is not kept elsewhere.
    #[serde(skip)]
    pub session: Option<String>,
}

impl AuthenticationClaims {
    pub(super) fn of(claims: &JsonDocument) -> Self {
        let amr = claims.get("amr").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            auth_time: claims.get("auth_time").and_then(Value::as_f64).and_then(time),
            amr: amr.iter().filter_map(text).take(MAX_METHODS).collect(),
            acr: claims.get("acr").and_then(text),
            session: claims.get("sid").and_then(text),
        }
    }

    /// Whether the provider says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.is_silent() && self.auth_time.is_none()
    }

    /// Whether the provider says nothing of how it authenticated the user.
    pub fn is_silent(&self) -> bool {
        self.amr.is_empty() && self.acr.is_none()
    }

    /// Whether `amr` names several factors, or methods of two kinds. `acr` has no common values, so it does not count.
    pub fn is_multi_factor(&self) -> bool {
        let has = |kind: &[&str]| self.amr.iter().any(|method| kind.contains(&method.as_str()));
        let kinds = [KNOWLEDGE, POSSESSION, INHERENCE].into_iter().filter(|kind| has(kind)).count();
        has(SEVERAL) || kinds >= 2
    }
}

/// Fractions are cut off; 0 stands for "unknown".
fn time(seconds: f64) -> Option<i64> {
    (1.0..=LATEST_TIME as f64).contains(&seconds).then_some(seconds as i64)
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_plain = (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn of(claims: &Value) -> AuthenticationClaims {
        AuthenticationClaims::of(&JsonDocument::parse_received(claims.to_string().as_bytes()).unwrap())
    }

    #[test]
    fn the_three_claims_are_read() {
        let claims = of(&json!({ "auth_time": 1795962228, "amr": ["pwd", "otp"], "acr": "urn:example:2" }));
        assert_eq!(claims.auth_time, Some(1795962228));
        assert_eq!(claims.amr, ["pwd", "otp"]);
        assert_eq!(claims.acr.as_deref(), Some("urn:example:2"));
        assert!(!claims.is_silent() && of(&json!({ "auth_time": 1 })).is_silent());
    }

    #[rstest]
    #[case(json!(1795962228.379784), Some(1795962228))]
    #[case(json!(0), None)]
    #[case(json!(-1), None)]
    #[case(json!(1e300), None)]
    #[case(json!("1795962228"), None)]
    #[case(json!(null), None)]
    fn an_unusable_time_is_absent(#[case] auth_time: Value, #[case] read: Option<i64>) {
        assert_eq!(of(&json!({ "auth_time": auth_time })).auth_time, read);
    }

    #[rstest]
    #[case(json!("pwd"), &[])]
    #[case(json!({ "pwd": true }), &[])]
    #[case(json!(["pwd", 1, null, "", "two words", "\u{202e}", "otp"]), &["pwd", "otp"])]
    #[case(json!(["a", "b", "c", "d", "e", "f", "g", "h", "i"]), &["a", "b", "c", "d", "e", "f", "g", "h"])]
    fn unusable_methods_are_absent(#[case] amr: Value, #[case] read: &[&str]) {
        assert_eq!(of(&json!({ "amr": amr })).amr, read);
    }

    #[test]
    fn a_long_class_is_absent() {
        assert_eq!(of(&json!({ "acr": "a".repeat(101) })).acr, None);
        assert!(of(&json!({ "acr": "a".repeat(100) })).acr.is_some());
    }

    #[rstest]
    #[case(&["mfa"], true)]
    #[case(&["pwd", "mfa"], true)]
    #[case(&["pwd", "otp"], true)]
    #[case(&["hwk", "fpt"], true)]
    #[case(&["pwd", "pin"], false)]
    #[case(&["otp", "sms"], false)]
    #[case(&["pwd"], false)]
    #[case(&["user", "pwd"], false)]
    #[case(&["MFA"], false)]
    #[case(&[], false)]
    fn several_factors_are_recognised(#[case] amr: &[&str], #[case] several: bool) {
        assert_eq!(of(&json!({ "amr": amr })).is_multi_factor(), several);
    }
}
