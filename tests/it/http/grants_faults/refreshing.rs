//! Google fails at the refresh.

use latchkey::{
    grants::{DriveMetadataReadonly, GrantError},
    store::{GrantEndReason, GrantStatus},
};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    http::{
        app::App,
        granting::{DRIVE, with_drive},
    },
    support::database::Engine,
};

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
