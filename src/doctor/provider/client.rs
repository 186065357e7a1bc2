//! Our client at the provider, and the endpoint that it gets tokens from.

use super::{OUTAGE, after_http_error};
use crate::{
    doctor::finding::Findings,
    oauth::ResponseError,
    relying_party::{ClientCheck, ProviderCheckup, TokenEndpointCheckup},
};

pub(super) fn token_endpoint(
    findings: &mut Findings,
    answer: &TokenEndpointCheckup,
    checkup: &ProviderCheckup,
    variables: &str,
) {
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

pub(super) fn further_clients(findings: &mut Findings, checkup: &ProviderCheckup) {
    let ids = &checkup.further_client_ids;
    if !ids.is_empty() {
        findings.ok("further_clients", format!("tokens of these clients are accepted as well: {}", ids.join(", ")));
    }
}
