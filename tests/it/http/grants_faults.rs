//! Threat group M: Google on a bad day, or in bad hands.

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
    async fn takes(&self, identity: &Identity) -> Result<Granted<DriveMetadataReadonly>, GrantError> {
        self.grants.take(identity).await
    }

    /// Asks for files; the status of the answer.
    async fn asks(&self, identity: &Identity) -> Result<u16, GrantError> {
        let mut granted = self.takes(identity).await?;
        Ok(self.grants.ask(&mut granted, FILES).await?.status)
    }

    async fn lets(&self, preset: &str, times: Option<u32>) {
        self.tell_sandbox("google/presets", json!({ "preset": preset, "times": times })).await;
    }

    async fn behaves(&self) {
        self.tell_sandbox("google/behave", json!({})).await;
    }
}

// Renewing.

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_refresh_token_keeps_the_old_one_and_one_with_it_replaces_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, _, identity) = with_drive(engine).await;
    let mut tokens = vec![app.token_texts(&identity).await];
    for preset in [None, Some("refresh_rotates"), None, None] {
        if let Some(preset) = preset {
            app.preset(preset).await;
        }
        app.advance(3600).await;
        assert_eq!(app.asks(&identity).await.expect("files"), 200);
        tokens.push(app.token_texts(&identity).await);
    }
    let refresh: Vec<_> = tokens.iter().map(|tokens| &tokens[0]).collect();
    assert!(refresh[0] == refresh[1] && refresh[1] != refresh[2] && refresh[2] == refresh[4]);
    assert_eq!(app.renewals().await, 4);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_google_took_back_ends_at_once_and_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    let session = browser.session();
    app.lets("refresh_invalid_grant", None).await;
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
        assert!(matches!(app.takes(&identity).await, Err(GrantError::Lost(GrantEndReason::Revoked))));
        app.advance(100).await;
    }
    assert_eq!((app.renewals().await, app.kept_tokens().await, app.waiting_revocations().await), (1, 0, 0));
    assert_eq!(app.standing_of(&identity).await, GrantStatus::Lost(GrantEndReason::Revoked));
    assert!(app.events().await.contains("grant google revoked"));
    assert_eq!(browser.session(), session);
    assert!(browser.is_signed_in().await, "the sign-in is another matter");

    app.behaves().await;
    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
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
async fn an_answer_about_somebody_else_ends_the_grant_and_is_given_back(#[case] mut patch: Value) {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    // The twin: the same way with an honest id_token.
    app.advance(3600).await;
    app.takes(&identity).await.expect("renewed");

    patch["refreshed"] = json!(true);
    app.tell_sandbox("google/id_token", json!({ "patch": patch, "times": 1 })).await;
    app.advance(3600).await;
    let taken = app.takes(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Revoked))), "{taken:?}");
    assert_eq!((app.kept_tokens().await, app.waiting_revocations().await), (0, 1));
    app.revoke_due().await;
    assert_eq!((app.requests_to("revoke").await.len(), app.waiting_revocations().await), (1, 0));
    assert!(browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_rotated_meanwhile_end_nothing() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.tell_sandbox("google/keys", json!({ "action": "rotate" })).await;
    app.advance(3600).await;
    app.takes(&identity).await.expect("renewed");
    app.tell_sandbox(
        "google/id_token",
        json!({ "patch": { "header": { "kid": "unheard-of" }, "refreshed": true }, "times": 1 }),
    )
    .await;
    app.advance(3600).await;
    let taken = app.takes(&identity).await;
    assert!(matches!(taken, Err(GrantError::Away)), "{taken:?}");
    app.advance(60).await;
    app.takes(&identity).await.expect("renewed");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_google_cannot_renew_the_old_token_serves_as_long_as_it_lives() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let granted = app.now();
    app.lets("refresh_503", None).await;
    let till_end = (app.grant_of(&identity).await.unwrap().access_expires_at.unwrap() - granted).whole_seconds();
    app.advance(till_end - 50).await;
    for _ in 0..30 {
        assert_eq!(app.asks(&identity).await.expect("the old token"), 200);
    }
    assert_eq!(app.renewals().await, 1, "asked to wait 30 seconds, we wait");
    app.advance(51).await;
    for _ in 0..30 {
        let taken = app.takes(&identity).await;
        assert!(matches!(taken, Err(GrantError::Away)), "{taken:?}");
    }
    assert_eq!(app.renewals().await, 2);
    assert_eq!((app.kept_tokens().await, app.standing_of(&identity).await), (2, GrantStatus::Live));
    app.behaves().await;
    app.advance(30).await;
    assert_eq!(app.asks(&identity).await.expect("renewed"), 200);
}

