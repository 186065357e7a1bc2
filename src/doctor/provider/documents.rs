//! The provider's discovery document and its keys.

use super::{OUTAGE, after_http_error};
use crate::{
    doctor::finding::Findings,
    oidc::{DiscoveryError, JwksError},
    relying_party::{Announced, BeginError, EndpointSource, KeysError, ProviderCheckup},
};

pub(super) fn endpoints(findings: &mut Findings, checkup: &ProviderCheckup, variables: &str) {
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

pub(super) fn algorithms(findings: &mut Findings, announced: &Announced) {
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

pub(super) fn pkce(findings: &mut Findings, announced: &Announced) {
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

pub(super) fn keys(findings: &mut Findings, published: &Result<usize, KeysError>, checkup: &ProviderCheckup) {
    let next = match published {
        Ok(1) => return findings.ok("keys", "1 usable key"),
        Ok(count) => return findings.ok("keys", format!("{count} usable keys")),
        Err(KeysError::NoKeys | KeysError::BreakerOpen | KeysError::Shared(_)) => "try again in a minute".to_owned(),
        Err(KeysError::Http(error)) => after_http_error(*error, checkup),
        Err(KeysError::Jwks(JwksError::Response(error))) if error.is_unavailable() => OUTAGE.to_owned(),
        Err(KeysError::Jwks(_)) => "no id_token can be verified: contact the provider's operator".to_owned(),
    };
    if let Err(error) = published {
        findings.failure("keys", error.to_string(), next);
    }
}
