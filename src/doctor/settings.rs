//! What the variables say together that none of them says alone.

use std::net::SocketAddr;

use ipnet::IpNet;
use url::Url;

use super::finding::{Area, Findings};
use crate::config::{BaseUrl, Config};

pub(super) fn findings(config: &Config, has_sandbox: bool) -> Findings {
    let mut findings = Findings::about(Area::Settings);
    addresses(&mut findings, &config.base_url, config.listen_addr);
    cookies(&mut findings, &config.base_url);
    proxies(&mut findings, &config.base_url, &config.trusted_proxies);
    rate_limits(&mut findings, config.rate_limits);
    providers(&mut findings, config, has_sandbox);
    findings
}

/// `BASE_URL` is where browsers go, `LISTEN_ADDR` where we wait for them, in plain http.
fn addresses(findings: &mut Findings, base_url: &BaseUrl, listen: SocketAddr) {
    let origin = base_url.origin();
    let port = Url::parse(origin).ok().and_then(|url| url.port_or_known_default());
    if base_url.is_loopback() && !listen.ip().is_loopback() {
        findings.warning(
            "addresses",
            format!("BASE_URL {origin} is for this machine alone, LISTEN_ADDR {listen} is open to the network"),
            format!("set LISTEN_ADDR=127.0.0.1:{}, or BASE_URL to the public https origin", listen.port()),
        );
    } else if !base_url.is_https() && port != Some(listen.port()) {
        findings.warning(
            "addresses",
            format!(
                "BASE_URL {origin} has another port than LISTEN_ADDR {listen}: browsers would knock at the wrong door"
            ),
            "give both the same port, unless a proxy stands between them",
        );
    } else if base_url.is_https() && !listen.ip().is_loopback() {
        findings.hint(
            "addresses",
            format!(
                "BASE_URL {origin}; LISTEN_ADDR {listen} takes plain http from the network, for a proxy that ends TLS"
            ),
            "let nobody but the proxy reach that port",
        );
    } else if base_url.is_https() {
        findings.ok("addresses", format!("BASE_URL {origin}; a proxy on this machine ends TLS and asks {listen}"));
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
            "names without __Host- and not Secure, as BASE_URL is plain http on this machine",
            "nothing for development; in production BASE_URL is https",
        );
    }
}

/// The threat: whose word on addresses is believed may pass rate limits at will; and when no proxy's word is, all
/// people behind it share one limit.
fn proxies(findings: &mut Findings, base_url: &BaseUrl, trusted: &[IpNet]) {
    if let Some(everybody) = trusted.iter().find(|network| network.prefix_len() == 0) {
        findings.warning(
            "proxies",
            format!("TRUSTED_PROXIES has {everybody}: everybody's word on their own address is believed"),
            "name the networks of your proxies only",
        );
    } else if trusted.is_empty() && !base_url.is_loopback() {
        findings.hint(
            "proxies",
            "TRUSTED_PROXIES is empty: behind a proxy everybody seems to come from its address and shares one rate limit",
            "put the proxy's address or network there, unless browsers connect directly",
        );
    } else if trusted.is_empty() {
        findings.ok("proxies", "none is trusted: a client's address is its connection's");
    } else {
        let networks: Vec<_> = trusted.iter().map(ToString::to_string).collect();
        findings.ok("proxies", format!("believed: {}", networks.join(", ")));
    }
}

fn rate_limits(findings: &mut Findings, hold: bool) {
    if hold {
        findings.ok("rate_limits", "on");
    } else {
        findings.hint("rate_limits", "off", "remove RATE_LIMITS when the load test is over");
    }
}

fn providers(findings: &mut Findings, config: &Config, has_sandbox: bool) {
    let origin = config.base_url.origin();
    let real = format!(
        "for the real one set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET; its redirect URI is {origin}/auth/callback/google"
    );
    if !config.providers.is_empty() {
        let labels: Vec<_> = config.providers.iter().map(|provider| provider.label.as_str()).collect();
        findings.ok("providers", format!("on: {}", labels.join(", ")));
    } else if config.sandbox_wanted && has_sandbox {
        let sandbox = config.sandbox_addr;
        findings.hint(
            "providers",
            format!("none is configured: the sandbox will play the providers, on {sandbox}"),
            real,
        );
    } else {
        findings.failure("providers", "none is configured and this build has no sandbox: nobody can sign in", real);
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
    fn settings_of_development(#[case] settings: &[(&str, &str)], #[case] check: &str, #[case] verdict: Verdict) {
        assert_eq!(examined(settings, true).verdict(check), Some(verdict));
    }

    #[rstest]
    #[case::proxy_here(&[], "addresses", Verdict::Ok)]
    #[case::proxy_elsewhere(&[("LISTEN_ADDR", "0.0.0.0:3000")], "addresses", Verdict::Hint)]
    #[case::https(&[], "cookies", Verdict::Ok)]
    #[case::nobody(&[], "proxies", Verdict::Hint)]
    #[case::somebody(&[("TRUSTED_PROXIES", "10.0.0.0/8")], "proxies", Verdict::Ok)]
    #[case::everybody(&[("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0")], "proxies", Verdict::Warning)]
    #[case::everybody_v6(&[("TRUSTED_PROXIES", "::/0")], "proxies", Verdict::Warning)]
    #[case::google(&[], "providers", Verdict::Ok)]
    fn settings_of_production(#[case] settings: &[(&str, &str)], #[case] check: &str, #[case] verdict: Verdict) {
        let settings = [PUBLIC.as_slice(), settings].concat();
        assert_eq!(examined(&settings, false).verdict(check), Some(verdict));
    }

    #[test]
    fn without_provider_and_without_sandbox_nobody_can_sign_in() {
        assert_eq!(examined(&[], false).verdict("providers"), Some(Verdict::Failure));
        assert_eq!(examined(&[], true).verdict("providers"), Some(Verdict::Hint));
    }
}
