//! Change the email address.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{ADA, ada};
use crate::{
    http::{
        account::{PASSWORD, token_of},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_change_counts_only_in_the_requesting_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, eve) = ada(App::builder().engine(engine).mode(mode)).await;
    let (victim, stranger) = (app.browser(), app.browser());
    app.sign_up(&victim, "victim@example.com", PASSWORD).await;
    let page = eve.submit("/settings/email", &[("email", "Wanted@Example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.name), ("wanted@example.com", &None));
    let token = token_of(&message);
    let methods = app.methods().await;
    assert_eq!(stranger.confirm_email_link(&token).await.location(), "/login?return_to=%2Fconfirm-email");
    assert_eq!(victim.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_of_another_user");
    assert_eq!(app.methods().await, methods);

    let session = eve.session();
    let elsewhere = app.browser();
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/settings?done=email_changed");
    assert_ne!(eve.session(), session);
    assert!(eve.is_signed_in().await && !elsewhere.is_signed_in().await);
    assert_eq!(app.owner_of("wanted@example.com").await, app.user_of(&eve).await);
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(message.kind, EmailKind::EmailChanged { .. }));
    assert_eq!(eve.confirm_email_link(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(eve.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    elsewhere.sign_in_with_password("wanted@example.com", PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_email_is_not_changed_and_not_revealed(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    app.sign_up(&app.browser(), "owner@example.com", PASSWORD).await;
    let page = browser.submit("/settings/email", &[("email", "owner@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), ("owner@example.com", &EmailKind::EmailTaken));
    // An email that is taken between the request and the confirmation.
    browser.submit("/settings/email", &[("email", "free@example.com")]).await;
    let token = token_of(&app.one_email().await);
    let other = app.browser();
    app.sign_up(&other, "free@example.com", PASSWORD).await;
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/confirm-email?error=email_link_invalid");
    assert_eq!(app.owner_of("free@example.com").await, app.user_of(&other).await);
    assert_eq!(app.owner_of(ADA).await, app.user_of(&browser).await);
    let page = browser.submit("/settings/email", &[("email", "ADA@example.com")]).await;
    assert_eq!(page.location(), "/settings/email?error=email_unchanged");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_email_change_invalidates_the_older(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    browser.submit("/settings/email", &[("email", "one@example.com")]).await;
    let older = token_of(&app.one_email().await);
    browser.submit("/settings/email", &[("email", "two@example.com")]).await;
    let newer = token_of(&app.one_email().await);
    assert_eq!(browser.confirm_email_link(&older).await.location(), "/verify-email?error=email_link_invalid");
    app.advance(24 * 3600 - 60).await;
    assert_eq!(browser.confirm_email_link(&newer).await.location(), "/settings?done=email_changed");
}

/// Whether another user has the address or not: the settings say the same.
#[rstest]
#[case::free("wanted@example.com")]
#[case::taken("owner@example.com")]
#[tokio::test(flavor = "multi_thread")]
async fn a_pending_change_is_shown_and_can_be_cancelled(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] wanted: &str,
) {
    let (app, browser) = ada(App::builder().engine(engine)).await;
    app.sign_up(&app.browser(), "owner@example.com", PASSWORD).await;
    app.emails().await;
    let waits = format!("Waiting for you to confirm <bdi class=\"address-text\">{wanted}</bdi>");
    assert!(!browser.get("/settings").await.shows(&waits));
    assert_eq!(browser.submit("/settings/email/cancel", &[]).await.location(), "/settings?error=not_found");
    browser.submit("/settings/email", &[("email", wanted)]).await;
    let page = browser.get("/settings").await;
    assert!(page.shows("Waiting for you to confirm") && page.shows(wanted), "{}", page.body);
    let email = app.one_email().await;
    let cancelled = browser.submit("/settings/email/cancel", &[]).await;
    assert_eq!(cancelled.location(), "/settings?done=email_change_cancelled");
    let page = browser.get(cancelled.location()).await;
    assert!(page.shows("The change was cancelled") && !page.shows(wanted), "{}", page.body);
    if let EmailKind::ConfirmEmailChange { token } = &email.kind {
        assert_eq!(browser.open_email_link(token).await.location(), "/verify-email", "its link is void");
    }
    // The counterpart: confirmed, it no longer waits. After a day nothing does.
    browser.submit("/settings/email", &[("email", "free@example.com")]).await;
    let token = token_of(&app.one_email().await);
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/settings?done=email_changed");
    assert!(!browser.get("/settings").await.shows("Waiting for you"));
    browser.submit("/settings/email", &[("email", wanted)]).await;
    app.advance(24 * 3600).await;
    assert!(!browser.get("/settings").await.shows("Waiting for you"));
    assert_eq!(app.database.count("pending_email_changes").await, 1, "until it is swept");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_inbox_goes_on_when_the_change_was_confirmed_elsewhere() {
    let (app, browser) = ada(App::builder()).await;
    let phone = app.browser();
    phone.sign_in_with_password(ADA, PASSWORD).await;
    app.emails().await;
    let asked = browser.submit("/settings/email", &[("email", "wanted@example.com")]).await;
    assert_eq!(browser.get(asked.location()).await.status, 200, "it waits");
    let token = token_of(&app.one_email().await);
    assert_eq!(phone.confirm_email_link(&token).await.location(), "/settings?done=email_changed");
    // The change ended this session.
    let onward = browser.get(asked.location()).await;
    assert_eq!(onward.location(), "/login?return_to=%2Fsettings");
    let login = browser.get(onward.location()).await;
    assert!(login.shows("email address was changed"), "{}", login.body);
}
