//! Sanitises what a provider's API returns, for pages. Texts and links are untrusted: anyone may have shared a file or an event
//! with the user.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::{Origin, Url};

use super::{ApiScope, Granted, Grants};

/// The domain of Google's own pages: `drive.google.com`, `docs.google.com`, `www.google.com/calendar`.
const SITE: &str = "google.com";

/// A text without control characters. Nothing is cut: white space becomes a space, and direction overrides and other control
/// characters become U+FFFD (`invoice[U+202E]fdp.exe` would read as a PDF).
pub fn words(text: &str) -> String {
    let harmless = |character: char| match character {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Embeddings, overrides and isolates (Unicode Standard Annex #9 §2).
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        character if character.is_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    text.chars().map(harmless).collect()
}

/// The link, if it is https at Google's own site, or at a mock's origin in development. Anything else, `javascript:` above
/// all, is `None`.
pub fn link(text: &str, endpoint_override: Option<&Origin>) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let at_site =
        url.scheme() == "https" && url.port().is_none() && url.domain().is_some_and(|domain| is_at(domain, SITE));
    let at_mock = endpoint_override.is_some_and(|origin| *origin == url.origin());
    (is_plain && (at_site || at_mock)).then(|| url.into())
}

/// Unix seconds of a time with its offset (RFC 3339).
pub fn timestamp(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

impl Grants {
    /// The origin of the mock that replaces the provider's API, where links may lead, too.
    pub fn endpoint_override<S: ApiScope>(&self, granted: &Granted<S>) -> Option<Origin> {
        let provider = self.relying_party.provider(&granted.identity().provider)?;
        let api = Url::parse(provider.api.as_deref()?).ok()?;
        let domain = api.domain().unwrap_or_default();
        (!provider.spec.own_domains.iter().any(|own| is_at(domain, own))).then(|| api.origin())
    }
}

/// Whether it is that domain or a subdomain.
fn is_at(domain: &str, site: &str) -> bool {
    domain.strip_suffix(site).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Übersicht 旅行 🦄👩🏽‍🚀 e\u{301}", "Übersicht 旅行 🦄👩🏽‍🚀 e\u{301}")]
    #[case("تقرير שנתי.docx", "تقرير שנתי.docx")]
    #[case("two\nlines\r\nand a\ttab", "two lines  and a tab")]
    #[case("line\u{2028}separator\u{85}.txt", "line separator .txt")]
    #[case("invoice\u{202e}fdp.exe", "invoice\u{fffd}fdp.exe")]
    #[case("a\u{0}b\u{1b}[31m\u{7f}\u{2066}", "a\u{fffd}b\u{fffd}[31m\u{fffd}\u{fffd}")]
    #[case("<script>alert(1)</script>", "<script>alert(1)</script>")]
    #[case("", "")]
    fn control_characters_are_replaced_and_nothing_is_cut(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(words(text), shown);
        assert_eq!(text.chars().count(), shown.chars().count(), "nothing is cut");
    }

    #[rstest]
    #[case("https://docs.google.com/document/d/1/edit?usp=drivesdk")]
    #[case("https://drive.google.com/file/d/1/view")]
    #[case("https://google.com/")]
    #[case("http://localhost:3010/google/drive/file/d/1")]
    fn links_to_google_and_to_the_mock_are_kept(#[case] text: &str) {
        let endpoint_override = Url::parse("http://localhost:3010/google-api").unwrap().origin();
        assert_eq!(link(text, Some(&endpoint_override)).as_deref(), Some(text));
        assert_eq!(link(text, None).is_some(), text.starts_with("https://"));
    }

    #[rstest]
    #[case("javascript:alert(1)")]
    #[case("data:text/html,x")]
    #[case("http://drive.google.com/x")]
    #[case("https://drive.google.com:8443/x")]
    #[case("https://drive.google.com@evil.example/x")]
    #[case("https://user@drive.google.com/x")]
    #[case("https://notgoogle.com/x")]
    #[case("https://google.com.evil.example/x")]
    #[case("https://evil.example/google.com")]
    #[case("//drive.google.com/x")]
    #[case("/drive")]
    #[case("http://localhost:3011/google/drive/file/d/1")]
    #[case("https://localhost:3010/x")]
    #[case("")]
    fn any_other_link_is_dropped(#[case] text: &str) {
        let endpoint_override = Url::parse("http://localhost:3010/google-api").unwrap().origin();
        assert_eq!(link(text, Some(&endpoint_override)), None);
    }

    #[test]
    fn a_timestamp_needs_an_offset() {
        assert_eq!(timestamp("1970-01-01T00:01:00.250Z"), Some(60));
        assert_eq!(timestamp("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!((timestamp("1970-01-01T00:00:00"), timestamp("1970-01-01"), timestamp("soon")), (None, None, None));
    }
}
