//! What one provider's answers mean for the one who set it up.

use super::finding::{Area, Findings};
use crate::{
    config::variables_of,
    oauth::ResponseError,
    oidc::{DiscoveryError, JwksError, LEEWAY_SECONDS},
    relying_party::{
        BeginError, ClientCheck, EndpointSource, HttpError, KeysError, ProviderCheckup, TokenEndpointCheckup,
    },
};

pub(super) fn findings(checkup: &ProviderCheckup) -> Findings {
    let area = Area::Provider { slug: checkup.slug.clone(), label: checkup.label.clone() };
    let mut findings = Findings::about(area);
    let variables = variables_of(&checkup.slug);
    findings.ok("redirect_uri", format!("{} (paste it into the provider's console as it is)", checkup.redirect_uri));
    endpoints(&mut findings, checkup, &variables);
    if let Some(published) = &checkup.keys {
        keys(&mut findings, published);
    }
    if let Some(answer) = &checkup.token_endpoint {
        token_endpoint(&mut findings, answer, checkup, &variables);
    }
    if let Some(skew) = checkup.clock_skew {
        clock(&mut findings, skew);
    }
    findings
}

fn endpoints(findings: &mut Findings, checkup: &ProviderCheckup, variables: &str) {
    let issuer = &checkup.issuer;
    let next = match &checkup.endpoints {
        Ok(EndpointSource::BuiltIn) => return findings.ok("discovery", format!("endpoints of {issuer} are built in")),
        Ok(EndpointSource::Discovered) => return findings.ok("discovery", format!("{issuer} answers in its own name")),
        Err(BeginError::Http(error)) => after_silence(*error),
        Err(BeginError::Metadata(DiscoveryError::IssuerMismatch)) => format!(
            "put the `issuer` of that document into {variables}_ISSUER, byte for byte: a slash at the end counts"
        ),
        Err(BeginError::Metadata(DiscoveryError::Response(error))) if error.is_unavailable() => LATER.to_owned(),
        Err(BeginError::Metadata(DiscoveryError::Response(_) | DiscoveryError::Malformed(_))) => format!(
            "check {variables}_ISSUER: {}/.well-known/openid-configuration must answer with JSON",
            issuer.trim_end_matches('/')
        ),
        Err(_) => "the provider cannot be used like this: ask those who run it".to_owned(),
    };
    if let Err(error) = &checkup.endpoints {
        findings.failure("discovery", format!("{issuer}: {error}"), next);
    }
}

fn keys(findings: &mut Findings, published: &Result<usize, KeysError>) {
    let next = match published {
        Ok(1) => return findings.ok("keys", "1 usable key"),
        Ok(count) => return findings.ok("keys", format!("{count} usable keys")),
        Err(KeysError::NoKeys | KeysError::BreakerOpen) => "try again in a minute".to_owned(),
        Err(KeysError::Http(error)) => after_silence(*error),
        Err(KeysError::Jwks(JwksError::Response(error))) if error.is_unavailable() => LATER.to_owned(),
        Err(KeysError::Jwks(_)) => "no id_token could be verified: ask those who run the provider".to_owned(),
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
            "offers no client authentication that we know",
            "let the client use client_secret_basic or client_secret_post",
        ),
        TokenEndpointCheckup::NoAnswer(error) => findings.failure(CHECK, error.to_string(), after_silence(*error)),
        TokenEndpointCheckup::Unavailable(429) => findings.warning(
            CHECK,
            "has had enough of us for now (status 429): whether the client is known was not learned",
            "try again in some minutes",
        ),
        TokenEndpointCheckup::Unavailable(status) => {
            let error = ResponseError::Unavailable { status: *status, retry_after: None };
            findings.failure(CHECK, error.to_string(), LATER);
        }
        TokenEndpointCheckup::Answered(standing) => {
            findings.ok(CHECK, "answers");
            client(findings, standing, checkup, variables);
        }
    }
}

fn client(findings: &mut Findings, standing: &ClientCheck, checkup: &ProviderCheckup, variables: &str) {
    const CHECK: &str = "client";
    let ProviderCheckup { label, redirect_uri, .. } = checkup;
    match standing {
        ClientCheck::Accepted => findings.ok(CHECK, "known, and its secret is right"),
        ClientCheck::Unknown => findings.failure(
            CHECK,
            "invalid_client: not known, or the secret is wrong",
            format!("copy {variables}_CLIENT_ID and {variables}_CLIENT_SECRET from {label}'s console anew"),
        ),
        ClientCheck::NotAllowed => findings.failure(
            CHECK,
            "not known, or not allowed to sign people in with the code flow",
            format!("check {variables}_CLIENT_ID, and in {label}'s console that the client is a web application"),
        ),
        ClientCheck::RedirectUriNotRegistered => findings.failure(
            CHECK,
            "known, but the redirect URI is not registered",
            format!("register {redirect_uri} in {label}'s console, byte for byte"),
        ),
        ClientCheck::Unclear(what) => {
            findings.warning(CHECK, format!("whether it is known cannot be told: {what}"), "sign in once by hand")
        }
        ClientCheck::AcceptsAnyCode => findings.failure(
            CHECK,
            "tokens were given for a code that we made up: whoever signs in there has proven nothing",
            "do not use this provider; if it is a stand-in, mend it",
        ),
    }
}

