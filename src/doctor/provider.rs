//! What one provider's answers mean for the operator.

use super::finding::{Area, Findings};
use crate::{
    config::variables_of,
    oauth::ResponseError,
    oidc::{DiscoveryError, JwksError, LEEWAY_SECONDS},
    providers::{Note, built_in},
    relying_party::{
        Announced, BeginError, ClientCheck, EndpointSource, HttpError, KeysError, ProviderCheckup, TokenEndpointCheckup,
    },
};

pub(super) fn findings(checkup: &ProviderCheckup) -> Findings {
    let area = Area::Provider { slug: checkup.slug.clone(), label: checkup.label.clone() };
    let mut findings = Findings::about(area);
    let variables = variables_of(&checkup.slug);
    findings.ok("redirect_uri", format!("{} (register exactly this in the provider's console)", checkup.redirect_uri));
    endpoints(&mut findings, checkup, &variables);
    if let Some(announced) = &checkup.announced {
        algorithms(&mut findings, announced);
        pkce(&mut findings, announced);
    }
    if let Some(published) = &checkup.keys {
        keys(&mut findings, published, checkup);
    }
    if let Some(answer) = &checkup.token_endpoint {
        token_endpoint(&mut findings, answer, checkup, &variables);
    }
    if let Some(skew) = checkup.clock_skew {
        clock(&mut findings, skew);
    }
    further_clients(&mut findings, checkup);
    notes(&mut findings, checkup);
    findings
}

fn algorithms(findings: &mut Findings, announced: &Announced) {
    let names: Vec<_> = announced.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    match names.is_empty() {
        false => findings.ok("algorithms", format!("accepts id_tokens signed with {}", names.join(", "))),
        true => findings.failure(
            "algorithms",
            "announces no signature algorithm that sign-ins accept",
            "choose RS256, PS256, ES256 or EdDSA for id_tokens at the provider",
        ),
    }
}

fn pkce(findings: &mut Findings, announced: &Announced) {
    match (announced.pkce, announced.uses_pkce) {
        (true, true) => findings.ok("pkce", "S256, announced and used"),
        (false, true) => findings.hint(
            "pkce",
            "not announced; it is sent all the same, and may be ignored",
            "nothing to do, or turn PKCE with S256 on at the provider",
        ),
        (_, false) => findings.ok("pkce", "not used: this provider rejects it"),
    }
}

fn further_clients(findings: &mut Findings, checkup: &ProviderCheckup) {
    let ids = &checkup.further_client_ids;
    if !ids.is_empty() {
        findings.ok("further_clients", format!("tokens of these clients are accepted as well: {}", ids.join(", ")));
    }
}

/// Only for the provider itself: a mock has other habits.
fn notes(findings: &mut Findings, checkup: &ProviderCheckup) {
    let is_the_provider = checkup.endpoints.as_ref().is_ok_and(|source| *source == EndpointSource::BuiltIn)
        && checkup.issuer.starts_with("https://");
    let notes = built_in(&checkup.slug).filter(|_| is_the_provider).map(|row| row.notes).unwrap_or_default();
    for Note { fact, next_step } in notes {
        findings.hint("note", *fact, *next_step);
    }
}

fn endpoints(findings: &mut Findings, checkup: &ProviderCheckup, variables: &str) {
    let issuer = &checkup.issuer;
    let next = match &checkup.endpoints {
        Ok(EndpointSource::BuiltIn) => {
            return findings.ok("discovery", format!("the endpoints of {issuer} are built in"));
        }
        Ok(EndpointSource::Discovered) => {
            return findings.ok("discovery", format!("{issuer} publishes a valid discovery document"));
        }
        Err(BeginError::Http(error)) => after_http_error(*error, checkup),
        Err(BeginError::Metadata(DiscoveryError::IssuerMismatch)) => {
            format!("set {variables}_ISSUER to exactly the `issuer` in that document, including any trailing slash")
        }
        Err(BeginError::Metadata(DiscoveryError::Response(error))) if error.is_unavailable() => OUTAGE.to_owned(),
        Err(BeginError::Metadata(DiscoveryError::Response(_) | DiscoveryError::Malformed(_))) => format!(
            "check {variables}_ISSUER: {}/.well-known/openid-configuration must return JSON",
            issuer.trim_end_matches('/')
        ),
        Err(_) => "this provider cannot be used as it is: contact its operator".to_owned(),
    };
    if let Err(error) = &checkup.endpoints {
        findings.failure("discovery", format!("{issuer}: {error}"), next);
    }
}

