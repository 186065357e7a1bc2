//! Replacing and removing a second factor, taking that back, and what an operator can do.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{ADA, phone::Phone, recovery_codes, with_app};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD, token_of},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_factor_ends_other_sessions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, owner, phone, codes) = with_app(App::builder().engine(engine).mode(mode)).await;
    let other = app.browser();
    other.first_step(ADA, PASSWORD).await;
    assert_eq!(other.second_step(&phone.code(&app)).await.location(), "/dashboard");
    let done = owner.submit("/settings/authenticator/remove", &[]).await;
    assert_eq!(done.location(), "/settings/security?done=second_factor_removed");
    assert!(owner.is_signed_in().await && !other.is_signed_in().await);
    assert!(matches!(app.one_email().await.kind, EmailKind::SecondFactorRemoved { .. }));
    assert_eq!(app.database.count("recovery_codes").await, 0, "{codes:?}");
    assert_eq!(app.database.count("trusted_browsers").await, 0);
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(owner.get("/settings/authenticator/remove").await.status, 404);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_app_voids_the_one_before(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, owner, old, codes) = with_app(App::builder().engine(engine)).await;
    let other = app.browser();
    other.first_step(ADA, PASSWORD).await;
    assert_eq!(other.second_step(&old.code(&app)).await.location(), "/dashboard");
    app.advance(30).await;
    let (new, new_codes) = owner.enrol(&app).await;
    assert!(!new.is_same_as(&old) && new_codes != codes);
    assert!(owner.is_signed_in().await && !other.is_signed_in().await);
    assert!(matches!(app.one_email().await.kind, EmailKind::SecondFactorReplaced { .. }));
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    for gone in [old.code(&app), codes[0].clone()] {
        assert_eq!(browser.second_step(&gone).await.location(), "/second-factor?error=second_factor_wrong");
    }
    assert_eq!(browser.second_step(&new_codes[0]).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_recovery_codes_void_the_others() {
    let (app, owner, _, codes) = with_app(App::builder()).await;
    let page = owner.submit("/settings/recovery-codes", &[]).await;
    assert_eq!(page.location(), "/settings/recovery-codes");
    let renewed = recovery_codes(&owner.get("/settings/recovery-codes").await);
    assert_eq!(renewed.len(), 10);
    assert!(matches!(app.one_email().await.kind, EmailKind::RecoveryCodesReplaced));
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    assert_eq!(browser.second_step(&codes[0]).await.location(), "/second-factor?error=second_factor_wrong");
    assert_eq!(browser.second_step(&renewed[0]).await.location(), "/dashboard");
}

/// Eve, in Ada's open session, sets up an app of her own. The email takes that back.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_email_takes_back_a_first_app(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let stolen = app.browser();
    app.sign_up(&stolen, ADA, PASSWORD).await;
    stolen.enrol(&app).await;
    let ada = app.browser();
    let page = ada.confirm_email_link(&token_of(&app.one_email().await)).await;
    assert_eq!(page.location(), "/reset-password?done=undone");
    assert_eq!(app.database.count("totp").await, 0);
    assert!(!stolen.is_signed_in().await);
    assert_eq!(ada.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await.location(), "/dashboard");
}

/// An attacker who reads Ada's mailbox does not get rid of a factor that was there before: not by the email about a new phone.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_email_removes_a_factor_that_was_there_before(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, owner, _, _) = with_app(App::builder().engine(engine)).await;
    app.advance(3600).await;
    owner.first_step_again(&app).await;
    let (new, _) = owner.enrol(&app).await;
    let thief = app.browser();
    let page = thief.confirm_email_link(&token_of(&app.one_email().await)).await;
    assert_eq!(page.location(), "/reset-password?done=undone");
    assert_eq!(app.database.count("totp").await, 1);
    let reset = thief.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(reset.location(), "/second-factor");
    assert!(!thief.is_signed_in().await);
    assert_eq!(thief.second_step(&new.code(&app)).await.location(), "/dashboard");
}

/// A squatted account's app goes with its password and its sessions.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_of_an_unconfirmed_account_removes_its_app() {
    let app = App::builder().other_provider().start().await;
    let eve = app.browser();
    app.sign_in_with_provider(&eve, "other", "ada").await;
    eve.enrol(&app).await;
    app.emails().await;
    let ada = app.browser();
    ada.request_reset("ada@gmail.com").await;
    let page = ada.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await;
    assert_eq!(page.location(), "/dashboard", "{page:?}");
    assert_eq!(app.database.count("totp").await, 0);
}

impl crate::http::browser::Browser {
    /// Re-authenticates with a recovery code that the tests do not look at.
    async fn first_step_again(&self, app: &App) {
        let steps = "[{\"by\":{\"method\":\"totp\"},\"at\":";
        let now = app.now().unix_timestamp();
        app.database.execute(&format!("UPDATE sessions SET reauthenticated_by = '{steps}{now}}}]'")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_is_part_of_the_data_download() {
    let (app, owner, _, _) = with_app(App::builder()).await;
    let data = owner.get_json("/settings/data.json").await.json;
    assert_eq!(data["second_factor"]["recovery_codes"], 10);
    assert_eq!(data["second_factor"]["after_providers"], false);
    assert!(data["trusted_browsers"].as_array().is_some_and(Vec::is_empty));
    let phone = Phone::scan(&owner.get("/settings/authenticator").await);
    assert!(!data.to_string().contains(&phone.code(&app)));
}
