//! No one else confirms it.

use rstest::rstest;
use serde_json::json;

use super::{app_with_linus, assert_prompted};
use crate::http::{
    account::{PASSWORD, WRONG_PASSWORD},
    app::App,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_needs_its_cookie_and_a_confirmation(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let (browser, thief) = (app.browser(), app.browser());
    assert_prompted(&browser, "/auth/google").await;
    let fields = [("password", PASSWORD), ("provider", "google")];
    for path in ["/auth/link/password", "/auth/link/confirm", "/auth/link/provider"] {
        assert_eq!(thief.submit(path, &fields).await.location(), "/link?error=link_expired");
    }
    thief.set_cookie("link", &browser.cookie("link").expect("a prompt"));
    assert_eq!(
        thief.submit("/auth/link/password", &[("password", WRONG_PASSWORD)]).await.location(),
        "/link?error=wrong_password"
    );
    assert_eq!(thief.submit("/auth/link/confirm", &[]).await.location(), "/login?return_to=%2Flink");
    // A cookie of another kind is rejected.
    for other in ["typed", "asked", "known", "email-link"] {
        if let Some(value) = browser.cookie(other) {
            thief.set_cookie("link", &value);
            assert_eq!(thief.submit("/auth/link/password", &fields[..1]).await.location(), "/link?error=link_expired");
        }
    }
    assert!(!thief.is_signed_in().await);
    assert_eq!(app.rows().await.1, 0);
    assert_eq!(browser.submit("/auth/link/password", &fields[..1]).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_users_identity_does_not_confirm_the_link(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/linus", json!({ "email_verified": true })).await;
    let (owner, eve, browser) = (app.browser(), app.browser(), app.browser());
    app.sign_in_with_provider(&owner, "other", "linus").await;
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    assert_prompted(&browser, "/auth/google").await;
    let methods = app.methods().await;
    // Eve's own identity, and an unknown one.
    for person in ["mallory", "grace"] {
        let start = browser.submit("/auth/link/provider", &[("provider", "other")]).await;
        let callback = browser.consent(start.location(), person, "allow").await;
        let page = browser.get(&callback).await;
        assert_eq!(page.location(), "/link?error=reauthentication_mismatch&provider=other", "{person}");
        assert!(!browser.is_signed_in().await);
        assert_eq!(app.methods().await, methods, "{person}");
    }
    let start = browser.submit("/auth/link/provider", &[("provider", "other")]).await;
    let callback = browser.consent(start.location(), "linus", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.user_of(&browser).await, app.user_of(&owner).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_confirms_in_a_signed_in_browser(#[values("server", "jwt")] mode: &str) {
    let (app, owner) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    browser.sign_in("mallory").await;
    let mallory = app.user_of(&browser).await;
    assert_prompted(&browser, "/auth/google").await;
    assert_eq!(app.user_of(&browser).await, mallory, "the session stays");
    assert_eq!(browser.submit("/auth/link/confirm", &[]).await.location(), "/link?error=reauthentication_mismatch");
    assert_eq!(app.rows().await.1, 1);

    assert_prompted(&owner, "/auth/google?return_to=/settings").await;
    app.advance(9 * 60 + 59).await;
    assert_prompted(&owner, "/auth/google?return_to=/settings").await;
    app.advance(2).await;
    assert_eq!(owner.submit("/auth/link/confirm", &[]).await.location(), "/confirm?return_to=%2Flink");
    let fields = [("password", PASSWORD), ("return_to", "/link")];
    assert_eq!(owner.submit("/auth/reauthenticate/password", &fields).await.location(), "/link");
    let session = owner.session();
    assert_eq!(owner.submit("/auth/link/confirm", &[]).await.location(), "/settings");
    assert_ne!(owner.session(), session, "under a new id");
    assert_eq!(app.rows().await.1, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn confirming_one_users_prompt_links_nothing_to_another(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/linus", json!({ "email_verified": true })).await;
    app.control_sandbox("persons/mallory", json!({ "email": "mallory@evil.example" })).await;
    let (linus, eve, browser) = (app.browser(), app.browser(), app.browser());
    app.sign_in_with_provider(&linus, "other", "linus").await;
    app.sign_in_with_provider(&eve, "other", "mallory").await;
    // A prompt for Linus, whose re-authentication is started …
    assert_prompted(&browser, "/auth/google").await;
    let start = browser.submit("/auth/link/provider", &[("provider", "other")]).await;
    let callback = browser.consent(start.location(), "linus", "allow").await;
    // … and another prompt, for Mallory, replaces it meanwhile.
    let other = browser.callback_url("mallory", "/auth/google").await;
    assert_eq!(browser.get(&other).await.location(), "/link");
    let methods = app.methods().await;
    assert_eq!(browser.get(&callback).await.location(), "/link?error=link_expired&provider=other");
    assert_eq!(app.methods().await, methods);
    assert!(!browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_delivered_by_another_browser_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/linus", json!({ "email_verified": true })).await;
    let (owner, eve, victim) = (app.browser(), app.browser(), app.browser());
    app.sign_in_with_provider(&owner, "other", "linus").await;
    // Eve holds a prompt for the victim's account and makes the victim re-authenticate.
    assert_prompted(&eve, "/auth/google").await;
    let start = eve.submit("/auth/link/provider", &[("provider", "other")]).await;
    let callback = victim.consent(start.location(), "linus", "allow").await;
    let methods = app.methods().await;
    let page = victim.get(&callback).await;
    assert!(page.location().starts_with("/login?error=flow_unknown"), "{page:?}");
    assert_eq!(app.methods().await, methods);
    assert!(!eve.is_signed_in().await && !victim.is_signed_in().await);
}