fn keys(findings: &mut Findings, published: &Result<usize, KeysError>, checkup: &ProviderCheckup) {
    let next = match published {
        Ok(1) => return findings.ok("keys", "1 usable key"),
        Ok(count) => return findings.ok("keys", format!("{count} usable keys")),
        Err(KeysError::NoKeys | KeysError::BreakerOpen) => "try again in a minute".to_owned(),
        Err(KeysError::Http(error)) => after_http_error(*error, checkup),
        Err(KeysError::Jwks(JwksError::Response(error))) if error.is_unavailable() => OUTAGE.to_owned(),
        Err(KeysError::Jwks(_)) => "no id_token can be verified: contact the provider's operator".to_owned(),
    };
    if let Err(error) = published {
        findings.failure("keys", error.to_string(), next);
    }
}

fn token_endpoint(findings: &mut Findings, answer: &TokenEndpointCheckup, checkup: &ProviderCheckup, variables: &str) {
    const CHECK: &str = "token_endpoint";
    match answer {
        TokenEndpointCheckup::NoClientAuthentication => findings.failure(
            CHECK,
            "offers no supported client authentication method",
            "enable client_secret_basic or client_secret_post for the client",
        ),
        TokenEndpointCheckup::NoAnswer(error) => {
            findings.failure(CHECK, error.to_string(), after_http_error(*error, checkup))
        }
        TokenEndpointCheckup::Unavailable(429) => {
            findings.warning(CHECK, "rate limited (429): could not check the client", "try again in a few minutes")
        }
        TokenEndpointCheckup::Unavailable(status) => {
            let error = ResponseError::Unavailable { status: *status, retry_after: None };
            findings.failure(CHECK, error.to_string(), OUTAGE);
        }
        TokenEndpointCheckup::Answered(check) => {
            findings.ok(CHECK, "answers");
            client(findings, check, checkup, variables);
        }
    }
}

fn client(findings: &mut Findings, check: &ClientCheck, checkup: &ProviderCheckup, variables: &str) {
    const CHECK: &str = "client";
    let ProviderCheckup { label, redirect_uri, said, .. } = checkup;
    let said = said.as_ref().map(|said| format!("; the provider says: {said}")).unwrap_or_default();
    match check {
        ClientCheck::Accepted => findings.ok(CHECK, "known, and authenticates as configured"),
        ClientCheck::SameForUnknown => findings.warning(
            CHECK,
            "cannot tell whether it is known: the provider gives the same answer for a client that does not exist",
            "sign in once to test it",
        ),
        ClientCheck::Unknown => findings.failure(
            CHECK,
            format!("invalid_client: unknown client id, or wrong secret{said}"),
            format!("copy {variables}_CLIENT_ID and {variables}_CLIENT_SECRET from {label}'s console again"),
        ),
        ClientCheck::NotAllowed => findings.failure(
            CHECK,
            format!("unknown client id, or not allowed to use the authorization code flow{said}"),
            format!("check {variables}_CLIENT_ID, and that the client is a web application in {label}'s console"),
        ),
        ClientCheck::RedirectUriNotRegistered => findings.failure(
            CHECK,
            "the client is known, but the redirect URI is not registered",
            format!("register exactly {redirect_uri} in {label}'s console"),
        ),
        ClientCheck::Unclear(what) => {
            findings.warning(CHECK, format!("could not check the client: {what}{said}"), "sign in once to test it")
        }
        ClientCheck::AcceptsAnyCode => findings.failure(
            CHECK,
            "the provider issued tokens for an invalid code: its sign-ins prove nothing",
            "do not use this provider; if it is your own test server, fix it",
        ),
    }
}

/// `skew`: seconds by which the provider's clock is ahead.
fn clock(findings: &mut Findings, skew: i64) {
    let apart = skew.unsigned_abs();
    let side = if skew > 0 { "behind" } else { "ahead of" };
    if apart > LEEWAY_SECONDS {
        findings.warning(
            "clock",
            format!("this machine is {apart} s {side} the provider: beyond {LEEWAY_SECONDS} s, id_tokens are rejected"),
            "synchronise this machine's clock by NTP (`timedatectl` shows whether it is)",
        );
    } else {
        findings.ok("clock", format!("{apart} s apart"));
    }
}

