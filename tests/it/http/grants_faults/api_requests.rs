//! Google fails at the API.

use latchkey::{
    grants::{DriveMetadataReadonly, GrantError},
    store::{GrantEndReason, GrantStatus},
};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::FILES;
use crate::{
    http::granting::{DRIVE, with_drive},
    support::database::Engine,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_token_is_refreshed_once_then_the_grant_ends() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("drive_token_expired", Some(1)).await;
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
    assert_eq!((app.renewals().await, app.requests_to("files").await.len()), (1, 2));

    app.arm_preset("drive_token_expired", None).await;
    let asked = app.list_files(&identity).await;
    assert!(matches!(asked, Err(GrantError::Lost(GrantEndReason::Revoked))), "{asked:?}");
    assert_eq!((app.renewals().await, app.requests_to("files").await.len(), app.stored_tokens().await), (2, 4, 0));
    assert!(app.list_files(&identity).await.is_err() && browser.is_signed_in().await);
    assert_eq!(app.requests_to("files").await.len(), 4);

    // Google has just refreshed it: the new tokens are still valid there, and are revoked.
    assert_eq!(app.queued_revocations().await, 1);
    app.revoke_due().await;
    assert_eq!((app.requests_to("revoke").await.len(), app.queued_revocations().await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_revoked_at_google_ends_the_grant_when_used() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let second = app.other_server(&[crate::support::database::KEY]).await;
    // Revoked at Google: all of Ada's tokens are invalid.
    let token = app.tokens_of(&identity).await.access_token;
    second
        .relying_party
        .revoke("google", identity.key.issuer(), &token, latchkey::oauth::TokenTypeHint::AccessToken)
        .await
        .expect("revoked");
    let asked = app.list_files(&identity).await;
    assert!(matches!(asked, Err(GrantError::Lost(GrantEndReason::Revoked))), "{asked:?}");
    assert_eq!((app.renewals().await, app.stored_tokens().await), (1, 0));
}

#[rstest]
#[case("drive_quota_429", 30)]
#[case("drive_rate_limited", 1)]
#[case("drive_user_rate_limited", 1)]
#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limited_api_is_not_called_until_retry_after(#[case] preset: &str, #[case] pause: i64) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset(preset, Some(1)).await;
    for _ in 0..10 {
        let asked = app.list_files(&identity).await;
        assert!(matches!(asked, Err(GrantError::RateLimited { seconds }) if seconds <= 30), "{asked:?}");
    }
    assert_eq!(app.requests_to("files").await.len(), 1);
    // Another user is not affected.
    let other = app.browser();
    other.sign_in("grace").await;
    let grace = app.google_identity(&other).await;
    other.connect(&grace, "grace", "drive", &[DRIVE]).await;
    assert_eq!(app.list_files(&grace).await.expect("files"), 200);
    app.advance(pause).await;
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
    assert_eq!(app.grant_status(&identity).await, GrantStatus::Live);
}

/// Twenty concurrent rejections count as one.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_callers_share_one_back_off() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("drive_rate_limited", None).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (grants, identity) = (app.grants.clone(), identity.clone());
        all.spawn(async move {
            let mut granted = grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
            grants.ask(&mut granted, FILES).await
        });
    }
    for asked in all.join_all().await {
        assert!(matches!(asked, Err(GrantError::RateLimited { seconds: 1 })), "{asked:?}");
    }
    app.disarm().await;
    app.advance(1).await;
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_missing_at_the_api_is_removed_from_the_grant() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let missing = r#"{"error":{"code":403,"errors":[{"reason":"insufficientPermissions"}]}}"#;
    app.fail_once("files", json!({ "kind": "answer", "status": 403, "body": missing })).await;
    let asked = app.list_files(&identity).await;
    assert!(matches!(asked, Err(GrantError::Withdrawn)), "{asked:?}");
    assert!(matches!(app.take_token(&identity).await, Err(GrantError::Withdrawn)));
    assert_eq!(app.requests_to("files").await.len(), 1);
}

#[rstest]
#[case::refused(json!({ "kind": "answer", "status": 403, "body": "{\"error\":{\"errors\":[{\"reason\":\"domainPolicy\"}]}}" }))]
#[case::error(json!({ "kind": "status", "status": 500 }))]
#[case::redirect(json!({ "kind": "redirect", "status": 302 }))]
#[case::huge(json!({ "kind": "huge", "bytes": 10_485_760 }))]
#[case::broken_off(json!({ "kind": "half_closed" }))]
#[tokio::test(flavor = "multi_thread")]
async fn other_api_errors_end_nothing_and_follow_no_redirect(#[case] error: Value) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.fail_once("files", error).await;
    let asked = app.list_files(&identity).await;
    assert!(matches!(asked, Err(GrantError::Refused | GrantError::Unavailable)), "{asked:?}");
    assert!(app.requests_to("trap").await.is_empty(), "a redirect was followed");
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_api_opens_its_breaker_but_not_the_login() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("drive_503", None).await;
    for _ in 0..30 {
        assert!(matches!(app.list_files(&identity).await, Err(GrantError::Unavailable)));
    }
    assert_eq!(app.requests_to("files").await.len(), 10);
    app.browser().sign_in("grace").await;
    assert!(!app.browser().get("/login").await.body.contains("You can still try."));
    app.disarm().await;
    app.advance(20).await;
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_outside_the_api_are_not_requested() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let mut granted = app.take_token(&identity).await.expect("granted");
    for path in ["", "drive", "@evil.example/", "//evil.example/x", "/../google/token"] {
        let asked = app.grants.ask(&mut granted, path).await;
        assert!(matches!(asked, Err(GrantError::Refused)) || path.starts_with("//"), "{path}: {asked:?}");
    }
    assert!(app.requests_to("trap").await.is_empty() && app.renewals().await == 0);
}
