//! Google fails at the revocation.

use latchkey::store::{GrantStatus, RevocationStatus};
use rstest::rstest;
use serde_json::json;

use crate::{http::granting::with_drive, support::database::Engine};

fn revocation(state: GrantStatus) -> RevocationStatus {
    match state {
        GrantStatus::Disconnected { revocation, .. } => revocation,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::invalid_token(r#"{"error":"invalid_token"}"#, true)]
#[case::another_error(r#"{"error":"invalid_request"}"#, false)]
#[case::no_json("no", false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_400_for_an_invalid_token_counts_as_revoked(#[case] body: &str, #[case] done: bool) {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.fail_once("revoke", json!({ "kind": "answer", "status": 400, "body": body })).await;
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?done=disconnected");
    assert_eq!(app.stored_tokens().await, 0, "ours are gone in any case");
    let status = revocation(app.grant_status(&identity).await);
    assert_eq!(matches!(status, RevocationStatus::Done { .. }), done, "{status:?}");
    assert_eq!(app.queued_revocations().await, i64::from(!done));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_revocation_is_retried_until_it_succeeds(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    app.arm_preset("revoke_500", Some(3)).await;
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?done=disconnected");
    let mut tried = 1;
    for (attempts, wait) in [(1, 15), (2, 60), (3, 300)] {
        assert_eq!(app.stored_tokens().await, 0);
        let status = revocation(app.grant_status(&identity).await);
        assert_eq!(status, RevocationStatus::Pending { attempts });
        app.advance(wait - 2).await;
        app.revoke_due().await;
        assert_eq!(app.requests_to("revoke").await.len(), tried, "not before its time");
        app.advance(2).await;
        app.revoke_due().await;
        tried += 1;
        assert_eq!(app.requests_to("revoke").await.len(), tried);
    }
    let status = revocation(app.grant_status(&identity).await);
    assert!(matches!(status, RevocationStatus::Done { .. }), "{status:?}");
    assert_eq!(app.queued_revocations().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_always_fails_is_given_up() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("revoke_500", None).await;
    browser.disconnect(&identity).await;
    for _ in 0..80 {
        app.advance(3600).await;
        app.revoke_due().await;
    }
    assert_eq!(app.queued_revocations().await, 0);
    assert_eq!(revocation(app.grant_status(&identity).await), RevocationStatus::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_revocation_delays_no_request() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("revoke_hang", Some(1)).await;
    // The response does not wait for the provider.
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings/connections?done=disconnected");
    assert_eq!(app.stored_tokens().await, 0);
    assert_eq!(revocation(app.grant_status(&identity).await), RevocationStatus::Pending { attempts: 0 });
    // The revocation is running: no one else starts it.
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
    app.advance(60).await;
    app.revoke_due().await;
    let status = revocation(app.grant_status(&identity).await);
    assert!(matches!(status, RevocationStatus::Done { .. }), "{status:?}");
    assert!(browser.is_signed_in().await);
}
