//! User input, made safe for an email.
//!
//! The threat: an attacker chooses a name or enters someone else's address, and our server sends the attacker's words.
//! Mail clients turn whatever looks like a link into one, so escaping is not enough: such text is left out.

use std::net::IpAddr;

use crate::accounts::{EmailAddress, display_name};

const LONGEST: usize = 80;

/// A name or a device in one line; `None` if nothing is left, or if a mail client could turn it into a link.
pub(super) fn words(text: &str) -> Option<String> {
    let words = display_name(text)?;
    (words.chars().count() <= LONGEST && !looks_like_a_link(&words)).then_some(words)
}

/// An account at a provider: an email address, or a name.
pub(super) fn account(text: &str) -> Option<String> {
    EmailAddress::parse(text).map(String::from).ok().or_else(|| words(text))
}

/// The name of a device as we describe browsers: letters, digits and spaces.
pub(super) fn device(text: &str) -> Option<String> {
    words(text).filter(|words| words.chars().all(|c| c.is_ascii_alphanumeric() || c == ' '))
}

pub(super) fn ip(text: &str) -> Option<String> {
    text.parse::<IpAddr>().ok().map(|ip| ip.to_string())
}

/// A scheme, a path, an address, or a dot with something right behind it, as in `evil.example` and unlike `J. Doe`.
/// Unicode has more dots than one: those that a host name takes (UTS 46) count.
fn looks_like_a_link(words: &str) -> bool {
    let dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    let mut pairs = words.chars().zip(words.chars().skip(1));
    words.contains(['/', '\\', ':', '@', '<', '>', '\u{ff0f}', '\u{ff1a}'])
        || pairs.any(|(one, next)| dot(one) && !next.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_kept() {
        for name in ["Ada Lovelace", "J. R. Smith", "Sammy Davis Jr.", "O'Hara & Söhne", "山田太郎", "محمد"] {
            assert_eq!(words(name).as_deref(), Some(name));
        }
        assert_eq!(words("Ada\r\nBcc\u{202e}").as_deref(), Some("Ada  Bcc"));
    }

    #[test]
    fn text_that_looks_like_a_link_is_dropped() {
        for name in [
            "https://evil.example",
            "Your prize is at evil.example now",
            "www.evil",
            "evil。example",
            "eve@evil",
            "tel:112",
            "evil/x",
            "<b>",
            "",
            "\n",
            &"a".repeat(81),
        ] {
            assert_eq!(words(name), None, "{name}");
        }
    }

    #[test]
    fn an_account_may_be_an_email_address() {
        assert_eq!(account("Ada@Example.com").as_deref(), Some("ada@example.com"));
        assert_eq!(account("ada").as_deref(), Some("ada"));
        assert_eq!(account("ada@example.com https://evil.example"), None);
    }

    #[test]
    fn invalid_devices_and_ips_are_dropped() {
        assert_eq!(device("Firefox on Linux").as_deref(), Some("Firefox on Linux"));
        assert_eq!(device("Call 112!"), None);
        assert_eq!(ip("2001:db8::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(ip("evil"), None);
    }
}
