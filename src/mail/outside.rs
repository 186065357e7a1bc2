//! What comes from outside, made fit for a letter.
//!
//! The threat: somebody who may choose a name, or writes to an address that is not theirs, has our server send their
//! words. Mail programs make links of whatever looks like one, so escaping is not enough: what looks like a link is left
//! out.

use std::net::IpAddr;

use crate::accounts::{EmailAddress, display_name};

const LONGEST: usize = 80;

/// A name or a device in one line; `None` when nothing is left, or when a mail program could make a link of it.
pub(super) fn words(text: &str) -> Option<String> {
    let words = display_name(text)?;
    (words.chars().count() <= LONGEST && !looks_like_a_link(&words)).then_some(words)
}

/// An account at a provider: an e-mail address, or a name.
pub(super) fn account(text: &str) -> Option<String> {
    EmailAddress::parse(text).map(String::from).ok().or_else(|| words(text))
}

/// The name of a device as we describe browsers: letters, digits and spaces.
pub(super) fn device(text: &str) -> Option<String> {
    words(text).filter(|words| words.chars().all(|c| c.is_ascii_alphanumeric() || c == ' '))
}

/// A network address; nothing else passes for one.
pub(super) fn network_address(text: &str) -> Option<String> {
    text.parse::<IpAddr>().ok().map(|address| address.to_string())
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
    fn names_of_people_pass() {
        for name in ["Ada Lovelace", "J. R. Smith", "Sammy Davis Jr.", "O'Hara & Söhne", "山田太郎", "محمد"] {
            assert_eq!(words(name).as_deref(), Some(name));
        }
        assert_eq!(words("Ada\r\nBcc\u{202e}").as_deref(), Some("Ada  Bcc"));
    }

    #[test]
    fn what_a_mail_program_makes_a_link_of_does_not() {
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
    fn an_account_may_be_an_address() {
        assert_eq!(account("Ada@Example.com").as_deref(), Some("ada@example.com"));
        assert_eq!(account("ada").as_deref(), Some("ada"));
        assert_eq!(account("ada@example.com https://evil.example"), None);
    }

    #[test]
    fn device_and_address_are_of_their_kind_or_nothing() {
        assert_eq!(device("Firefox on Linux").as_deref(), Some("Firefox on Linux"));
        assert_eq!(device("Call 112!"), None);
        assert_eq!(network_address("2001:db8::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(network_address("evil"), None);
    }
}
