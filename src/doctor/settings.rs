//! Checks across variables, each of which is valid by itself.

use std::net::SocketAddr;

use http::HeaderName;
use ipnet::IpNet;
use url::Url;

use super::finding::{Area, Findings};
use crate::{
    config::{BaseUrl, Config},
    confinement::is_supported,
    inspect::RecordingMode,
    relying_party::Outbound,
};

pub(super) fn findings(config: &Config, has_sandbox: bool) -> Findings {
    let mut findings = Findings::about(Area::Settings);
    addresses(&mut findings, &config.base_url, config.listen_addr);
    cookies(&mut findings, &config.base_url);
    proxies(&mut findings, &config.base_url, &config.trusted_proxies, &config.client_ip_header);
    rate_limits(&mut findings, config.rate_limits);
    private_networks(&mut findings, &config.outbound);
    outbound_proxy(&mut findings, &config.outbound);
    landlock(&mut findings, config.confined.is_some());
    recording(&mut findings, config);
    providers(&mut findings, config, has_sandbox);
    findings
}

/// `BASE_URL` is the public origin, `LISTEN_ADDR` the socket, which speaks plain http.
fn addresses(findings: &mut Findings, base_url: &BaseUrl, listen: SocketAddr) {
    let origin = base_url.origin();
    let port = Url::parse(origin).ok().and_then(|url| url.port_or_known_default());
    if base_url.is_loopback() && !listen.ip().is_loopback() {
        findings.warning(
            "addresses",
            format!("BASE_URL {origin} is local, but LISTEN_ADDR {listen} is open to the network"),
            format!("set LISTEN_ADDR=127.0.0.1:{}, or BASE_URL to the public https origin", listen.port()),
        );
    } else if !base_url.is_https() && port != Some(listen.port()) {
        findings.warning(
            "addresses",
            format!("BASE_URL {origin} and LISTEN_ADDR {listen} have different ports: browsers cannot connect"),
            "use the same port for both, unless a proxy is between them",
        );
    } else if base_url.is_https() && !listen.ip().is_loopback() {
        findings.hint(
            "addresses",
            format!(
                "BASE_URL {origin}; LISTEN_ADDR {listen} accepts plain http from the network, for a proxy that terminates TLS"
            ),
            "allow only the proxy to reach that port",
        );
    } else if base_url.is_https() {
        findings.ok(
            "addresses",
            format!("BASE_URL {origin}; a proxy on this machine terminates TLS and forwards to {listen}"),
        );
    } else {
        findings.ok("addresses", format!("BASE_URL {origin}; listens on {listen}"));
    }
}

fn cookies(findings: &mut Findings, base_url: &BaseUrl) {
    if base_url.is_https() {
        findings.ok("cookies", "__Host- names, Secure, HttpOnly, SameSite=Lax");
    } else {
        findings.hint(
            "cookies",
            "without __Host- prefix and Secure, since BASE_URL is plain http",
            "nothing to do in development; use https in production",
        );
    }
}

/// The threat: a client that may set `X-Forwarded-For` evades rate limits. And behind a proxy that is not trusted, all
/// clients share one limit.
fn proxies(findings: &mut Findings, base_url: &BaseUrl, trusted: &[IpNet], header: &HeaderName) {
    if let Some(all) = trusted.iter().find(|network| network.prefix_len() == 0) {
        findings.warning(
            "proxies",
            format!("TRUSTED_PROXIES has {all}: every client can spoof its IP address"),
            "list only the networks of your proxies",
        );
    } else if trusted.is_empty() && !base_url.is_loopback() {
        findings.hint(
            "proxies",
            "TRUSTED_PROXIES is empty: behind a proxy, all clients have its IP address and share one rate limit",
            "add your proxy's IP address or network, unless browsers connect directly",
        );
    } else if trusted.is_empty() {
        findings.ok("proxies", "none trusted: the client's IP address is that of the connection");
    } else {
        findings.ok("proxies", format!("trusted: {}, for {header} alone", list(trusted.iter())));
    }
}

fn rate_limits(findings: &mut Findings, are_on: bool) {
    if are_on {
        findings.ok("rate_limits", "on");
    } else {
        findings.hint("rate_limits", "off", "remove RATE_LIMITS when the load test is over");
    }
}