const OUTAGE: &str = "the provider has an outage: check its status page and try again";

fn after_http_error(error: HttpError, checkup: &ProviderCheckup) -> String {
    let next = match error {
        HttpError::Unreachable => "check the host name, and this machine's DNS, firewall and root certificates",
        HttpError::NoTunnel => {
            "check OUTBOUND_PROXY (or HTTPS_PROXY), its credentials, and that it may connect to the provider"
        }
        HttpError::Timeout | HttpError::Interrupted => {
            "try again; if it persists, check this machine's firewall and the provider's status page"
        }
        HttpError::ForbiddenAddress(address) if checkup.is_self_hosted => {
            return format!("if the provider is in your own network, add {address} or its network to PRIVATE_NETWORKS");
        }
        HttpError::ForbiddenAddress(_) => "this provider is on the internet: check this machine's DNS",
        HttpError::MetadataAddress(_) => "no setting allows it: check the host name and this machine's DNS",
        HttpError::TooLarge | HttpError::Malformed => "check the provider's URL",
    };
    next.to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        doctor::{Finding, Verdict},
        oauth::ProviderMessage,
        oidc::Algorithm,
    };

    fn healthy() -> ProviderCheckup {
        ProviderCheckup {
            slug: "work".to_owned(),
            label: "Work".to_owned(),
            issuer: "https://id.example".to_owned(),
            is_self_hosted: true,
            redirect_uri: "https://app.example/auth/callback/work".to_owned(),
            endpoints: Ok(EndpointSource::Discovered),
            keys: Some(Ok(2)),
            token_endpoint: Some(TokenEndpointCheckup::Answered(ClientCheck::Accepted)),
            said: None,
            announced: Some(Announced { algorithms: vec![Algorithm::Rs256], pkce: true, uses_pkce: true }),
            further_client_ids: vec!["an-app".to_owned()],
            clock_skew: Some(0),
        }
    }

    fn one(checkup: &ProviderCheckup, check: &str) -> Finding {
        findings(checkup).list.into_iter().find(|finding| finding.check == check).unwrap()
    }

    #[test]
    fn a_healthy_provider_has_only_ok_findings() {
        let findings = findings(&healthy());
        assert!(findings.list.iter().all(|finding| finding.verdict == Verdict::Ok), "{findings:?}");
        assert!(findings.list[0].message.starts_with("https://app.example/auth/callback/work "));
    }

    #[rstest]
    #[case::unreachable(HttpError::Unreachable.into(), "DNS")]
    #[case::timeout(HttpError::Timeout.into(), "try again")]
    #[case::no_tunnel(HttpError::NoTunnel.into(), "OUTBOUND_PROXY")]
    #[case::inside(HttpError::ForbiddenAddress([10, 0, 0, 7].into()).into(), "add 10.0.0.7 or its network to PRIVATE_NETWORKS")]
    #[case::metadata(HttpError::MetadataAddress([169, 254, 169, 254].into()).into(), "no setting allows it")]
    #[case::other_issuer(DiscoveryError::IssuerMismatch.into(), "OIDC_WORK_ISSUER")]
    #[case::not_found(DiscoveryError::Response(ResponseError::UnexpectedStatus(404)).into(), "OIDC_WORK_ISSUER")]
    #[case::unavailable(DiscoveryError::Response(ResponseError::Unavailable { status: 503, retry_after: None }).into(), "status page")]
    #[case::no_code_flow(DiscoveryError::NoCodeFlow.into(), "contact its operator")]
    fn the_next_step_fits_the_discovery_error(#[case] error: BeginError, #[case] next: &str) {
        let checkup = ProviderCheckup { endpoints: Err(error), ..healthy() };
        let finding = one(&checkup, "discovery");
        assert_eq!(finding.verdict, Verdict::Failure);
        assert!(finding.next.as_deref().unwrap().contains(next), "{finding:?}");
    }

    #[rstest]
    #[case(ClientCheck::Accepted, Verdict::Ok)]
    #[case(ClientCheck::SameForUnknown, Verdict::Warning)]
    #[case(ClientCheck::Unknown, Verdict::Failure)]
    #[case(ClientCheck::NotAllowed, Verdict::Failure)]
    #[case(ClientCheck::RedirectUriNotRegistered, Verdict::Failure)]
    #[case(ClientCheck::Unclear("odd".to_owned()), Verdict::Warning)]
    #[case(ClientCheck::AcceptsAnyCode, Verdict::Failure)]
    fn client_checks_are_judged(#[case] check: ClientCheck, #[case] verdict: Verdict) {
        let token_endpoint = Some(TokenEndpointCheckup::Answered(check));
        let finding = one(&ProviderCheckup { token_endpoint, ..healthy() }, "client");
        assert_eq!(finding.verdict, verdict);
        assert_eq!(finding.next.is_some(), verdict != Verdict::Ok);
    }

    #[test]
    fn the_providers_words_are_shown() {
        let said = ProviderMessage::new(Some("invalid_client"), Some("The secret has expired."), &[]);
        let token_endpoint = Some(TokenEndpointCheckup::Answered(ClientCheck::Unknown));
        let finding = one(&ProviderCheckup { token_endpoint, said, ..healthy() }, "client");
        assert!(finding.message.ends_with("the provider says: invalid_client: The secret has expired."), "{finding:?}");
    }

    #[rstest]
    #[case(vec![], true, "algorithms", Verdict::Failure)]
    #[case(vec![Algorithm::Es256], true, "algorithms", Verdict::Ok)]
    #[case(vec![Algorithm::Es256], true, "pkce", Verdict::Ok)]
    #[case(vec![Algorithm::Es256], false, "pkce", Verdict::Hint)]
    fn announcements_are_judged(
        #[case] algorithms: Vec<Algorithm>,
        #[case] pkce: bool,
        #[case] check: &str,
        #[case] verdict: Verdict,
    ) {
        let announced = Some(Announced { algorithms, pkce, uses_pkce: true });
        assert_eq!(one(&ProviderCheckup { announced, ..healthy() }, check).verdict, verdict);
    }

    #[test]
    fn notes_are_about_the_provider_itself() {
        let real = ProviderCheckup {
            slug: "x".to_owned(),
            issuer: "https://x.com".to_owned(),
            endpoints: Ok(EndpointSource::BuiltIn),
            ..healthy()
        };
        assert!(one(&real, "note").message.contains("402"));
        let mock = ProviderCheckup { issuer: "http://localhost:9/x".to_owned(), ..real };
        assert_eq!(findings(&mock).verdict("note"), None);
    }

    #[rstest]
    #[case(TokenEndpointCheckup::NoAnswer(HttpError::Timeout), Verdict::Failure)]
    #[case(TokenEndpointCheckup::Unavailable(503), Verdict::Failure)]
    #[case(TokenEndpointCheckup::Unavailable(429), Verdict::Warning)]
    #[case(TokenEndpointCheckup::NoClientAuthentication, Verdict::Failure)]
    fn without_an_answer_the_client_is_not_judged(#[case] answer: TokenEndpointCheckup, #[case] verdict: Verdict) {
        let findings = findings(&ProviderCheckup { token_endpoint: Some(answer), ..healthy() });
        assert_eq!(findings.verdict("token_endpoint"), Some(verdict));
        assert_eq!(findings.verdict("client"), None);
    }

    #[rstest]
    #[case(Ok(1), Verdict::Ok)]
    #[case(Err(JwksError::NoUsableKey.into()), Verdict::Failure)]
    #[case(Err(HttpError::Unreachable.into()), Verdict::Failure)]
    fn keys_are_judged(#[case] keys: Result<usize, KeysError>, #[case] verdict: Verdict) {
        assert_eq!(one(&ProviderCheckup { keys: Some(keys), ..healthy() }, "keys").verdict, verdict);
    }

    #[rstest]
    #[case(60, Verdict::Ok, "60 s apart")]
    #[case(-60, Verdict::Ok, "60 s apart")]
    #[case(61, Verdict::Warning, "this machine is 61 s behind")]
    #[case(-61, Verdict::Warning, "this machine is 61 s ahead of")]
    #[case(i64::MIN, Verdict::Warning, "ahead of")]
    fn clocks_may_differ_by_a_minute(#[case] skew: i64, #[case] verdict: Verdict, #[case] expected: &str) {
        let finding = one(&ProviderCheckup { clock_skew: Some(skew), ..healthy() }, "clock");
        assert_eq!(finding.verdict, verdict);
        assert!(finding.message.contains(expected), "{finding:?}");
    }
}
