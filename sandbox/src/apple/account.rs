//! A user's Apple account as one team sees it.

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};

use crate::persons::Person;
use crate::token_store::Scopes;

/// Stored among the granted scopes when the user chose "Hide My Email".
pub const HIDDEN: &str = "hide my email";

/// `123456.<32 hex digits>.1234`; the same for every client of the team.
pub fn subject(person: &Person, team: &str) -> String {
    let text = hex(&format!("apple sub {team} {}", person.sub));
    let digits = |purpose: &str, bits| person.number(&format!("apple {purpose} {team}"), bits);
    format!("{:06}.{}.{:04}", digits("first", 10), &text[..32], digits("last", 11) % 10_000)
}

/// The email address the team sees: the user's own or a relay.
pub fn email(person: &Person, team: &str, scopes: &Scopes) -> Option<String> {
    let own = person.email.clone()?;
    let relay = || format!("{}@privaterelay.appleid.com", &hex(&format!("apple relay {team} {}", person.sub))[..10]);
    Some(if scopes.contains(HIDDEN) { relay() } else { own })
}

/// `email_verified` and `is_private_email` are strings for some people and booleans for others, as at Apple.
pub fn email_claims(person: &Person, team: &str, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    let Some(email) = email(person, team, scopes).filter(|_| scopes.contains("email")) else {
        return claims;
    };
    let texts = matches!(person.id.as_str(), "ada" | "long" | "linus");
    let spelled = |value: bool| if texts { json!(value.to_string()) } else { json!(value) };
    let hidden = scopes.contains(HIDDEN);
    claims.insert("email".to_owned(), json!(email));
    // Apple's relay addresses are always verified.
    claims.insert("email_verified".to_owned(), spelled(hidden || person.email_verified));
    if person.id != "linus" || hidden {
        claims.insert("is_private_email".to_owned(), spelled(hidden));
    }
    claims
}

fn hex(seed: &str) -> String {
    digest::digest(&digest::SHA256, seed.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_has_apples_format_and_differs_per_team() {
        let person = Person::with_email("x@gmail.com", None);
        let sub = subject(&person, "TEAM");
        let lengths: Vec<_> = sub.split('.').map(str::len).collect();
        assert_eq!(lengths, [6, 32, 4], "{sub}");
        assert_eq!(sub, subject(&person, "TEAM"));
        assert_ne!(sub, subject(&person, "OTHER"));
    }

    #[test]
    fn hidden_email_is_a_relay_address() {
        let person = Person::with_email("x@gmail.com", None);
        let scopes = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Scopes>();
        let open = email_claims(&person, "T", &scopes(&["email"]));
        assert_eq!((&open["email"], &open["is_private_email"]), (&json!("x@gmail.com"), &json!(false)));
        let hidden = email_claims(&person, "T", &scopes(&["email", HIDDEN]));
        assert!(hidden["email"].as_str().unwrap().ends_with("@privaterelay.appleid.com"));
        assert_eq!(hidden["is_private_email"], true);
        assert!(email_claims(&person, "T", &scopes(&["name"])).is_empty());
    }
}
