//! Several tabs of one browser.

use super::{app::App, browser::parameter, refusal::is_refused};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn five_tabs_side_by_side_all_arrive_each_where_it_was_going() {
    let app = App::start(Engine::Sqlite).await;
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
async fn a_sixth_tab_makes_the_oldest_fail_and_leaves_the_others() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    let oldest = browser.callback_url("ada", "/auth/google").await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(browser.start("/auth/google").await);
    }
    assert_eq!(parameter(browser.get(&oldest).await.location(), "error"), "flow_unknown");
    for authorize in others {
        let callback = browser.consent(&authorize, "ada", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_made_for_one_tab_is_not_taken_by_another() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("grace").await;
    let first = browser.start("/auth/google").await;
    let second = browser.start("/auth/google").await;
    let patch = serde_json::json!({ "claims": { "nonce": parameter(&first, "nonce") } });
    app.tell_sandbox("google/id_token", serde_json::json!({ "patch": patch, "times": 1 })).await;
    let callback = browser.consent(&second, "ada", "allow").await;
    is_refused(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    // The first tab was not harmed.
    let callback = browser.consent(&first, "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_in_one_tab_leaves_the_session_and_the_other_tabs() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let other = browser.callback_url("ada", "/auth/google").await;
    let cancelled = browser.start("/auth/google").await;
    let callback = browser.consent(&cancelled, "grace", "deny").await;
    is_refused(&app, &browser, &callback, "cancelled", &[]).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.get(&other).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_or_spoilt_flow_cookie_is_no_flow() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, attacker) = (app.browser(), app.browser());
    let callback = browser.callback_url("ada", "/auth/google").await;
    let (name, value) = browser.flows().remove(0);
    let foreign = attacker.callback_url("grace", "/auth/google").await;
    let (foreign_name, foreign_value) = attacker.flows().remove(0);

    // Another flow's sealed contents under this flow's name, a bit flipped, nothing, and nonsense.
    let mut flipped = value.clone().into_bytes();
    let last = flipped.len() - 2;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("ASCII");
    for planted in [foreign_value.as_str(), &flipped, "", "AAAA", "%00"] {
        browser.put_back([(name.clone(), planted.to_owned())].into());
        assert_eq!(parameter(browser.get(&callback).await.location(), "error"), "flow_unknown", "{planted}");
    }
    browser.put_back([(foreign_name, value.clone())].into());
    assert_eq!(parameter(browser.get(&foreign).await.location(), "error"), "flow_unknown");
    assert_eq!(app.rows().await, (0, 0, 0));

    browser.put_back([(name, value)].into());
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
