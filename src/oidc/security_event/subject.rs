//! Whom a message is about: `sub`, `sub_id` (RFC 9493, SSF 1.0 §3), or `subject` in an event (RISC drafts, Google).

use serde_json::{Map, Value};

use crate::oauth::{DocumentError, JsonDocument};

/// Longest `sub`, in bytes (OpenID Connect Core §2).
const MAX_BYTES: usize = 255;

/// `None` where it names no user, or by an identifier that is not a `sub`: an email address, a phone number, a token.
pub(super) fn of(
    claims: &JsonDocument,
    events: &Map<String, Value>,
    is_issuer: impl Fn(&str) -> bool,
) -> Result<Option<String>, DocumentError> {
    let of_claim = claims.optional_str("sub")?;
    let identifier = |value: &Value| of_identifier(value, &is_issuer);
    let of_identifiers = || {
        let of_token = claims.get("sub_id").and_then(identifier);
        of_token.or_else(|| events.values().find_map(|event| event.get("subject").and_then(identifier)))
    };
    // Apple's.
    let of_event = || events.values().find_map(|event| event.get("sub").and_then(Value::as_str).map(str::to_owned));
    let subject = of_claim.map(str::to_owned).or_else(of_identifiers).or_else(of_event);
    match subject.as_deref().is_none_or(is_usable) {
        true => Ok(subject),
        false => Err(DocumentError::WrongType("sub")),
    }
}

/// `{"format": "iss_sub", "iss", "sub"}`, Google's `{"subject_type": "iss-sub", …}`, or such a `user` in a complex one.
fn of_identifier(identifier: &Value, is_issuer: &impl Fn(&str) -> bool) -> Option<String> {
    let identifier = identifier.get("user").filter(|user| user.is_object()).unwrap_or(identifier);
    let text = |name: &str| identifier.get(name).and_then(Value::as_str);
    let format = text("format").or_else(|| text("subject_type"))?;
    let is_pair = matches!(format, "iss_sub" | "iss-sub" | "id_token_claims");
    (is_pair && is_issuer(text("iss")?)).then(|| text("sub").map(str::to_owned)).flatten()
}

fn is_usable(subject: &str) -> bool {
    (1..=MAX_BYTES).contains(&subject.len()) && subject.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}
