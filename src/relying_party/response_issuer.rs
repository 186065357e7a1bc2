//! Which `iss` counts in the authorization response of a provider that names none today and may begin to (RFC 9207).
//!
//! The threat is the mix-up (RFC 9700 §4.4): a response of one authorization server taken for another's. The provider's
//! own name for itself is not known here, so nothing can be compared byte by byte; but a provider names itself after a
//! domain of its own (RFC 8414 §2: an https address without query and fragment), and another server cannot be at one.
//! An honest beginner passes, whichever of its hosts it chooses.

use url::Url;

/// Whether this can be the name of a provider with these domains of its own, `authorization_endpoint` among its
/// addresses. `others` are the issuers of the other providers that are switched on.
///
/// Beside the domains counts the origin of the endpoint: that of a stand-in. Stand-ins share one, so that there
/// another's known name is refused. On a provider's own domains it is not: the same tenant can be switched on a second
/// time under its own issuer, and is still the provider's.
pub(super) fn can_be_its_name(iss: &str, own_domains: &[&str], authorization_endpoint: &Url, others: &[&str]) -> bool {
    // A parser would pass over blanks and line breaks.
    if !iss.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let Ok(url) = Url::parse(iss) else { return false };
    let is_a_name =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let at_own_domain = url.scheme() == "https" && url.port().is_none() && is_below_one_of(own_domains, &url);
    let beside_the_endpoint = url.origin() == authorization_endpoint.origin() && !others.contains(&iss);
    is_a_name && (at_own_domain || beside_the_endpoint)
}

fn is_below_one_of(domains: &[&str], url: &Url) -> bool {
    let host = url.domain().unwrap_or_default();
    domains.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn judged(iss: &str) -> bool {
        let endpoint = Url::parse("https://login.provider.example/authorize").unwrap();
        can_be_its_name(iss, &["provider.example", "its-other.example"], &endpoint, &["https://other.example"])
    }

    #[rstest]
    #[case("https://provider.example")]
    #[case("https://provider.example/")]
    #[case("https://login.provider.example")]
    #[case("https://a.b.provider.example/oauth")]
    #[case("https://login.provider.example/{tenantid}/v2.0")]
    #[case("https://its-other.example")]
    #[case("https://provider.example:443")]
    fn whatever_an_honest_beginner_calls_itself_passes(#[case] iss: &str) {
        assert!(judged(iss));
    }

    #[rstest]
    #[case::another("https://other.example")]
    #[case::a_stranger("https://evil.example")]
    #[case::plain_http("http://provider.example")]
    #[case::longer("https://provider.example.evil.example")]
    #[case::looks_like_it("https://notprovider.example")]
    #[case::in_the_path("https://evil.example/provider.example")]
    #[case::in_the_user("https://provider.example@evil.example")]
    #[case::with_a_user("https://me@provider.example")]
    #[case::backslash("https://evil.example\\@provider.example")]
    #[case::in_the_query("https://provider.example?x=y")]
    #[case::with_a_fragment("https://provider.example#x")]
    #[case::another_port("https://provider.example:8443")]
    #[case::a_number("https://127.0.0.1")]
    #[case::no_scheme("provider.example")]
    #[case::no_host("https:///")]
    #[case::script("javascript:alert(1)")]
    #[case::a_blank(" https://provider.example")]
    #[case::a_line_break("https://provider.example\n")]
    #[case::empty("")]
    fn whatever_it_would_not_call_itself_does_not(#[case] iss: &str) {
        assert!(!judged(iss));
    }

    #[test]
    fn a_stand_in_is_where_its_endpoint_is_and_not_its_neighbour() {
        let endpoint = Url::parse("http://localhost:3010/x/authorize").unwrap();
        let judged = |iss| can_be_its_name(iss, &["x.com"], &endpoint, &["http://localhost:3010/google"]);
        assert!(judged("http://localhost:3010/x") && judged("http://localhost:3010"));
        for iss in ["http://localhost:3010/google", "http://localhost:3011/x", "https://localhost:3010/x"] {
            assert!(!judged(iss), "{iss}");
        }
    }
}
