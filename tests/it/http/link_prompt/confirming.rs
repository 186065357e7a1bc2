//! What confirms the link.

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::json;

use super::{LINUS, app_with_linus, assert_prompted};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_password_links_the_account_and_returns_to_the_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, owner) = app_with_linus(App::builder().engine(engine).mode(mode), &[]).await;
    let browser = app.browser();
    let methods = app.methods().await;
    assert_prompted(&browser, "/auth/google?return_to=/settings").await;
    assert_eq!(app.methods().await, methods, "nothing changes before the proof");
    assert!(!browser.is_signed_in().await);
    assert_eq!(app.emails().await, []);

    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!((page.status, page.location()), (303, "/settings"));
    assert_eq!(app.user_of(&browser).await, app.owner_of(LINUS).await);
    assert_eq!(app.rows().await, (1, 1, 2));
    assert!(browser.cookie("link").is_none());
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), LINUS);
    match &message.kind {
        EmailKind::MethodAdded { provider, account, .. } => {
            assert_eq!((provider.as_str(), account.as_deref()), ("google", Some(LINUS)));
        }
        other => panic!("{other:?}"),
    }
    assert!(app.events().await.contains("google prompt") && app.events().await.contains("link google link"));
    // From now on Google signs in.
    let elsewhere = app.browser();
    elsewhere.sign_in("linus").await;
    assert_eq!(app.user_of(&elsewhere).await, app.user_of(&owner).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_linked_provider_confirms_the_link(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).other_provider().start().await;
    for sandbox in ["google", "other"] {
        let order = json!({ "email_verified": true });
        match sandbox {
            "google" => app.control_sandbox("persons/linus", order).await,
            _ => app.control_other("persons/linus", order).await,
        };
    }
    let (owner, browser) = (app.browser(), app.browser());
    assert_eq!(app.sign_in_with_provider(&owner, "other", "linus").await.location(), "/dashboard");
    assert_prompted(&browser, "/auth/google?return_to=/settings").await;
    // There is no password, and Google is not linked yet.
    let page = browser.submit("/auth/link/password", &[("password", "")]).await;
    assert_eq!(page.location(), "/link?error=wrong_password");
    for slug in ["google", "nowhere", ""] {
        let page = browser.submit("/auth/link/provider", &[("provider", slug)]).await;
        assert_eq!(page.location(), "/link?error=not_found", "{slug}");
    }
    let start = browser.submit("/auth/link/provider", &[("provider", "other")]).await;
    let callback = browser.consent(start.location(), "linus", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings");
    assert_eq!(app.user_of(&browser).await, app.user_of(&owner).await);
    assert_eq!(app.rows().await, (1, 2, 2));
    assert!(matches!(app.one_email().await.kind, EmailKind::MethodAdded { .. }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn cancelling_ends_the_prompt_and_changes_nothing(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let (methods, rows) = (app.methods().await, app.rows().await);
    let page = browser.submit("/auth/link/cancel", &[]).await;
    assert_eq!(page.location(), "/login?done=link_cancelled");
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=link_expired");
    assert_eq!((app.methods().await, app.rows().await), (methods, rows));
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_keeps_the_prompt(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let methods = app.methods().await;
    for fields in [&[][..], &[("password", "")], &[("password", WRONG_PASSWORD)]] {
        let page = browser.submit("/auth/link/password", fields).await;
        assert_eq!(page.location(), "/link?error=wrong_password");
        assert!(!browser.is_signed_in().await);
    }
    assert_eq!(app.methods().await, methods);
    assert_eq!(browser.submit("/auth/link/password", &[("password", PASSWORD)]).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn confirming_replaces_the_session_of_the_browser(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    browser.sign_in("mallory").await;
    let before = browser.session().expect("a session");
    assert_prompted(&browser, "/auth/google").await;
    browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(app.user_of(&browser).await, app.owner_of(LINUS).await);
    assert_eq!(app.user_of_session(&before).await, None);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_email_after_a_link_can_undo_it(#[values("server", "jwt")] mode: &str) {
    let (app, owner) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    let undo = token_of(&app.one_email().await);
    let page = app.browser().confirm_email_link(&undo).await;
    assert_eq!(page.location(), "/reset-password?done=undone");
    assert!(!browser.is_signed_in().await && !owner.is_signed_in().await);
    assert_eq!(app.rows().await.1, 0);
    assert_eq!(owner.try_password(LINUS, PASSWORD).await.location(), "/login?error=wrong_credentials");
    assert_eq!(owner.try_password(LINUS, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn confirming_does_not_renew_the_reauthentication(#[values("server", "jwt")] mode: &str) {
    let (app, owner) = app_with_linus(App::builder().mode(mode), &[]).await;
    app.advance(9 * 60).await;
    assert_prompted(&owner, "/auth/google").await;
    assert_eq!(owner.submit("/auth/link/confirm", &[]).await.location(), "/dashboard");
    assert_eq!(owner.get("/settings/password").await.status, 200);
    app.advance(2 * 60).await;
    assert_eq!(owner.get("/settings/password").await.location(), "/confirm?return_to=%2Fsettings%2Fpassword");
}