/// The doctor itself is not confined.
fn landlock(findings: &mut Findings, is_on: bool) {
    const CHECK: &str = "landlock";
    if !is_on {
        findings.hint(
            CHECK,
            "off: the server keeps all rights of its user",
            "remove LANDLOCK=off, unless it gets in the way",
        );
    } else if is_supported() {
        findings.ok(CHECK, "the server gives up other files than the database's, and starting programs");
    } else {
        findings.ok(CHECK, "this kernel has none: the server keeps the rights of its user");
    }
}

/// The threat: metadata of a provider that names a host in the operator's network.
fn private_networks(findings: &mut Findings, outbound: &Outbound) {
    const CHECK: &str = "private_networks";
    let useless = list(outbound.networks_without_effect());
    if outbound.private_networks.is_empty() {
        findings.ok(CHECK, "none: providers must have public IP addresses");
    } else if let Some(all) = outbound.private_networks.iter().find(|network| network.prefix_len() == 0) {
        findings.warning(
            CHECK,
            format!("PRIVATE_NETWORKS has {all}: a provider's metadata can name any machine in your network"),
            "list only the networks in which your providers are",
        );
    } else if !useless.is_empty() {
        findings.warning(
            CHECK,
            format!("PRIVATE_NETWORKS has {useless}, where clouds have their metadata services: never contacted"),
            "remove it: no provider is there",
        );
    } else {
        let networks = list(outbound.private_networks.iter());
        findings.ok(CHECK, format!("providers whose issuer you configured may also be in {networks}"));
    }
}

fn outbound_proxy(findings: &mut Findings, outbound: &Outbound) {
    match &outbound.proxy {
        None => findings.ok("outbound_proxy", "none: providers are contacted directly"),
        Some(proxy) => findings.ok(
            "outbound_proxy",
            format!("providers are contacted through {proxy}, which resolves their names and has to keep private networks closed"),
        ),
    }
}

/// Recorded flows hold email addresses and names.
fn recording(findings: &mut Findings, config: &Config) {
    const CHECK: &str = "recording";
    let in_development = config.base_url.is_loopback();
    match config.inspect {
        None => findings.ok(CHECK, "INSPECT is off: no sign-in is recorded"),
        Some(_) if in_development => {
            findings.ok(CHECK, "sign-ins are recorded in memory, for /inspect on this machine")
        }
        Some(_) if config.admins.is_empty() => findings.warning(
            CHECK,
            "INSPECT is set, but ADMINS is empty: nobody may open /inspect",
            "set ADMINS, or remove INSPECT",
        ),
        Some(RecordingMode::Always) => findings.hint(
            CHECK,
            "INSPECT=on records every sign-in, with email address and name, for an hour in memory",
            "set INSPECT=on-demand, with which an administrator switches it on for ten minutes",
        ),
        Some(RecordingMode::OnDemand) => {
            findings.ok(CHECK, "off until an administrator switches it on at /inspect, for ten minutes");
        }
    }
}

