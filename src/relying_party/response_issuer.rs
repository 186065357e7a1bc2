//! Which `iss` is accepted in the authorization response of a provider that sends none today and may start to (RFC
//! 9207).
//!
//! The threat is the mix-up attack (RFC 9700 §4.4): a response of one authorization server taken for that of another.
//! The provider's issuer is unknown, so `iss` cannot be compared exactly. But an issuer is an https URL without query
//! and fragment (RFC 8414 §2), and only the provider can use its own domains: any such URL there is accepted.

use url::Url;

/// Whether `iss` is plausible for a provider with these domains and this authorization endpoint. `others`: the issuers
/// of the other enabled providers.
///
/// The endpoint's own origin is accepted too, for an endpoint override. Overridden providers may share one origin, so
/// the known issuers of others are rejected there. They are accepted on the provider's own domains: the same tenant may
/// be enabled a second time under its own issuer.
pub(super) fn is_plausible_issuer(
    iss: &str,
    own_domains: &[&str],
    authorization_endpoint: &Url,
    others: &[&str],
) -> bool {
    // The URL parser would ignore spaces and line breaks.
    if !iss.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let Ok(url) = Url::parse(iss) else { return false };
    let is_issuer_url =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let at_own_domain = url.scheme() == "https" && url.port().is_none() && is_below_one_of(own_domains, &url);
    let at_endpoint_origin = url.origin() == authorization_endpoint.origin() && !others.contains(&iss);
    is_issuer_url && (at_own_domain || at_endpoint_origin)
}

fn is_below_one_of(domains: &[&str], url: &Url) -> bool {
    let host = url.domain().unwrap_or_default();
    domains.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn is_accepted(iss: &str) -> bool {
        let endpoint = Url::parse("https://login.provider.example/authorize").unwrap();
        is_plausible_issuer(iss, &["provider.example", "its-other.example"], &endpoint, &["https://other.example"])
    }

    #[rstest]
    #[case("https://provider.example")]
    #[case("https://provider.example/")]
    #[case("https://login.provider.example")]
    #[case("https://a.b.provider.example/oauth")]
    #[case("https://login.provider.example/{tenantid}/v2.0")]
    #[case("https://its-other.example")]
    #[case("https://provider.example:443")]
    fn issuer_on_an_own_domain_is_accepted(#[case] iss: &str) {
        assert!(is_accepted(iss));
    }

    #[rstest]
    #[case::another("https://other.example")]
    #[case::unrelated("https://evil.example")]
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
    #[case::ip_address("https://127.0.0.1")]
    #[case::no_scheme("provider.example")]
    #[case::no_host("https:///")]
    #[case::script("javascript:alert(1)")]
    #[case::leading_space(" https://provider.example")]
    #[case::line_break("https://provider.example\n")]
    #[case::empty("")]
    fn other_issuer_is_rejected(#[case] iss: &str) {
        assert!(!is_accepted(iss));
    }

    #[test]
    fn endpoint_override_is_accepted_at_its_own_origin() {
        let endpoint = Url::parse("http://localhost:3010/x/authorize").unwrap();
        let is_accepted = |iss| is_plausible_issuer(iss, &["x.com"], &endpoint, &["http://localhost:3010/google"]);
        assert!(is_accepted("http://localhost:3010/x") && is_accepted("http://localhost:3010"));
        for iss in ["http://localhost:3010/google", "http://localhost:3011/x", "https://localhost:3010/x"] {
            assert!(!is_accepted(iss), "{iss}");
        }
    }
}
