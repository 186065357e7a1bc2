//! Apple's key and identifiers: mistakes that Apple would only answer with `invalid_client`.

use url::{Host, Url};

use super::finding::{Area, Findings};
use crate::{
    config::BaseUrl,
    providers::{AppleKey, ClientSecret, Metadata, Provider},
};

/// `None` for a provider whose client secret is not a JWT that we sign. `now` in Unix seconds.
pub(super) fn findings(provider: &Provider, base_url: &BaseUrl, now: i64) -> Option<Findings> {
    let ClientSecret::Apple(key) = &provider.client_secret else { return None };
    let area = Area::Provider { slug: provider.slug.to_string(), label: provider.label.clone() };
    let mut findings = Findings::about(area);
    secret(&mut findings, provider, key, now);
    id(&mut findings, "team_id", "APPLE_TEAM_ID", key.team_id());
    id(&mut findings, "key_id", "APPLE_KEY_ID", key.key_id());
    // An endpoint override has rules of its own for these.
    if matches!(provider.metadata, Metadata::Constant(_)) {
        services_id(&mut findings, &provider.client_id, key.team_id());
        domain(&mut findings, base_url);
    }
    Some(findings)
}

/// As Apple will check it: signed for `now`, verified with the public key.
fn secret(findings: &mut Findings, provider: &Provider, key: &AppleKey, now: i64) {
    const CHECK: &str = "client_secret";
    let signed = key.secret(&provider.client_id, provider.metadata.issuer(), now);
    match signed.is_ok_and(|secret| key.verifies(&secret)) {
        true => findings.ok(CHECK, "signed with APPLE_PRIVATE_KEY (P-256), and verified with its public key"),
        false => findings.failure(
            CHECK,
            "a client secret signed with APPLE_PRIVATE_KEY does not verify",
            "create a new key in Apple's console, put its .p8 file into APPLE_PRIVATE_KEY and its id into APPLE_KEY_ID",
        ),
    }
}

fn id(findings: &mut Findings, check: &'static str, variable: &str, id: &str) {
    let looks_right = id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match looks_right {
        true => findings.ok(check, id),
        false => findings.warning(
            check,
            format!("{variable} is not ten characters from A-Z and 0-9, as Apple's are"),
            format!("copy {variable} from Apple's console again"),
        ),
    }
}

/// A web client is a Services ID. An App ID is for native apps, and no client at all with the team id in front.
fn services_id(findings: &mut Findings, client_id: &str, team_id: &str) {
    const CHECK: &str = "services_id";
    let next = "use the identifier of the Services ID, such as com.example.app";
    let labels: Vec<&str> = client_id.split('.').collect();
    let plain =
        |label: &&str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if labels.first() == Some(&team_id) {
        findings.warning(CHECK, "APPLE_CLIENT_ID is the team's App ID: it begins with APPLE_TEAM_ID", next);
    } else if labels.len() < 2 || !labels.iter().all(plain) {
        findings.warning(CHECK, "APPLE_CLIENT_ID is not a reverse domain name, as a Services ID is", next);
    } else {
        findings.ok(CHECK, client_id);
    }
}

