//! Threat group M: Google fails, or answers maliciously.

use latchkey::{
    accounts::Identity,
    grants::{DriveMetadataReadonly, GrantError, Granted},
    store::{GrantEndReason, GrantStatus, RevocationStatus},
};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    app::App,
    granting::{DRIVE, with_drive},
};
use crate::support::database::Engine;

const FILES: &str = "/drive/v3/files?pageSize=1";

impl App {
    async fn take_token(&self, identity: &Identity) -> Result<Granted<DriveMetadataReadonly>, GrantError> {
        self.grants.take(identity).await
    }

    /// Lists files; returns the status.
    async fn list_files(&self, identity: &Identity) -> Result<u16, GrantError> {
        let mut granted = self.take_token(identity).await?;
        Ok(self.grants.ask(&mut granted, FILES).await?.status)
    }

    async fn arm_preset(&self, preset: &str, times: Option<u32>) {
        self.control_sandbox("google/presets", json!({ "preset": preset, "times": times })).await;
    }

    async fn disarm(&self) {
        self.control_sandbox("google/behave", json!({})).await;
    }
}

// Refreshing.

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_refresh_token_is_kept_unless_google_sends_another(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, _, identity) = with_drive(engine).await;
    let mut tokens = vec![app.token_texts(&identity).await];
    for preset in [None, Some("refresh_rotates"), None, None] {
        if let Some(preset) = preset {
            app.arm_once(preset).await;
        }
        app.advance(3600).await;
        assert_eq!(app.list_files(&identity).await.expect("files"), 200);
        tokens.push(app.token_texts(&identity).await);
    }
    let refresh: Vec<_> = tokens.iter().map(|tokens| &tokens[0]).collect();
    assert!(refresh[0] == refresh[1] && refresh[1] != refresh[2] && refresh[2] == refresh[4]);
    assert_eq!(app.renewals().await, 4);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_revoked_at_google_ends_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    let session = browser.session();
    app.arm_preset("refresh_invalid_grant", None).await;
    app.advance(3600).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (grants, identity) = (app.grants.clone(), identity.clone());
        all.spawn(async move { grants.take::<DriveMetadataReadonly>(&identity).await });
    }
    for taken in all.join_all().await {
        assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Revoked))), "{taken:?}");
    }
    for _ in 0..5 {
        assert!(matches!(app.take_token(&identity).await, Err(GrantError::Lost(GrantEndReason::Revoked))));
        app.advance(100).await;
    }
    assert_eq!((app.renewals().await, app.stored_tokens().await, app.queued_revocations().await), (1, 0, 0));
    assert_eq!(app.grant_status(&identity).await, GrantStatus::Lost(GrantEndReason::Revoked));
    assert!(app.events().await.contains("grant google revoked"));
    assert_eq!(browser.session(), session);
    assert!(browser.is_signed_in().await, "the sign-in is another matter");

    app.disarm().await;
    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
}