#[rstest]
#[case::error(json!({ "kind": "status", "status": 500 }))]
#[case::page(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }))]
#[case::half(json!({ "kind": "truncated" }))]
#[case::our_secret(json!({ "kind": "answer", "status": 401, "body": "{\"error\":\"invalid_client\"}" }))]
#[case::elsewhere(json!({ "kind": "redirect", "status": 307 }))]
#[case::another_type(json!({ "kind": "patch", "set": { "token_type": "mac" } }))]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_none_ends_nothing(#[case] error: Value) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.error("refresh", error).await;
    app.advance(3600).await;
    let taken = app.takes(&identity).await;
    assert!(matches!(taken, Err(GrantError::Away)), "{taken:?}");
    assert_eq!((app.kept_tokens().await, app.requests_to("trap").await.len()), (2, 0));
    app.advance(2).await;
    assert_eq!(app.asks(&identity).await.expect("renewed"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_endpoint_that_hangs_holds_nobody_for_long_and_all_share_the_wait() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.error("refresh", json!({ "kind": "hang" })).await;
    app.advance(3600).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (grants, identity) = (app.grants.clone(), identity.clone());
        all.spawn(async move { grants.take::<DriveMetadataReadonly>(&identity).await });
    }
    for taken in all.join_all().await {
        assert!(matches!(taken, Err(GrantError::Away)), "{taken:?}");
    }
    assert_eq!(app.renewals().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn renewals_that_fail_keep_nobody_from_signing_in() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.lets("refresh_503", None).await;
    app.advance(3600).await;
    for _ in 0..12 {
        app.advance(64).await;
        assert!(matches!(app.takes(&identity).await, Err(GrantError::Away)));
    }
    assert!(!app.browser().get("/login").await.body.contains("You can still try."));
    app.browser().signs_in_as("grace").await;
    app.behaves().await;
    app.advance(64).await;
    assert_eq!(app.asks(&identity).await.expect("renewed"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_refresh_token_access_ends_with_the_access_token() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let identity = app.google_identity(&browser).await;
    app.error("token", json!({ "kind": "patch", "remove": ["refresh_token"] })).await;
    assert_eq!(browser.connects(&identity, "ada", "drive", &[DRIVE]).await.location(), "/drive");
    assert!(!app.grant_of(&identity).await.expect("a grant").renewable);
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
    app.advance(3600).await;
    let taken = app.takes(&identity).await;
    assert!(matches!(taken, Err(GrantError::Lost(GrantEndReason::Expired))), "{taken:?}");
    assert_eq!((app.renewals().await, app.kept_tokens().await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_gone_after_a_renewal_is_gone_here() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.preset("refresh_fewer_scopes").await;
    app.advance(3600).await;
    let taken = app.takes(&identity).await;
    assert!(matches!(taken, Err(GrantError::Withdrawn)), "{taken:?}");
    assert!(!app.grant_of(&identity).await.expect("a grant").scopes.contains(DRIVE));
}

// Asking.

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_is_renewed_once_and_then_the_grant_is_over() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.lets("drive_token_expired", Some(1)).await;
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
    assert_eq!((app.renewals().await, app.requests_to("files").await.len()), (1, 2));

    app.lets("drive_token_expired", None).await;
    let asked = app.asks(&identity).await;
    assert!(matches!(asked, Err(GrantError::Lost(GrantEndReason::Revoked))), "{asked:?}");
    assert_eq!((app.renewals().await, app.requests_to("files").await.len(), app.kept_tokens().await), (2, 4, 0));
    assert!(app.asks(&identity).await.is_err() && browser.is_signed_in().await);
    assert_eq!(app.requests_to("files").await.len(), 4);

    // Google had just renewed it: what is forgotten here is alive there, and given back.
    assert_eq!(app.waiting_revocations().await, 1);
    app.revoke_due().await;
    assert_eq!((app.requests_to("revoke").await.len(), app.waiting_revocations().await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_the_person_took_back_at_google_ends_when_it_is_used() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let second = app.machine(&[[7; 32]]).await;
    // Revoked behind our back: all of Ada's tokens are void.
    let token = app.tokens_of(&identity).await.access_token;
    second
        .relying_party
        .revoke("google", identity.key.issuer(), &token, latchkey::oauth::TokenTypeHint::AccessToken)
        .await
        .expect("revoked");
    let asked = app.asks(&identity).await;
    assert!(matches!(asked, Err(GrantError::Lost(GrantEndReason::Revoked))), "{asked:?}");
    assert_eq!((app.renewals().await, app.kept_tokens().await), (1, 0));
}

#[rstest]
#[case("drive_quota_429", 30)]
#[case("drive_rate_limited", 1)]
#[case("drive_user_rate_limited", 1)]
#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_asks_us_to_wait_is_left_alone_meanwhile(#[case] preset: &str, #[case] pause: i64) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.lets(preset, Some(1)).await;
    for _ in 0..10 {
        let asked = app.asks(&identity).await;
        assert!(matches!(asked, Err(GrantError::Busy { seconds }) if seconds <= 30), "{asked:?}");
    }
    assert_eq!(app.requests_to("files").await.len(), 1);
    // Somebody else's files are another matter.
    let other = app.browser();
    other.signs_in_as("grace").await;
    let grace = app.google_identity(&other).await;
    other.connects(&grace, "grace", "drive", &[DRIVE]).await;
    assert_eq!(app.asks(&grace).await.expect("files"), 200);
    app.advance(pause).await;
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
    assert_eq!(app.standing_of(&identity).await, GrantStatus::Live);
}

/// Twenty pages that are opened at once hear the same thing twenty times.
#[tokio::test(flavor = "multi_thread")]
async fn many_who_are_asked_to_wait_at_once_wait_as_one() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.lets("drive_rate_limited", None).await;
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (grants, identity) = (app.grants.clone(), identity.clone());
        all.spawn(async move {
            let mut granted = grants.take::<DriveMetadataReadonly>(&identity).await.expect("granted");
            grants.ask(&mut granted, FILES).await
        });
    }
    for asked in all.join_all().await {
        assert!(matches!(asked, Err(GrantError::Busy { seconds: 1 })), "{asked:?}");
    }
    app.behaves().await;
    app.advance(1).await;
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_the_api_misses_is_taken_out_of_the_grant() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let missing = r#"{"error":{"code":403,"errors":[{"reason":"insufficientPermissions"}]}}"#;
    app.error("files", json!({ "kind": "answer", "status": 403, "body": missing })).await;
    let asked = app.asks(&identity).await;
    assert!(matches!(asked, Err(GrantError::Withdrawn)), "{asked:?}");
    assert!(matches!(app.takes(&identity).await, Err(GrantError::Withdrawn)));
    assert_eq!(app.requests_to("files").await.len(), 1);
}

#[rstest]
#[case::refused(json!({ "kind": "answer", "status": 403, "body": "{\"error\":{\"errors\":[{\"reason\":\"domainPolicy\"}]}}" }))]
#[case::error(json!({ "kind": "status", "status": 500 }))]
#[case::redirect(json!({ "kind": "redirect", "status": 302 }))]
#[case::huge(json!({ "kind": "huge", "bytes": 10_485_760 }))]
#[case::broken_off(json!({ "kind": "half_closed" }))]
#[tokio::test(flavor = "multi_thread")]
async fn any_other_answer_ends_nothing_and_leads_nowhere(#[case] error: Value) {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.error("files", error).await;
    let asked = app.asks(&identity).await;
    assert!(matches!(asked, Err(GrantError::Refused | GrantError::Away)), "{asked:?}");
    assert!(app.requests_to("trap").await.is_empty(), "a redirect was followed");
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_down_is_left_alone_and_keeps_nobody_from_signing_in() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    app.lets("drive_503", None).await;
    for _ in 0..30 {
        assert!(matches!(app.asks(&identity).await, Err(GrantError::Away)));
    }
    assert_eq!(app.requests_to("files").await.len(), 10);
    app.browser().signs_in_as("grace").await;
    assert!(!app.browser().get("/login").await.body.contains("You can still try."));
    app.behaves().await;
    app.advance(20).await;
    assert_eq!(app.asks(&identity).await.expect("files"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_path_of_the_api_is_not_asked() {
    let (app, _, identity) = with_drive(Engine::Sqlite).await;
    let mut granted = app.takes(&identity).await.expect("granted");
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
async fn a_400_is_a_success_where_the_token_was_void_already(#[case] body: &str, #[case] done: bool) {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.error("revoke", json!({ "kind": "answer", "status": 400, "body": body })).await;
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?done=disconnected");
    assert_eq!(app.kept_tokens().await, 0, "ours are gone in any case");
    let standing = revocation(app.standing_of(&identity).await);
    assert_eq!(matches!(standing, RevocationStatus::Done { .. }), done, "{standing:?}");
    assert_eq!(app.waiting_revocations().await, i64::from(!done));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_fails_is_tried_again_until_it_works(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (app, browser, identity) = with_drive(engine).await;
    app.lets("revoke_500", Some(3)).await;
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?done=disconnected");
    let mut tried = 1;
    for (attempts, wait) in [(1, 15), (2, 60), (3, 300)] {
        assert_eq!(app.kept_tokens().await, 0);
        let standing = revocation(app.standing_of(&identity).await);
        assert_eq!(standing, RevocationStatus::Pending { attempts });
        app.advance(wait - 2).await;
        app.revoke_due().await;
        assert_eq!(app.requests_to("revoke").await.len(), tried, "not before its time");
        app.advance(2).await;
        app.revoke_due().await;
        tried += 1;
        assert_eq!(app.requests_to("revoke").await.len(), tried);
    }
    let standing = revocation(app.standing_of(&identity).await);
    assert!(matches!(standing, RevocationStatus::Done { .. }), "{standing:?}");
    assert_eq!(app.waiting_revocations().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_never_works_is_given_up_and_says_so() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.lets("revoke_500", None).await;
    browser.disconnects(&identity).await;
    for _ in 0..80 {
        app.advance(3600).await;
        app.revoke_due().await;
    }
    assert_eq!(app.waiting_revocations().await, 0);
    assert_eq!(revocation(app.standing_of(&identity).await), RevocationStatus::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_revocation_that_hangs() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    app.lets("revoke_hang", Some(1)).await;
    // The answer is there while the provider still says nothing.
    assert_eq!(browser.disconnects(&identity).await.location(), "/settings?done=disconnected");
    assert_eq!(app.kept_tokens().await, 0);
    assert_eq!(revocation(app.standing_of(&identity).await), RevocationStatus::Pending { attempts: 0 });
    // It is on its way: nobody else tries meanwhile.
    app.revoke_due().await;
    assert_eq!(app.requests_to("revoke").await.len(), 1);
    app.advance(60).await;
    app.revoke_due().await;
    let standing = revocation(app.standing_of(&identity).await);
    assert!(matches!(standing, RevocationStatus::Done { .. }), "{standing:?}");
    assert!(browser.is_signed_in().await);
}
