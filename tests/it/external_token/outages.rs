//! Threat PA13: a provider that is away or slow is a 503 in less than five seconds, and never a yes.

use std::time::Duration;

use latchkey::relying_party::ExternalTokenError;
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use serde_json::{Value, json};

use super::counter::Counter;

fn is_unavailable<T>(outcome: &Result<T, ExternalTokenError>) -> bool {
    matches!(outcome, Err(ExternalTokenError::Unavailable { .. }))
}

/// A token of Ada's meets the fault at the endpoint; its twin passes once the provider behaves.
async fn is_waited_for(slug: &str, endpoint: &str, error: Value) {
    let counter = Counter::open().await;
    let token = counter.access_token(slug, "ada").await;
    counter.order(&format!("{slug}/faults"), json!({ "endpoint": endpoint, "fault": error })).await;
    let outcome = counter.by_access_token(slug, &token).await;
    assert!(is_unavailable(&outcome), "{slug} {endpoint} {error}: {outcome:?}");
    counter.order(&format!("{slug}/behave"), json!({})).await;
    assert!(counter.by_access_token(slug, &token).await.is_ok(), "{slug} {endpoint} {error}");
}

#[tokio::test]
async fn trouble_at_the_check_is_never_a_yes() {
    for slug in ["google", "github", "facebook"] {
        for error in [
            json!({ "kind": "status", "status": 500 }),
            json!({ "kind": "status", "status": 429 }),
            json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }),
            json!({ "kind": "answer", "body": "" }),
            json!({ "kind": "truncated" }),
            json!({ "kind": "half_closed" }),
            json!({ "kind": "huge" }),
            json!({ "kind": "redirect", "status": 307 }),
        ] {
            is_waited_for(slug, "tokeninfo", error).await;
        }
    }
}

#[tokio::test]
async fn trouble_at_userinfo_is_never_a_yes_either() {
    for slug in ["google", "github", "facebook"] {
        for error in [
            json!({ "kind": "status", "status": 503 }),
            json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }),
            json!({ "kind": "half_closed" }),
        ] {
            is_waited_for(slug, "userinfo", error).await;
        }
    }
}

#[tokio::test]
async fn a_hanging_check_is_given_up() {
    is_waited_for("google", "tokeninfo", json!({ "kind": "hang" })).await;
}

#[tokio::test]
async fn a_check_that_drips_is_given_up() {
    is_waited_for("github", "tokeninfo", json!({ "kind": "drip", "delay_ms": 200 })).await;
}

#[tokio::test]
async fn a_hanging_userinfo_is_given_up() {
    is_waited_for("google", "userinfo", json!({ "kind": "hang" })).await;
}

#[tokio::test]
async fn one_that_is_slow_and_answers_in_time_is_taken() {
    let counter = Counter::open().await;
    let token = counter.access_token("google", "ada").await;
    let error = json!({ "kind": "slow", "delay_ms": 700 });
    counter.order("google/faults", json!({ "endpoint": "tokeninfo", "times": 1, "fault": error })).await;
    assert!(counter.by_access_token("google", &token).await.is_ok());
}

#[tokio::test]
async fn when_to_come_again_is_passed_on() {
    let counter = Counter::open().await;
    let token = counter.access_token("google", "ada").await;
    counter.preset("tokeninfo_503").await;
    let expected = ExternalTokenError::Unavailable { retry_after: Some(Duration::from_secs(30)) };
    assert_eq!(counter.by_access_token("google", &token).await, Err(expected));
}

#[tokio::test]
async fn keys_that_do_not_come_are_not_waited_for_long() {
    for error in [json!({ "kind": "hang" }), json!({ "kind": "status", "status": 500 })] {
        let counter = Counter::open().await;
        let token = counter.id_token("ada", GOOGLE_CLIENT_ID).await;
        counter.order("google/faults", json!({ "endpoint": "certs", "fault": error })).await;
        let outcome = counter.by_id_token("google", &token).await;
        assert!(is_unavailable(&outcome), "{error}: {outcome:?}");
        counter.order("google/behave", json!({})).await;
        assert!(counter.by_id_token("google", &token).await.is_ok(), "{error}");
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_is_unavailable() {
    let counter = Counter::open().await;
    let (access, id_token) =
        (counter.access_token("google", "ada").await, counter.id_token("ada", GOOGLE_CLIENT_ID).await);
    let Counter { sandbox, us, .. } = counter;
    sandbox.shutdown().await;
    let mut journal = latchkey::relying_party::Journal::new("google");
    let brought = latchkey::relying_party::Presented::AccessToken(&access.into());
    assert!(is_unavailable(&us.verify_external_token("google", brought, &mut journal).await));
    let nonce = super::counter::nonce();
    let brought = latchkey::relying_party::Presented::IdToken {
        token: &id_token,
        nonce: latchkey::oidc::NonceRule::Equals(&nonce),
    };
    assert!(is_unavailable(&us.verify_external_token("google", brought, &mut journal).await));
}

#[tokio::test]
async fn a_check_that_fails_again_and_again_is_left_alone_and_does_not_close_the_login() {
    let counter = Counter::open().await;
    let token = counter.access_token("google", "ada").await;
    counter
        .order("google/faults", json!({ "endpoint": "tokeninfo", "fault": { "kind": "status", "status": 500 } }))
        .await;
    for _ in 0..10 {
        assert!(is_unavailable(&counter.by_access_token("google", &token).await));
    }
    counter.asked().await;
    assert!(is_unavailable(&counter.by_access_token("google", &token).await));
    assert!(counter.asked().await.is_empty(), "its breaker is open");
    assert!(counter.us.is_available("google"), "signing in does not need it");
    counter.order("google/behave", json!({})).await;
    counter.clock.advance(21);
    assert!(counter.by_access_token("google", &token).await.is_ok());
}