/// "Configure Sign in with Apple for the web": a redirect URI needs https and a domain name.
fn domain(findings: &mut Findings, base_url: &BaseUrl) {
    const CHECK: &str = "domain";
    let url = Url::parse(base_url.origin()).ok();
    let has_name = url.as_ref().is_some_and(|url| matches!(url.host(), Some(Host::Domain(_))));
    if base_url.is_https() && has_name && !base_url.is_loopback() {
        findings.ok(CHECK, "Apple accepts BASE_URL: https and a domain name");
    } else {
        findings.failure(
            CHECK,
            format!(
                "Apple does not accept redirect URIs at {}: it requires https and a domain name",
                base_url.origin()
            ),
            "set BASE_URL to a public https origin; for development, remove the APPLE_ variables and use the sandbox",
        );
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        doctor::Verdict,
        providers::for_tests::{provider, provider_with},
    };

    fn examined(
        client_id: &str,
        team_id: &str,
        key_id: &str,
        base_url: &str,
        endpoint_override: Option<&str>,
    ) -> Findings {
        let settings = [("CLIENT_ID", client_id), ("TEAM_ID", team_id), ("KEY_ID", key_id)];
        let issuer = endpoint_override.map(|issuer| ("ISSUER", issuer));
        let provider = provider_with("apple", &settings.into_iter().chain(issuer).collect::<Vec<_>>());
        findings(&provider, &BaseUrl::parse(base_url).unwrap(), 1_800_000_000).unwrap()
    }

    fn at(base_url: &str) -> Findings {
        examined("com.example.app", "TEAM123456", "KEY1234567", base_url, None)
    }

    #[test]
    fn a_correct_setup_has_only_ok_findings() {
        let findings = at("https://app.example");
        let checks: Vec<_> = findings.list.iter().map(|finding| (finding.check, finding.verdict)).collect();
        let expected =
            ["client_secret", "team_id", "key_id", "services_id", "domain"].map(|check| (check, Verdict::Ok));
        assert_eq!(checks, expected);
    }

    #[rstest]
    #[case("https://app.example", Verdict::Ok)]
    #[case("https://sub.app.example:8443", Verdict::Ok)]
    #[case("http://localhost:3000", Verdict::Failure)]
    #[case("https://localhost", Verdict::Failure)]
    #[case("https://192.0.2.1", Verdict::Failure)]
    #[case("https://[2001:db8::1]", Verdict::Failure)]
    fn apple_requires_https_and_a_domain_name(#[case] base_url: &str, #[case] verdict: Verdict) {
        assert_eq!(at(base_url).verdict("domain"), Some(verdict));
    }

    #[rstest]
    #[case("TEAM123456", Verdict::Ok)]
    #[case("TEAM12345", Verdict::Warning)]
    #[case("TEAM1234567", Verdict::Warning)]
    #[case("team123456", Verdict::Warning)]
    #[case("TEAM-12345", Verdict::Warning)]
    fn team_and_key_ids_have_ten_characters(#[case] id: &str, #[case] verdict: Verdict) {
        let team = examined("com.example.app", id, "KEY1234567", "https://app.example", None);
        assert_eq!((team.verdict("team_id"), team.verdict("key_id")), (Some(verdict), Some(Verdict::Ok)));
        let key = examined("com.example.app", "TEAM123456", id, "https://app.example", None);
        assert_eq!((key.verdict("team_id"), key.verdict("key_id")), (Some(Verdict::Ok), Some(verdict)));
    }

    #[rstest]
    #[case("com.example.app", Verdict::Ok)]
    #[case("com.example.my-app.web", Verdict::Ok)]
    #[case("TEAM123456.com.example.app", Verdict::Warning)]
    #[case("latchkey", Verdict::Warning)]
    #[case("com..app", Verdict::Warning)]
    #[case("https://app.example", Verdict::Warning)]
    #[case("me@example.com", Verdict::Warning)]
    fn a_services_id_is_a_reverse_domain_name(#[case] client_id: &str, #[case] verdict: Verdict) {
        let findings = examined(client_id, "TEAM123456", "KEY1234567", "https://app.example", None);
        assert_eq!(findings.verdict("services_id"), Some(verdict));
    }

    #[test]
    fn an_endpoint_override_skips_apples_naming_rules() {
        let findings =
            examined("sandbox", "TEAM123456", "KEY1234567", "http://localhost:3000", Some("http://localhost:9/apple"));
        assert_eq!(findings.verdict("client_secret"), Some(Verdict::Ok));
        assert_eq!((findings.verdict("services_id"), findings.verdict("domain")), (None, None));
    }

    #[test]
    fn no_finding_holds_the_secret() {
        let findings = at("https://app.example");
        assert!(findings.list.iter().all(|finding| !finding.message.contains("eyJ")), "{findings:?}");
        let github = provider("github");
        assert!(super::findings(&github, &BaseUrl::parse("https://app.example").unwrap(), 0).is_none());
    }
}
