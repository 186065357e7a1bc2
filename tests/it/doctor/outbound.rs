//! `PRIVATE_NETWORKS` and `OUTBOUND_PROXY`, with a provider over TLS.

use rstest::rstest;
use serde_json::Value;

use super::{
    setup::KEY,
    tls_provider::{Proxy, authority, start_provider},
};

/// Base64 of `user:hush`.
const CREDENTIALS: &str = "Basic dXNlcjpodXNo";

/// What `latchkey doctor` finds about the provider with this issuer, in production. Asserts that no password is printed.
async fn findings(issuer: &str, settings: &[(&str, String)]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.args(["doctor", "--json"]).current_dir(folder.path()).env_clear();
    command.envs([("BASE_URL", "https://app.example"), ("SECRET_KEY", KEY), ("OIDC_WORK_ISSUER", issuer)]);
    command.envs([("OIDC_WORK_CLIENT_ID", "a"), ("OIDC_WORK_CLIENT_SECRET", "b")]).env("SSL_CERT_FILE", authority());
    command.envs(settings.iter().map(|(name, value)| (*name, value.as_str())));
    let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends");
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(!std::str::from_utf8(&printed).expect("text").contains("hush"), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    let findings = report["findings"].as_array().expect("a list").iter();
    findings.filter(|finding| finding["provider"] == "work").cloned().collect()
}

fn verdicts(findings: &[Value]) -> Vec<(&str, &str)> {
    findings.iter().map(|it| (it["check"].as_str().unwrap(), it["verdict"].as_str().unwrap())).collect()
}

const ALL_WELL: [(&str, &str); 8] = [
    ("redirect_uri", "ok"),
    ("discovery", "ok"),
    ("algorithms", "ok"),
    ("pkce", "ok"),
    ("keys", "ok"),
    ("events", "ok"),
    ("token_endpoint", "ok"),
    ("client", "ok"),
];

fn failure(findings: &[Value]) -> (&str, &str) {
    assert_eq!(verdicts(findings), [("redirect_uri", "ok"), ("discovery", "failure")], "{findings:#?}");
    (findings[1]["message"].as_str().unwrap(), findings[1]["next"].as_str().unwrap())
}

#[rstest]
#[case::by_name("localhost")]
#[case::by_address("127.0.0.1")]
#[tokio::test(flavor = "multi_thread")]
async fn a_private_issuer_needs_its_network_listed(#[case] host: &str) {
    let port = start_provider(|port| format!("https://{host}:{port}")).await;
    let issuer = format!("https://{host}:{port}");
    let listed = [("PRIVATE_NETWORKS", "127.0.0.0/8, ::1".to_owned())];
    assert_eq!(verdicts(&findings(&issuer, &listed).await), ALL_WELL);

    for settings in [vec![], vec![("PRIVATE_NETWORKS", "10.0.0.0/8".to_owned())]] {
        let found = findings(&issuer, &settings).await;
        let (message, next) = failure(&found);
        assert!(message.contains("is not a public address") && next.contains("PRIVATE_NETWORKS"), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metadata_address_is_refused_though_listed() {
    let found = findings("https://169.254.169.254", &[("PRIVATE_NETWORKS", "169.254.0.0/16".to_owned())]).await;
    let (message, next) = failure(&found);
    assert!(message.contains("169.254.169.254 belongs to a cloud's metadata service"), "{found:#?}");
    assert!(next.contains("no setting allows it"), "{found:#?}");
}

/// `id.example` has no address: only the proxy can find it.
#[rstest]
#[case::explicit("OUTBOUND_PROXY")]
#[case::conventional("HTTPS_PROXY")]
#[tokio::test(flavor = "multi_thread")]
async fn providers_are_contacted_through_the_proxy(#[case] variable: &'static str) {
    let target = start_provider(|_| "https://id.example".to_owned()).await;
    let proxy = Proxy::start(target, Some(CREDENTIALS)).await;
    let url = |password| format!("http://user:{password}@127.0.0.1:{}", proxy.port);
    let found = findings("https://id.example", &[(variable, url("hush"))]).await;
    assert_eq!(verdicts(&found), ALL_WELL, "{found:#?}");
    assert_eq!(proxy.requests(), ["CONNECT id.example:443"; 4]);

    let found = findings("https://id.example", &[(variable, url("wrong"))]).await;
    let (message, next) = failure(&found);
    assert!(message.contains("through the proxy") && next.contains("OUTBOUND_PROXY"), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_of_no_proxy_are_contacted_directly() {
    let port = start_provider(|port| format!("https://localhost:{port}")).await;
    let issuer = format!("https://localhost:{port}");
    let proxy = Proxy::start(port, None).await;
    let settings = |exceptions: &str, networks: &str| {
        [
            ("OUTBOUND_PROXY", format!("http://127.0.0.1:{}", proxy.port)),
            ("NO_PROXY", exceptions.to_owned()),
            ("PRIVATE_NETWORKS", networks.to_owned()),
        ]
    };
    assert_eq!(verdicts(&findings(&issuer, &settings("localhost", "127.0.0.1,::1")).await), ALL_WELL);
    let found = findings(&issuer, &settings("localhost", "")).await;
    assert!(failure(&found).0.contains("is not a public address"), "the guard checks them: {found:#?}");
    assert_eq!(proxy.requests(), [""; 0]);

    assert_eq!(verdicts(&findings(&issuer, &settings("", "")).await), ALL_WELL);
    assert_eq!(proxy.requests().len(), 4);
}
