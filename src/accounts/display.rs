//! Names and pictures from providers, bounded and cleaned for display.

use url::{Host, Url};

/// At most 200 characters in one line, without control characters and bidirectional controls, which could rewrite the
/// sentence around the name. `None` when nothing is left.
pub fn display_name(text: &str) -> Option<String> {
    let shown: String = text
        .chars()
        .take(READ_CHARS)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !is_bidi_or_invisible(c))
        .take(MAX_NAME)
        .collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// An https URL of at most 2 KB without credentials. http is allowed only on loopback at the issuer's own origin: that
/// of an endpoint override. `None` for anything else, including `javascript:` and `data:`.
pub fn picture_url(text: &str, issuer: &str) -> Option<String> {
    if text.len() > MAX_URL {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let plain = (url.scheme() == "https" || is_of_endpoint_override(&url, issuer))
        && url.username().is_empty()
        && url.password().is_none();
    let url = url.to_string();
    (plain && url.len() <= MAX_URL).then_some(url)
}

fn is_of_endpoint_override(url: &Url, issuer: &str) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    is_here && url.scheme() == "http" && Url::parse(issuer).is_ok_and(|issuer| issuer.origin() == url.origin())
}

const MAX_NAME: usize = 200;
/// A name of ten megabytes is not read to its end.
const READ_CHARS: usize = 4 * MAX_NAME;
const MAX_URL: usize = 2048;

/// Unicode's bidirectional controls (UAX 9 §2), the line and paragraph separators, the byte order mark and the
/// tag characters.
fn is_bidi_or_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{061c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_name_is_unchanged() {
        for name in ["Ada Lovelace", "山田太郎", "محمد", "O'Hara <b>", "Zoë 👩‍🔬"] {
            assert_eq!(display_name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn control_characters_are_removed_from_a_name() {
        assert_eq!(display_name(" Ada\r\n\tL\0 ").as_deref(), Some("Ada   L"));
        assert_eq!(display_name("Ada\u{202e}ecalevoL\u{2066}").as_deref(), Some("AdaecalevoL"));
        assert_eq!(display_name(&"a".repeat(10_000_000)).map(|name| name.len()), Some(200));
        assert_eq!(display_name("\u{202e}\n"), None);
    }

    #[test]
    fn a_picture_is_an_https_url() {
        let picture = "https://lh3.googleusercontent.com/a/x=s96-c";
        let picture_url = |text: &str| picture_url(text, "https://lh3.example");
        assert_eq!(picture_url(picture).as_deref(), Some(picture));
        for text in [
            "http://lh3.example/a",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "//lh3.example/a",
            "https://me:secret@lh3.example/a",
            "",
        ] {
            assert_eq!(picture_url(text), None, "{text}");
        }
        assert_eq!(picture_url(&format!("https://lh3.example/{}", "a".repeat(2048))), None);
    }

    #[test]
    fn http_is_allowed_for_an_endpoint_override_only() {
        for (issuer, picture) in [
            ("http://localhost:3010/google", "http://localhost:3010/picture/ada"),
            ("http://127.0.0.1:3010", "http://127.0.0.1:3010/picture/ada"),
            ("http://[::1]:3010", "http://[::1]:3010/picture/ada"),
        ] {
            assert_eq!(picture_url(picture, issuer).as_deref(), Some(picture));
            for other in [
                "https://accounts.google.com",
                "https://localhost:3010",
                "http://localhost:3011",
                "http://evil.example:3010",
                "",
            ] {
                assert_eq!(picture_url(picture, other), None, "{other}");
            }
        }
        assert_eq!(picture_url("http://id.example/ada", "http://id.example"), None, "not loopback");
        assert_eq!(picture_url("http://me:secret@localhost:3010/ada", "http://localhost:3010"), None);
        assert_eq!(picture_url("http://localhost.evil.example/ada", "http://localhost.evil.example"), None);
    }
}
