//! The provider checks.

use latchkey::doctor::{Outcome, Verdict};
use rstest::rstest;
use serde_json::json;

use super::setup::{Setup, finding, verdict};
use crate::support::database::Engine;

#[tokio::test]
async fn a_working_provider_has_only_ok_findings() {
    let report = Setup::healthy(Engine::Sqlite).await.examine().await;
    assert_eq!((report.outcome(), report.counts().warning), (Outcome::Ok, 0), "{report}");
    for check in ["discovery", "keys", "token_endpoint", "client", "clock", "migrations"] {
        assert_eq!(verdict(&report, check), Verdict::Ok, "{report}");
    }
    assert!(finding(&report, "redirect_uri").message.starts_with("http://localhost:3000/auth/callback/google "));
}

#[tokio::test]
async fn a_wrong_client_secret_is_invalid_client() {
    let report = Setup::healthy(Engine::Sqlite).await.examine_with(&[("GOOGLE_CLIENT_SECRET", "hush")]).await;
    assert_eq!(report.outcome(), Outcome::Failed);
    assert_eq!(verdict(&report, "token_endpoint"), Verdict::Ok);
    let client = finding(&report, "client");
    assert_eq!(client.verdict, Verdict::Failure);
    assert!(client.message.contains("invalid_client"), "{report}");
    assert!(client.next.as_deref().unwrap().contains("GOOGLE_CLIENT_SECRET"), "{report}");
}

#[tokio::test]
async fn a_provider_that_is_down_does_not_hide_others() {
    let setup = Setup::healthy(Engine::Sqlite).await;
    let down = [
        ("OIDC_WORK_ISSUER", "http://127.0.0.1:1/work"),
        ("OIDC_WORK_CLIENT_ID", "a"),
        ("OIDC_WORK_CLIENT_SECRET", "hush"),
    ];
    let report = setup.examine_with(&down).await;
    let of = |slug: &str, check: &str| {
        let mine =
            |finding: &&latchkey::doctor::Finding| finding.area.provider() == Some(slug) && finding.check == check;
        report.findings().iter().find(mine).map(|finding| finding.verdict)
    };
    assert_eq!((of("work", "discovery"), of("work", "client")), (Some(Verdict::Failure), None), "{report}");
    assert_eq!((of("google", "discovery"), of("google", "client")), (Some(Verdict::Ok), Some(Verdict::Ok)));
    assert_eq!(report.exit_status(), 1);
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_fails() {
    let setup = Setup::healthy(Engine::Sqlite).await;
    setup.fail_endpoint("discovery", json!({"kind": "patch", "set": {"issuer": "http://localhost:9/other"}})).await;
    let report = setup.examine().await;
    let discovery = finding(&report, "discovery");
    assert_eq!(discovery.verdict, Verdict::Failure);
    assert!(discovery.message.contains("another issuer"), "{report}");
    assert!(discovery.next.as_deref().unwrap().contains("GOOGLE_ISSUER"), "{report}");
}

#[rstest]
#[case::discovery("discovery", json!({"kind": "status", "status": 503}), "discovery", Verdict::Failure)]
#[case::keys("certs", json!({"kind": "answer", "body": "{\"keys\": []}"}), "keys", Verdict::Failure)]
#[case::cut("certs", json!({"kind": "half_closed"}), "keys", Verdict::Failure)]
#[case::token("token", json!({"kind": "status", "status": 500}), "token_endpoint", Verdict::Failure)]
#[case::limit("token", json!({"kind": "status", "status": 429}), "token_endpoint", Verdict::Warning)]
#[case::redirect("token", json!({"kind": "redirect", "status": 307}), "client", Verdict::Warning)]
#[case::html("token", json!({"kind": "answer", "content_type": "text/html", "body": "<p>"}), "client", Verdict::Warning)]
#[case::anything(
    "token",
    json!({"kind": "answer", "body": "{\"access_token\": \"a\", \"token_type\": \"Bearer\"}"}),
    "client",
    Verdict::Failure
)]
#[tokio::test]
async fn each_fault_is_reported_by_one_check(
    #[case] endpoint: &str,
    #[case] error: serde_json::Value,
    #[case] check: &str,
    #[case] expected: Verdict,
) {
    let setup = Setup::healthy(Engine::Sqlite).await;
    setup.fail_endpoint(endpoint, error).await;
    let report = setup.examine().await;
    assert_eq!(verdict(&report, check), expected, "{report}");
    assert_eq!(report.counts().failure + report.counts().warning, 1, "{report}");
}

/// A server that looks at the code before the client says nothing about the client.
#[tokio::test]
async fn a_server_that_answers_the_same_to_everyone_tells_nothing() {
    let setup = Setup::healthy(Engine::Sqlite).await;
    let answer = json!({"kind": "answer", "status": 400, "body": "{\"error\": \"invalid_grant\"}"});
    setup.fail_endpoint("token", answer).await;
    let report = setup.examine().await;
    let client = finding(&report, "client");
    assert_eq!(client.verdict, Verdict::Warning);
    assert!(client.message.contains("cannot tell"), "{report}");
}

/// The sandbox's variables enable every provider.
#[tokio::test]
async fn every_provider_of_the_sandbox_is_ok() {
    let setup = Setup::healthy(Engine::Sqlite).await;
    let variables: Vec<_> =
        setup.sandbox.variables().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let report = setup.examine_with(&variables).await;
    assert_eq!(report.outcome(), Outcome::Ok, "{report}");
    let of = |slug: &str, check: &str| {
        let mine =
            |finding: &&latchkey::doctor::Finding| finding.area.provider() == Some(slug) && finding.check == check;
        report.findings().iter().find(mine).map(|finding| finding.verdict)
    };
    for (name, _) in variables.iter().filter(|(name, _)| name.ends_with("_CLIENT_ID")) {
        let slug = name.trim_end_matches("_CLIENT_ID").to_ascii_lowercase();
        assert_eq!(of(&slug, "redirect_uri"), Some(Verdict::Ok), "{report}");
        assert_eq!(of(&slug, "token_endpoint"), Some(Verdict::Ok), "{report}");
        assert_eq!(of(&slug, "client_secret").is_some(), slug == "apple");
        // X, Facebook and LinkedIn answer a wrong code and a wrong client alike.
        let is_checked = !matches!(slug.as_str(), "facebook" | "linkedin" | "x");
        assert_eq!(
            of(&slug, "client"),
            Some(if is_checked { Verdict::Ok } else { Verdict::Warning }),
            "{slug} {report}"
        );
    }
    assert_eq!(of("apple", "client_secret"), Some(Verdict::Ok), "{report}");
    assert_eq!(of("apple", "team_id"), Some(Verdict::Ok), "{report}");
}

#[rstest]
#[case(300, "ahead of")]
#[case(-300, "behind")]
#[tokio::test]
async fn a_wrong_clock_is_a_warning(#[case] seconds: i64, #[case] side: &str) {
    let setup = Setup::healthy(Engine::Sqlite).await;
    setup.clock.advance(seconds);
    let report = setup.examine().await;
    let clock = finding(&report, "clock");
    assert_eq!((clock.verdict, report.exit_status()), (Verdict::Warning, 0));
    assert!(clock.message.contains(side), "{report}");
}
