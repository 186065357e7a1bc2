//! Several tabs of one browser.

use super::{app::App, browser::parameter, refusal::assert_rejected};

#[tokio::test(flavor = "multi_thread")]
async fn five_tabs_sign_in_side_by_side() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let mut callbacks = Vec::new();
    for tab in 0..5 {
        callbacks.push(browser.callback_url("ada", &format!("/auth/google?return_to=/dashboard%3Ftab={tab}")).await);
    }
    for (tab, callback) in callbacks.iter().enumerate().rev() {
        assert_eq!(browser.get(callback).await.location(), format!("/dashboard?tab={tab}"));
        assert_eq!(browser.flows().len(), tab, "only its own cookie goes");
    }
    assert_eq!(app.rows().await, (1, 1, 1), "each sign-in replaces the session of the one before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_tab_invalidates_the_oldest_flow() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let oldest = browser.callback_url("ada", "/auth/google").await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(browser.start_flow("/auth/google").await);
    }
    assert_eq!(parameter(browser.get(&oldest).await.location(), "error"), "flow_unknown");
    for authorize in others {
        let callback = browser.consent(&authorize, "ada", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_for_one_tab_is_rejected_in_another() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let first = browser.start_flow("/auth/google").await;
    let second = browser.start_flow("/auth/google").await;
    let patch = serde_json::json!({ "claims": { "nonce": parameter(&first, "nonce") } });
    app.control_sandbox("google/id_token", serde_json::json!({ "patch": patch, "times": 1 })).await;
    let callback = browser.consent(&second, "ada", "allow").await;
    assert_rejected(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    // The first tab still works.
    let callback = browser.consent(&first, "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_one_tab_leaves_the_session_and_other_tabs() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let other = browser.callback_url("ada", "/auth/google").await;
    let cancelled = browser.start_flow("/auth/google").await;
    let callback = browser.consent(&cancelled, "grace", "deny").await;
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.get(&other).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_flow_cookie_is_rejected() {
    let app = App::builder().start().await;
    let (browser, attacker) = (app.browser(), app.browser());
    let callback = browser.callback_url("ada", "/auth/google").await;
    let (name, value) = browser.flows().remove(0);
    let foreign = attacker.callback_url("grace", "/auth/google").await;
    let (foreign_name, foreign_value) = attacker.flows().remove(0);

    // Another flow's sealed contents under this flow's name, a flipped bit, nothing, and garbage.
    let mut flipped = value.clone().into_bytes();
    let last = flipped.len() - 2;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("ASCII");
    for planted in [foreign_value.as_str(), &flipped, "", "AAAA", "%00"] {
        browser.replace_cookies([(name.clone(), planted.to_owned())].into());
        assert_eq!(parameter(browser.get(&callback).await.location(), "error"), "flow_unknown", "{planted}");
    }
    browser.replace_cookies([(foreign_name, value.clone())].into());
    assert_eq!(parameter(browser.get(&foreign).await.location(), "error"), "flow_unknown");
    assert_eq!(app.rows().await, (0, 0, 0));

    browser.replace_cookies([(name, value)].into());
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
