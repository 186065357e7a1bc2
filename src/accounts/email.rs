//! The canonical form of email addresses: two spellings of one mailbox must never be two users, and two mailboxes never
//! one.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::error::AccountsError;

/// An email address in canonical form. Says nothing about its owner: see
/// [`VerifiedEmail`](super::VerifiedEmail) and [`ClaimedEmail`](super::ClaimedEmail).
///
/// The form: `local@domain`, in ASCII, lower case, at most 254 bytes (RFC 5321 §4.5.3.1.3).
/// - The local part is a dot-atom (RFC 5322 §3.2.3) in ASCII. RFC 5321 §2.4 lets a host distinguish `Ada@` from
///   `ada@`, but no mail provider does, and whoever registers the other spelling is after the first one's account: it is
///   lower-cased. Nothing else is folded: dots and plus tags stay, because only the host knows whether they matter, and `ı`
///   (U+0131) or `K` (U+212A) are refused instead of becoming `i` and `k` (CVE-2019-19844).
/// - The domain is the ASCII form of IDNA (UTS 46, as browsers do it), without a trailing dot: the same
///   name in DNS, hence the same mailbox. IP literals are refused.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// # Errors
    /// [`AccountsError::Email`] with the rule that was broken. White space is not trimmed:
    /// `a@x.example\r\nBcc: b@y.example` is refused (as in CVE-2022-35924).
    pub fn parse(text: &str) -> Result<Self, AccountsError> {
        if text.len() > MAX_BYTES {
            return Err(AccountsError::Email("longer than 254 bytes"));
        }
        let Some((local, domain)) = text.split_once('@') else {
            return Err(AccountsError::Email("no @"));
        };
        let address = format!("{}@{}", canonical_local(local)?, canonical_domain(domain)?);
        if address.len() > MAX_BYTES {
            return Err(AccountsError::Email("longer than 254 bytes"));
        }
        Ok(Self(address))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In its ASCII form.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AccountsError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// RFC 5321 §4.5.3.1.3: a path of 256 with its angle brackets.
const MAX_BYTES: usize = 254;

fn canonical_local(local: &str) -> Result<String, AccountsError> {
    if local.len() > 64 {
        return Err(AccountsError::Email("the part before the @ is longer than 64 bytes"));
    }
    if local.split('.').any(str::is_empty) || !local.bytes().all(is_atext_or_dot) {
        return Err(AccountsError::Email("the part before the @ is not a dot-atom in ASCII"));
    }
    Ok(local.to_ascii_lowercase())
}

/// RFC 5322 §3.2.3. Leaves out the quote, the comma, angle brackets, spaces and every control character, so
/// that an address needs no quoting in headers and envelopes.
fn is_atext_or_dot(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&byte)
}

fn canonical_domain(domain: &str) -> Result<String, AccountsError> {
    // The host parser below decodes percent signs and drops tabs; neither is allowed in an address.
    if !domain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || !(c.is_ascii() || c.is_control()))
    {
        return Err(AccountsError::Email("the domain contains characters that a host name does not"));
    }
    let ascii = match is_plain(domain) {
        true => Cow::Borrowed(domain),
        false => match url::Host::parse(domain) {
            Ok(url::Host::Domain(ascii)) => Cow::Owned(ascii),
            _ => return Err(AccountsError::Email("the domain is not a host name")),
        },
    };
    let ascii = ascii.strip_suffix('.').unwrap_or(&ascii);
    if ascii.len() > 253 || !ascii.split('.').all(is_label) {
        return Err(AccountsError::Email("the domain is not a host name"));
    }
    Ok(ascii.to_owned())
}

/// Whether the host parser would leave a domain as it is. Each request reads two addresses from the database, and they are.
fn is_plain(domain: &str) -> bool {
    let is_unchanged = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    // A number at the end makes an IP address; `xn--` is decoded, and checked.
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.bytes().all(is_unchanged)
        && !last.is_empty()
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && !domain.split('.').any(|label| label.starts_with("xn--"))
}

/// RFC 1123 §2.1 and RFC 1035 §2.3.4.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        EmailAddress::parse(text).ok().map(|address| address.to_string())
    }

    #[test]
    fn spellings_of_one_mailbox_have_one_form() {
        for (spelling, form) in [
            ("ada@example.com", "ada@example.com"),
            ("Ada@EXAMPLE.com", "ada@example.com"),
            ("ada@example.com.", "ada@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@ｅｘａｍｐｌｅ.com", "ada@example.com"),
            ("o'hara+tag@example.com", "o'hara+tag@example.com"),
            ("ada@localhost", "ada@localhost"),
        ] {
            assert_eq!(canonical(spelling).as_deref(), Some(form), "{spelling}");
        }
    }

    #[test]
    fn two_mailboxes_stay_distinct() {
        for (one, other) in [
            ("ada@example.com", "a.da@example.com"),
            ("ada@example.com", "ada+news@example.com"),
            ("ada@example.com", "ada@example.com.evil.example"),
            ("ada@strasse.example", "ada@straße.example"),
            ("ada@paypal.example", "ada@pаypal.example"),
        ] {
            assert_ne!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn anything_but_one_address_is_refused() {
        for text in [
            "",
            "ada",
            "@",
            "@example.com",
            "ada@",
            "ada@.",
            "ada@example..com",
            "ada@.example.com",
            "ada@example.com..",
            "ada@evil.example@example.com",
            "ada@example.com,eve@evil.example",
            "ada@example.com<eve@evil.example>",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "\"ada@evil.example\"@example.com",
            "\"ada\"@example.com",
            "ada@example.com\r\nBcc: eve@evil.example",
            "eve@evil.example\n@example.com",
            "ada@example.com\n",
            " ada@example.com",
            "ada@example.com ",
            "ada @example.com",
            "ada@exam\tple.com",
            "ada\0@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..da@example.com",
            "ıda@example.com",
            "\u{212a}ay@example.com",
            "дана@example.com",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ada@0x7f.1",
            "ada@[::1]",
            "ada@exa%6dple.com",
            "ada@exa_mple.com",
            "ada@-example.com",
            "ada@example-.com",
            "ada@xn--a.example",
            "ada@example.com\u{202e}",
        ] {
            assert_eq!(canonical(text), None, "{text:?}");
        }
    }

    #[test]
    fn length_ends_at_254_bytes() {
        let domain = format!("{}.{}.{}.example", "d".repeat(60), "d".repeat(60), "d".repeat(54));
        let longest = format!("{}@{domain}x", "a".repeat(64));
        assert!(longest.len() <= 254 && canonical(&longest).is_some());
        assert_eq!(canonical(&format!("{}@{domain}", "a".repeat(65))), None);
        assert_eq!(canonical(&format!("a@{}.example", "d".repeat(64))), None);
        assert_eq!(canonical(&format!("a@{}", "d.".repeat(5000))), None);
    }

    proptest! {
        #[test]
        fn a_plain_domain_is_what_the_host_parser_makes_of_it(domain in "[a-z0-9.x-]{1,24}(\\.[a-z]{0,3})?") {
            if is_plain(&domain) {
                match url::Host::parse(&domain) {
                    Ok(url::Host::Domain(parsed)) => prop_assert_eq!(&parsed, &domain),
                    _ => prop_assert!(canonical_domain(&domain).is_err()),
                }
            }
        }

        #[test]
        fn the_canonical_form_is_its_own_canonical_form(text in "\\PC{0,20}@\\PC{0,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert!(address.as_str().is_ascii());
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
            }
        }
    }
}
