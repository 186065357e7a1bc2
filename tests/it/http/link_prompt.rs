//! The link prompt: an identity with a taken email waits until the user re-authenticates (LK10, CB11).

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::json;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::{App, AppBuilder},
    browser::Browser,
};
use crate::support::database::Engine;

/// Linus's mailbox is at another provider: verified, but Google is not its authority.
const LINUS: &str = "linus@example.org";

/// A user with a password, and a Google account with the same email, verified but without authority.
async fn app_with_linus(app: AppBuilder, settings: &[(&str, &str)]) -> (App, Browser) {
    let app = app.settings(settings).start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    let owner = app.browser();
    app.sign_up(&owner, LINUS, PASSWORD).await;
    (app, owner)
}

async fn assert_prompted(browser: &Browser, start: &str) {
    let callback = browser.callback_url("linus", start).await;
    let page = browser.get(&callback).await;
    assert_eq!((page.status, page.location()), (303, "/link"), "{page:?}");
    assert!(browser.cookie("link").is_some());
}

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
async fn the_prompt_shares_the_password_rate_limit(#[values("server", "jwt")] mode: &str) {
    let (app, owner) = app_with_linus(App::builder().mode(mode), &[("RATE_LIMITS", "on")]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    for number in 0..10 {
        match number % 2 {
            0 => browser.try_password(LINUS, WRONG_PASSWORD).await,
            _ => browser.submit("/auth/link/password", &[("password", WRONG_PASSWORD)]).await,
        };
    }
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=too_many_attempts");
    assert_eq!(app.rows().await.1, 0);
    // The account's own browser is not limited.
    owner.post("/auth/logout", "").await;
    assert_prompted(&owner, "/auth/google").await;
    assert_eq!(owner.submit("/auth/link/password", &[("password", PASSWORD)]).await.location(), "/dashboard");
}

#[rstest]
#[case::in_time(9 * 60, "/dashboard")]
#[case::too_late(10 * 60 + 1, "/link?error=link_expired")]
#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_expires_after_ten_minutes(
    #[case] seconds: i64,
    #[case] location: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    app.advance(seconds).await;
    assert_eq!(browser.submit("/auth/link/password", &[("password", PASSWORD)]).await.location(), location);
    assert_eq!(app.rows().await.1, i64::from(location == "/dashboard"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_unlinked_account_is_not_linked_again_by_the_old_prompt(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let prompt = browser.cookie("link").expect("a prompt");
    browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    let user = app.user_of(&browser).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(app.rows().await.1, 0);

    for path in ["/auth/link/password", "/auth/link/confirm", "/auth/link/provider"] {
        browser.set_cookie("link", &prompt);
        let page = browser.submit(path, &[("password", PASSWORD), ("provider", "google")]).await;
        assert_eq!(page.location(), "/link?error=link_expired", "{path}");
    }
    assert_eq!(app.rows().await.1, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_concurrent_confirmations_link_one_identity(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let twin = app.browser();
        twin.replace_cookies(browser.cookies());
        all.spawn(async move { twin.submit("/auth/link/password", &[("password", PASSWORD)]).await.status });
    }
    assert!(all.join_all().await.iter().all(|status| *status == 303));
    assert_eq!((app.rows().await.0, app.rows().await.1), (1, 1));
    assert_eq!(app.emails().await.len(), 1);
}

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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_or_disabled_user_gets_no_link(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=wrong_password");
    assert_eq!(app.rows().await.1, 0);
    app.database.execute("DELETE FROM users").await;
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=link_expired");
    assert_eq!(app.rows().await, (0, 0, 0));
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

/// The identifier of the pending link in the page's forms.
async fn pending_link(browser: &Browser) -> String {
    let page = browser.get("/link").await;
    let field = page.body.split("name=\"link\"").nth(1).expect("a field");
    field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value").to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_confirmed_link_is_the_one_that_the_page_showed(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/mallory", json!({ "email": LINUS, "email_verified": true })).await;
    let owner = app.browser();
    app.sign_up(&owner, LINUS, PASSWORD).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let first = pending_link(&browser).await;
    // Eve, at her provider, in a tab that she opened in this browser.
    let callback = browser.callback_url("mallory", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    let page = browser.submit("/auth/link/password", &[("link", &first), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=link_expired");
    assert_eq!(app.rows().await.1, 0);
    // The counterpart.
    assert_prompted(&browser, "/auth/google").await;
    let first = pending_link(&browser).await;
    let page = browser.submit("/auth/link/password", &[("link", &first), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    assert_eq!(app.rows().await.1, 1);

    // The same with a provider: its flow confirms what was pending when it started.
    let browser = app.browser();
    app.control_sandbox("persons/grace", json!({ "email": LINUS, "email_verified": true })).await;
    let callback = browser.callback_url("mallory", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    let first = pending_link(&browser).await;
    let start = browser.submit("/auth/link/provider", &[("link", &first), ("provider", "google")]).await;
    let proof = browser.consent(start.location(), "linus", "allow").await;
    let callback = browser.callback_url("grace", "/auth/google").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    assert!(browser.get(&proof).await.location().starts_with("/link?error=link_expired"));
    assert_eq!(app.rows().await.1, 1);
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