#[rstest]
#[case::another_subject(json!({ "claims": { "sub": "199999999999999999999" } }))]
#[case::another_issuer(json!({ "claims": { "iss": "https://evil.example" } }))]
#[case::another_audience(json!({ "claims": { "aud": "somebody-else" } }))]
#[case::expired(json!({ "claims": { "exp": { "$now": -3600 } } }))]
#[case::not_signed(json!({ "sign": "none" }))]
#[case::badly_signed(json!({ "sign": "bad_signature" }))]
#[case::no_subject(json!({ "remove": ["sub"] }))]
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_for_another_subject_ends_and_revokes_the_grant(#[case] mut patch: Value) {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    // The counterpart: the same flow with an honest id_token.
    app.advance(3600).await;
    app.take_token(&identity).await.expect("renewed");

    patch["refreshed"] = json!(true);
    app.control_sandbox("google/id_token", json!({ "patch": patch, "times": 1 })).await;
    app.advance(3600).await;
    let taken = app.take_token(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Revoked))), "{taken:?}");
    assert_eq!((app.stored_tokens().await, app.queued_revocations().await), (0, 1));
    app.revoke_due().await;
    assert_eq!((app.requests_to("revoke").await.len(), app.queued_revocations().await), (1, 0));
    assert!(browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_keys_end_no_grant() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.control_sandbox("google/keys", json!({ "action": "rotate" })).await;
    app.advance(3600).await;
    app.take_token(&identity).await.expect("renewed");
    app.control_sandbox(
        "google/id_token",
        json!({ "patch": { "header": { "kid": "unheard-of" }, "refreshed": true }, "times": 1 }),
    )
    .await;
    app.advance(3600).await;
    let taken = app.take_token(&identity).await;
    assert!(matches!(taken, Err(GrantError::Unavailable)), "{taken:?}");
    app.advance(60).await;
    app.take_token(&identity).await.expect("renewed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_token_is_used_until_it_expires_during_an_outage() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let granted = app.now();
    app.arm_preset("refresh_503", None).await;
    let till_end = (app.grant_of(&identity).await.unwrap().access_expires_at.unwrap() - granted).whole_seconds();
    app.advance(till_end - 50).await;
    for _ in 0..30 {
        assert_eq!(app.list_files(&identity).await.expect("the old token"), 200);
    }
    assert_eq!(app.renewals().await, 1, "asked to wait 30 seconds, we wait");
    app.advance(51).await;
    for _ in 0..30 {
        let taken = app.take_token(&identity).await;
        assert!(matches!(taken, Err(GrantError::Unavailable)), "{taken:?}");
    }
    assert_eq!(app.renewals().await, 2);
    assert_eq!((app.stored_tokens().await, app.grant_status(&identity).await), (2, GrantStatus::Live));
    app.disarm().await;
    app.advance(30).await;
    assert_eq!(app.list_files(&identity).await.expect("renewed"), 200);
}

#[rstest]
#[case::error(json!({ "kind": "status", "status": 500 }))]
#[case::page(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }))]
#[case::half(json!({ "kind": "truncated" }))]
#[case::our_secret(json!({ "kind": "answer", "status": 401, "body": "{\"error\":\"invalid_client\"}" }))]
#[case::elsewhere(json!({ "kind": "redirect", "status": 307 }))]
#[case::another_type(json!({ "kind": "patch", "set": { "token_type": "mac" } }))]
#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_refresh_answer_ends_nothing(#[case] error: Value) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.fail_once("refresh", error).await;
    app.advance(3600).await;
    let taken = app.take_token(&identity).await;
    assert!(matches!(taken, Err(GrantError::Unavailable)), "{taken:?}");
    assert_eq!((app.stored_tokens().await, app.requests_to("trap").await.len()), (2, 0));
    app.advance(2).await;
    assert_eq!(app.list_files(&identity).await.expect("renewed"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_refresh_is_shared_by_all_callers() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.fail_once("refresh", json!({ "kind": "hang" })).await;
    app.advance(3600).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (grants, identity) = (app.grants.clone(), identity.clone());
        all.spawn(async move { grants.take::<DriveMetadataReadonly>(&identity).await });
    }
    for taken in all.join_all().await {
        assert!(matches!(taken, Err(GrantError::Unavailable)), "{taken:?}");
    }
    assert_eq!(app.renewals().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_refreshes_do_not_prevent_sign_in() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.arm_preset("refresh_503", None).await;
    app.advance(3600).await;
    for _ in 0..12 {
        app.advance(64).await;
        assert!(matches!(app.take_token(&identity).await, Err(GrantError::Unavailable)));
    }
    assert!(!app.browser().get("/login").await.body.contains("You can still try."));
    app.browser().sign_in("grace").await;
    app.disarm().await;
    app.advance(64).await;
    assert_eq!(app.list_files(&identity).await.expect("renewed"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_refresh_token_access_ends_with_its_token() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let identity = app.google_identity(&browser).await;
    app.fail_once("token", json!({ "kind": "patch", "remove": ["refresh_token"] })).await;
    assert_eq!(browser.connect(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert!(!app.grant_of(&identity).await.expect("a grant").renewable);
    assert_eq!(app.list_files(&identity).await.expect("files"), 200);
    app.advance(3600).await;
    let taken = app.take_token(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Expired))), "{taken:?}");
    assert_eq!((app.renewals().await, app.stored_tokens().await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_missing_after_a_refresh_is_removed() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.arm_once("refresh_fewer_scopes").await;
    app.advance(3600).await;
    let taken = app.take_token(&identity).await;
    assert!(matches!(taken, Err(GrantError::Withdrawn)), "{taken:?}");
    assert!(!app.grant_of(&identity).await.expect("a grant").scopes.contains(DRIVE));
}

// API requests.

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
    let second = app.other_server(&[[7; 32]]).await;
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

// Revoking.

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
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings?done=disconnected");
    assert_eq!(app.stored_tokens().await, 0, "ours are gone in any case");
    let standing = revocation(app.grant_status(&identity).await);
    assert_eq!(matches!(standing, RevocationStatus::Done { .. }), done, "{standing:?}");
    assert_eq!(app.queued_revocations().await, i64::from(!done));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_revocation_is_retried_until_it_succeeds(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, browser, identity) = with_drive(engine).await;
    app.arm_preset("revoke_500", Some(3)).await;
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings?done=disconnected");
    let mut tried = 1;
    for (attempts, wait) in [(1, 15), (2, 60), (3, 300)] {
        assert_eq!(app.stored_tokens().await, 0);
        let standing = revocation(app.grant_status(&identity).await);
        assert_eq!(standing, RevocationStatus::Pending { attempts });
        app.advance(wait - 2).await;
        app.revoke_due().await;
        assert_eq!(app.requests_to("revoke").await.len(), tried, "not before its time");
        app.advance(2).await;
        app.revoke_due().await;
        tried += 1;
        assert_eq!(app.requests_to("revoke").await.len(), tried);
    }
    let standing = revocation(app.grant_status(&identity).await);
    assert!(matches!(standing, RevocationStatus::Done { .. }), "{standing:?}");
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
    assert_eq!(browser.disconnect(&identity).await.location(), "/settings?done=disconnected");
    assert_eq!(app.stored_tokens().await, 0);
    assert_eq!(revocation(app.grant_status(&identity).await), RevocationStatus::Pending { attempts: 0 });
    // The revocation is running: no one else starts it.
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
    app.advance(60).await;
    app.revoke_due().await;
    let standing = revocation(app.grant_status(&identity).await);
    assert!(matches!(standing, RevocationStatus::Done { .. }), "{standing:?}");
    assert!(browser.is_signed_in().await);
}
