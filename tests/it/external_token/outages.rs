//! Threat PA13: an unavailable or slow provider is a 503 within five seconds, and never a sign-in. Only a silent one is called
//! unavailable.

use std::time::Duration;

use latchkey::relying_party::{ExternalTokenError, ProviderFailure};
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use serde_json::{Value, json};

use super::setup::Setup;

fn is_unavailable<T>(outcome: &Result<T, ExternalTokenError>) -> bool {
    matches!(outcome, Err(ExternalTokenError::Provider(ProviderFailure::Unavailable { .. })))
}

fn is_unreadable<T>(outcome: &Result<T, ExternalTokenError>) -> bool {
    matches!(outcome, Err(ExternalTokenError::Provider(ProviderFailure::Response)))
}

/// A token of Ada's fails because of the fault at the endpoint; its counterpart passes afterwards.
async fn fails_once(slug: &str, endpoint: &str, error: Value) {
    let setup = Setup::open().await;
    let token = setup.access_token(slug, "ada").await;
    setup.control(&format!("{slug}/faults"), json!({ "endpoint": endpoint, "fault": error })).await;
    let outcome = setup.by_access_token(slug, &token).await;
    let answers = ["answer", "truncated", "huge", "redirect"].contains(&error["kind"].as_str().unwrap());
    assert_eq!(
        (is_unavailable(&outcome), is_unreadable(&outcome)),
        (!answers, answers),
        "{slug} {endpoint} {error}: {outcome:?}"
    );
    setup.control(&format!("{slug}/behave"), json!({})).await;
    assert!(setup.by_access_token(slug, &token).await.is_ok(), "{slug} {endpoint} {error}");
}

#[tokio::test]
async fn errors_of_the_token_check_never_sign_in() {
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
            fails_once(slug, "tokeninfo", error).await;
        }
    }
}

#[tokio::test]
async fn errors_of_userinfo_never_sign_in() {
    for slug in ["google", "github", "facebook"] {
        for error in [
            json!({ "kind": "status", "status": 503 }),
            json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }),
            json!({ "kind": "half_closed" }),
        ] {
            fails_once(slug, "userinfo", error).await;
        }
    }
}

#[tokio::test]
async fn a_hanging_token_check_times_out() {
    fails_once("google", "tokeninfo", json!({ "kind": "hang" })).await;
}

#[tokio::test]
async fn a_dripping_token_check_times_out() {
    fails_once("github", "tokeninfo", json!({ "kind": "drip", "delay_ms": 200 })).await;
}

#[tokio::test]
async fn a_hanging_userinfo_times_out() {
    fails_once("google", "userinfo", json!({ "kind": "hang" })).await;
}

#[tokio::test]
async fn a_slow_answer_in_time_is_accepted() {
    let setup = Setup::open().await;
    let token = setup.access_token("google", "ada").await;
    let error = json!({ "kind": "slow", "delay_ms": 700 });
    setup.control("google/faults", json!({ "endpoint": "tokeninfo", "times": 1, "fault": error })).await;
    assert!(setup.by_access_token("google", &token).await.is_ok());
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let setup = Setup::open().await;
    let token = setup.access_token("google", "ada").await;
    setup.arm_once("tokeninfo_503").await;
    let expected = ProviderFailure::Unavailable { retry_after: Some(Duration::from_secs(30)) };
    assert_eq!(setup.by_access_token("google", &token).await, Err(expected.into()));
}

#[tokio::test]
async fn a_key_fetch_that_hangs_times_out() {
    for error in [json!({ "kind": "hang" }), json!({ "kind": "status", "status": 500 })] {
        let setup = Setup::open().await;
        let token = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
        setup.control("google/faults", json!({ "endpoint": "certs", "fault": error })).await;
        let outcome = setup.by_id_token("google", &token).await;
        assert!(is_unavailable(&outcome), "{error}: {outcome:?}");
        setup.control("google/behave", json!({})).await;
        assert!(setup.by_id_token("google", &token).await.is_ok(), "{error}");
    }
}

#[tokio::test]
async fn unusable_metadata_and_keys_are_named() {
    let html = json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" });
    let no_algorithm =
        json!({ "kind": "patch", "set": { "id_token_signing_alg_values_supported": ["HS256", "none"] } });
    for (endpoint, fault, expected) in [
        ("discovery", &html, ProviderFailure::Metadata),
        ("discovery", &json!({ "kind": "huge" }), ProviderFailure::Metadata),
        (
            "discovery",
            &json!({ "kind": "patch", "set": { "issuer": "https://evil.example" } }),
            ProviderFailure::Metadata,
        ),
        ("discovery", &no_algorithm, ProviderFailure::Algorithm),
        ("certs", &html, ProviderFailure::Keys),
        ("certs", &json!({ "kind": "answer", "body": "{\"keys\":[]}" }), ProviderFailure::Keys),
        ("certs", &json!({ "kind": "huge" }), ProviderFailure::Keys),
    ] {
        let setup = Setup::open().await;
        let token = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
        setup.control("google/faults", json!({ "endpoint": endpoint, "fault": fault })).await;
        assert_eq!(setup.by_id_token("google", &token).await, Err(expected.into()), "{endpoint} {fault}");
        setup.control("google/behave", json!({})).await;
        setup.clock.advance(60);
        let fresh = setup.id_token("ada", GOOGLE_CLIENT_ID).await;
        assert!(setup.by_id_token("google", &fresh).await.is_ok(), "{endpoint} {fault}");
    }
}

#[tokio::test]
async fn an_unreachable_provider_is_unavailable() {
    let setup = Setup::open().await;
    let (access, id_token) = (setup.access_token("google", "ada").await, setup.id_token("ada", GOOGLE_CLIENT_ID).await);
    let Setup { sandbox, relying_party, .. } = setup;
    sandbox.shutdown().await;
    let mut journal = latchkey::relying_party::Journal::new("google");
    let presented = latchkey::relying_party::Presented::AccessToken(&access.into());
    assert!(is_unavailable(&relying_party.verify_external_token("google", presented, &mut journal).await));
    let nonce = super::setup::nonce();
    let presented = latchkey::relying_party::Presented::IdToken {
        token: &id_token,
        nonce: latchkey::oidc::NonceRule::Equals(&nonce),
    };
    assert!(is_unavailable(&relying_party.verify_external_token("google", presented, &mut journal).await));
}

#[tokio::test]
async fn a_failing_token_check_opens_its_breaker_but_not_the_login() {
    let setup = Setup::open().await;
    let token = setup.access_token("google", "ada").await;
    setup
        .control("google/faults", json!({ "endpoint": "tokeninfo", "fault": { "kind": "status", "status": 500 } }))
        .await;
    for _ in 0..10 {
        assert!(is_unavailable(&setup.by_access_token("google", &token).await));
    }
    setup.requested_endpoints().await;
    assert!(is_unavailable(&setup.by_access_token("google", &token).await));
    assert!(setup.requested_endpoints().await.is_empty(), "its breaker is open");
    assert!(setup.relying_party.is_available("google"), "signing in does not need it");
    setup.control("google/behave", json!({})).await;
    setup.clock.advance(21);
    assert!(setup.by_access_token("google", &token).await.is_ok());
}
