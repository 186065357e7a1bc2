//! What a provider tells for display, bounded: it is shown to people and kept for years.

use url::{Host, Url};

/// A name fit to be shown: at most 200 characters in one line, without control characters and without the
/// ones that turn the writing direction (a name could otherwise rewrite the sentence around it). `None` when
/// nothing is left.
pub fn display_name(text: &str) -> Option<String> {
    let shown: String = text
        .chars()
        .take(LOOKED_AT)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !c.is_control() && !turns_or_hides(c))
        .take(LONGEST_NAME)
        .collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// The address of a picture that the provider of an issuer told: https, at most 2 KB, without a user name or password in
/// it. Plain http only at the issuer's own origin, on this machine: a stand-in's, which the configuration admits nowhere
/// else. `None` for anything else; `javascript:` and `data:` among it.
pub fn picture_url(text: &str, issuer: &str) -> Option<String> {
    if text.len() > LONGEST_URL {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let plain = (url.scheme() == "https" || is_of_endpoint_override(&url, issuer))
        && url.username().is_empty()
        && url.password().is_none();
    let address = url.to_string();
    (plain && address.len() <= LONGEST_URL).then_some(address)
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

const LONGEST_NAME: usize = 200;
/// A name of ten megabytes is not walked to its end.
const LOOKED_AT: usize = 4 * LONGEST_NAME;
const LONGEST_URL: usize = 2048;

/// Unicode's bidirectional controls (UAX 9 §2), the line and paragraph separators, the byte order mark and the
/// tag characters.
fn turns_or_hides(c: char) -> bool {
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
    fn a_name_stays_as_it_is() {
        for name in ["Ada Lovelace", "山田太郎", "محمد", "O'Hara <b>", "Zoë 👩‍🔬"] {
            assert_eq!(display_name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_name_cannot_leave_its_place() {
        assert_eq!(display_name(" Ada\r\n\tL\0 ").as_deref(), Some("Ada   L"));
        assert_eq!(display_name("Ada\u{202e}ecalevoL\u{2066}").as_deref(), Some("AdaecalevoL"));
        assert_eq!(display_name(&"a".repeat(10_000_000)).map(|name| name.len()), Some(200));
        assert_eq!(display_name("\u{202e}\n"), None);
    }

    #[test]
    fn a_picture_is_an_https_address() {
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
    fn over_http_it_is_a_stand_ins_own_on_this_machine() {
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
        assert_eq!(picture_url("http://id.example/ada", "http://id.example"), None, "elsewhere than on this machine");
        assert_eq!(picture_url("http://me:secret@localhost:3010/ada", "http://localhost:3010"), None);
        assert_eq!(picture_url("http://localhost.evil.example/ada", "http://localhost.evil.example"), None);
    }
}