fn list<'a>(networks: impl Iterator<Item = &'a IpNet>) -> String {
    networks.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn providers(findings: &mut Findings, config: &Config, has_sandbox: bool) {
    let origin = config.base_url.origin();
    let next = format!(
        "to use Google, set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET; the redirect URI is {origin}/auth/callback/google"
    );
    if !config.providers.is_empty() {
        let labels: Vec<_> = config.providers.iter().map(|provider| provider.label.as_str()).collect();
        findings.ok("providers", format!("enabled: {}", labels.join(", ")));
    } else if config.sandbox_wanted && has_sandbox {
        let sandbox = config.sandbox_addr;
        findings.hint(
            "providers",
            format!("none configured: the built-in sandbox stands in for all of them, on {sandbox}"),
            next,
        );
    } else {
        findings.failure("providers", "none configured, and this build has no sandbox: users cannot sign in", next);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{config::Environment, doctor::Verdict};

    const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

    fn examined(settings: &[(&str, &str)], has_sandbox: bool) -> Findings {
        let env: Environment = [("SECRET_KEY", KEY)].into_iter().chain(settings.iter().copied()).collect();
        findings(&Config::inspect(&env).unwrap(), has_sandbox)
    }

    const PUBLIC: [(&str, &str); 3] =
        [("BASE_URL", "https://app.example"), ("GOOGLE_CLIENT_ID", "a"), ("GOOGLE_CLIENT_SECRET", "hush")];

    #[rstest]
    #[case::plain(&[], "addresses", Verdict::Ok)]
    #[case::same_port(&[("BASE_URL", "http://localhost:4000"), ("LISTEN_ADDR", "127.0.0.1:4000")], "addresses", Verdict::Ok)]
    #[case::other_port(&[("BASE_URL", "http://localhost:4000")], "addresses", Verdict::Warning)]
    #[case::no_port(&[("BASE_URL", "http://localhost")], "addresses", Verdict::Warning)]
    #[case::open(&[("LISTEN_ADDR", "0.0.0.0:3000")], "addresses", Verdict::Warning)]
    #[case::http(&[], "cookies", Verdict::Hint)]
    #[case::local(&[], "proxies", Verdict::Ok)]
    #[case::on(&[], "rate_limits", Verdict::Ok)]
    #[case::off(&[("RATE_LIMITS", "off")], "rate_limits", Verdict::Hint)]
    #[case::sandbox(&[], "providers", Verdict::Hint)]
    #[case::recorded(&[], "recording", Verdict::Ok)]
    fn development_settings_are_judged(
        #[case] settings: &[(&str, &str)],
        #[case] check: &str,
        #[case] verdict: Verdict,
    ) {
        assert_eq!(examined(settings, true).verdict(check), Some(verdict));
    }

    #[rstest]
    #[case::proxy_here(&[], "addresses", Verdict::Ok)]
    #[case::proxy_elsewhere(&[("LISTEN_ADDR", "0.0.0.0:3000")], "addresses", Verdict::Hint)]
    #[case::https(&[], "cookies", Verdict::Ok)]
    #[case::no_proxy(&[], "proxies", Verdict::Hint)]
    #[case::one_network(&[("TRUSTED_PROXIES", "10.0.0.0/8")], "proxies", Verdict::Ok)]
    #[case::all_of_ipv4(&[("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0")], "proxies", Verdict::Warning)]
    #[case::all_of_ipv6(&[("TRUSTED_PROXIES", "::/0")], "proxies", Verdict::Warning)]
    #[case::google(&[], "providers", Verdict::Ok)]
    #[case::public_only(&[], "private_networks", Verdict::Ok)]
    #[case::private_network(&[("PRIVATE_NETWORKS", "10.0.0.0/8")], "private_networks", Verdict::Ok)]
    #[case::all_networks(&[("PRIVATE_NETWORKS", "0.0.0.0/0")], "private_networks", Verdict::Warning)]
    #[case::metadata(&[("PRIVATE_NETWORKS", "10.0.0.0/8,169.254.169.254")], "private_networks", Verdict::Warning)]
    #[case::unrecorded(&[], "recording", Verdict::Ok)]
    #[case::recorded_for_nobody(&[("INSPECT", "on-demand")], "recording", Verdict::Warning)]
    #[case::recorded_on_demand(&[("INSPECT", "on-demand"), ("ADMINS", "ada@example.com")], "recording", Verdict::Ok)]
    #[case::always_recorded(&[("INSPECT", "on"), ("ADMINS", "ada@example.com")], "recording", Verdict::Hint)]
    #[case::no_outbound_proxy(&[], "outbound_proxy", Verdict::Ok)]
    #[case::outbound_proxy(&[("OUTBOUND_PROXY", "http://user:hush@proxy.example:3128")], "outbound_proxy", Verdict::Ok)]
    fn production_settings_are_judged(
        #[case] settings: &[(&str, &str)],
        #[case] check: &str,
        #[case] verdict: Verdict,
    ) {
        let settings = [PUBLIC.as_slice(), settings].concat();
        let findings = examined(&settings, false);
        assert_eq!(findings.verdict(check), Some(verdict));
        assert!(!format!("{findings:?}").contains("hush"));
    }

    #[test]
    fn no_provider_is_a_failure_without_the_sandbox() {
        assert_eq!(examined(&[], false).verdict("providers"), Some(Verdict::Failure));
        assert_eq!(examined(&[], true).verdict("providers"), Some(Verdict::Hint));
    }
}
