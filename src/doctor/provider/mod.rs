//! What one provider's answers mean for the operator.

mod client;
mod documents;

#[cfg(test)]
mod tests;

use super::finding::{Area, Findings};
use crate::{
    config::variables_of,
    oidc::LEEWAY_SECONDS,
    providers::{Note, built_in},
    relying_party::{EndpointSource, HttpError, ProviderCheckup},
};
use client::{further_clients, token_endpoint};
use documents::{algorithms, endpoints, keys, pkce};

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
        let url = checkup.redirect_uri.replacen("/auth/callback/", "/auth/events/", 1);
        findings.ok(
            "events",
            format!("{url} takes its messages (back-channel logout, security events), if you register it"),
        );
    }
    for (field, url) in &checkup.message_urls {
        findings.ok("events", format!("{url} takes its messages, if you enter it as the {field}"));
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

/// Only for the provider itself: a mock has other habits.
fn notes(findings: &mut Findings, checkup: &ProviderCheckup) {
    let is_the_provider = checkup.endpoints.as_ref().is_ok_and(|source| *source == EndpointSource::BuiltIn)
        && checkup.issuer.starts_with("https://");
    let notes = built_in(&checkup.slug).filter(|_| is_the_provider).map(|row| row.notes).unwrap_or_default();
    for Note { fact, next_step } in notes {
        findings.hint("note", *fact, *next_step);
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
