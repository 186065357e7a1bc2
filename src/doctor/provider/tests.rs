//! What each answer of a provider becomes.

use rstest::rstest;

use super::*;
use crate::{
    doctor::{Finding, Verdict},
    oauth::{ProviderMessage, ResponseError},
    oidc::{Algorithm, DiscoveryError, JwksError},
    relying_party::{Announced, BeginError, ClientCheck, KeysError, TokenEndpointCheckup},
};

fn healthy() -> ProviderCheckup {
    ProviderCheckup {
        slug: "work".to_owned(),
        label: "Work".to_owned(),
        issuer: "https://id.example".to_owned(),
        is_self_hosted: true,
        redirect_uri: "https://app.example/auth/callback/work".to_owned(),
        message_urls: vec![("Webhook URL", "https://app.example/auth/events/work".to_owned())],
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