/// `skew` in seconds that the provider is ahead of us.
fn clock(findings: &mut Findings, skew: i64) {
    let apart = skew.unsigned_abs();
    let side = if skew > 0 { "behind" } else { "ahead of" };
    if apart > LEEWAY_SECONDS {
        findings.warning(
            "clock",
            format!("ours is {apart} s {side} the provider's: id_tokens are refused beyond {LEEWAY_SECONDS} s"),
            "set this machine's clock by NTP (`timedatectl` tells whether it is)",
        );
    } else {
        findings.ok("clock", format!("{apart} s apart"));
    }
}

const LATER: &str = "the provider is in trouble: look at its status page and try again";

fn after_silence(error: HttpError) -> String {
    match error {
        HttpError::Unreachable => "check its name, and this machine's DNS, firewall and root certificates",
        HttpError::Timeout | HttpError::BrokeOff => {
            "try again; if it stays so, check this machine's firewall and the provider's status page"
        }
        HttpError::ForbiddenAddress => {
            "while BASE_URL is public, providers must have public addresses: check the name and this machine's DNS"
        }
        HttpError::TooLarge | HttpError::Malformed => "check the provider's address",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::doctor::{Finding, Verdict};

    fn healthy() -> ProviderCheckup {
        ProviderCheckup {
            slug: "work".to_owned(),
            label: "Work".to_owned(),
            issuer: "https://id.example".to_owned(),
            redirect_uri: "https://app.example/auth/callback/work".to_owned(),
            endpoints: Ok(EndpointSource::Discovered),
            keys: Some(Ok(2)),
            token_endpoint: Some(TokenEndpointCheckup::Answered(ClientCheck::Accepted)),
            clock_skew: Some(0),
        }
    }

    fn one(checkup: &ProviderCheckup, check: &str) -> Finding {
        findings(checkup).list.into_iter().find(|finding| finding.check == check).unwrap()
    }

    #[test]
    fn a_healthy_provider_has_no_complaints() {
        let findings = findings(&healthy());
        assert!(findings.list.iter().all(|finding| finding.verdict == Verdict::Ok), "{findings:?}");
        assert!(findings.list[0].message.starts_with("https://app.example/auth/callback/work "));
    }

    #[rstest]
    #[case::unreachable(HttpError::Unreachable.into(), "DNS")]
    #[case::timeout(HttpError::Timeout.into(), "try again")]
    #[case::inside(HttpError::ForbiddenAddress.into(), "public")]
    #[case::other_issuer(DiscoveryError::IssuerMismatch.into(), "OIDC_WORK_ISSUER")]
    #[case::not_found(DiscoveryError::Response(ResponseError::UnexpectedStatus(404)).into(), "OIDC_WORK_ISSUER")]
    #[case::form_error(DiscoveryError::Response(ResponseError::Unavailable { status: 503, retry_after: None }).into(), "status page")]
    #[case::no_code_flow(DiscoveryError::NoCodeFlow.into(), "ask those who run it")]
    fn without_endpoints_the_next_step_fits_the_cause(#[case] error: BeginError, #[case] next: &str) {
        let checkup = ProviderCheckup { endpoints: Err(error), ..healthy() };
        let finding = one(&checkup, "discovery");
        assert_eq!(finding.verdict, Verdict::Failure);
        assert!(finding.next.as_deref().unwrap().contains(next), "{finding:?}");
    }

    #[rstest]
    #[case(ClientCheck::Accepted, Verdict::Ok)]
    #[case(ClientCheck::Unknown, Verdict::Failure)]
    #[case(ClientCheck::NotAllowed, Verdict::Failure)]
    #[case(ClientCheck::RedirectUriNotRegistered, Verdict::Failure)]
    #[case(ClientCheck::Unclear("odd".to_owned()), Verdict::Warning)]
    #[case(ClientCheck::AcceptsAnyCode, Verdict::Failure)]
    fn the_standing_of_the_client_is_judged(#[case] standing: ClientCheck, #[case] verdict: Verdict) {
        let token_endpoint = Some(TokenEndpointCheckup::Answered(standing));
        let finding = one(&ProviderCheckup { token_endpoint, ..healthy() }, "client");
        assert_eq!(finding.verdict, verdict);
        assert_eq!(finding.next.is_some(), verdict != Verdict::Ok);
    }

    #[rstest]
    #[case(TokenEndpointCheckup::NoAnswer(HttpError::Timeout), Verdict::Failure)]
    #[case(TokenEndpointCheckup::Unavailable(503), Verdict::Failure)]
    #[case(TokenEndpointCheckup::Unavailable(429), Verdict::Warning)]
    #[case(TokenEndpointCheckup::NoClientAuthentication, Verdict::Failure)]
    fn a_silent_token_endpoint_says_nothing_of_the_client(
        #[case] answer: TokenEndpointCheckup,
        #[case] verdict: Verdict,
    ) {
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
    #[case(61, Verdict::Warning, "ours is 61 s behind")]
    #[case(-61, Verdict::Warning, "ours is 61 s ahead of")]
    #[case(i64::MIN, Verdict::Warning, "ahead of")]
    fn clocks_may_be_a_minute_apart(#[case] skew: i64, #[case] verdict: Verdict, #[case] told: &str) {
        let finding = one(&ProviderCheckup { clock_skew: Some(skew), ..healthy() }, "clock");
        assert_eq!(finding.verdict, verdict);
        assert!(finding.message.contains(told), "{finding:?}");
    }
}
