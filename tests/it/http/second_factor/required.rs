//! `SECOND_FACTOR=required`: no one gets in with one factor, and a new user sets up the second on the way.

use rstest::rstest;
use serde_json::json;

use super::{ADA, phone::Phone, recovery_codes};
use crate::{
    http::{
        account::{PASSWORD, token_of},
        app::{App, AppBuilder},
    },
    support::database::Engine,
};

fn required() -> AppBuilder {
    App::builder().with("SECOND_FACTOR", "required")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_sets_one_up_before_the_first_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = required().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.request_sign_up(ADA, PASSWORD).await;
    let page = browser.confirm_email_link(&token_of(&app.one_email().await)).await;
    assert_eq!((page.status, page.location()), (303, "/second-factor"));
    assert_eq!(app.rows().await, (1, 0, 0));
    let phone = Phone::scan(&browser.get("/second-factor").await);
    let wrong = browser.submit("/auth/second-factor/enrol", &[("code", &phone.wrong_code(&app))]).await;
    assert_eq!(wrong.location(), "/second-factor?error=second_factor_wrong");
    assert!(Phone::scan(&browser.get("/second-factor").await).is_same_as(&phone));
    // There is no code that the other form would take.
    let other = browser.second_step(&phone.code(&app)).await;
    assert_eq!(other.location(), "/login?error=second_factor_expired");
    let done = browser.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    assert!(done.location().starts_with("/settings/recovery-codes?done=second_factor_added"), "{done:?}");
    assert_eq!(recovery_codes(&browser.get(done.location()).await).len(), 10);
    assert!(browser.is_signed_in().await);

    app.advance(30).await;
    let elsewhere = app.browser();
    elsewhere.first_step(ADA, PASSWORD).await;
    let again = elsewhere.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    assert_eq!(again.location(), "/login?error=second_factor_expired", "no app beside the one that is there");
    elsewhere.first_step(ADA, PASSWORD).await;
    assert_eq!(elsewhere.second_step(&phone.code(&app)).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_provider_is_asked_for_it(#[values("server", "jwt")] mode: &str) {
    let app = required().mode(mode).start().await;
    let browser = app.browser();
    assert_eq!(browser.try_sign_in("ada").await.location(), "/second-factor");
    let phone = Phone::scan(&browser.get("/second-factor").await);
    let done = browser.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    assert!(done.location().starts_with("/settings/recovery-codes"), "{done:?}");
    let elsewhere = app.browser();
    assert_eq!(elsewhere.try_sign_in("ada").await.location(), "/second-factor");
    // A program cannot set one up, and is told the page.
    let grace = app.browser().sign_in_with_id_token(&app, "grace", "token").await;
    assert_eq!(grace.outcome(), (403, "second_factor_required"));
    assert_eq!(grace.json["error"]["url"], json!(format!("{}/login", app.origin)));
    assert!(grace.json["error"].get("second_factor_token").is_none());
}

/// Who has a passkey shows it: a thief of the password must not set up an app in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_a_second_factor_that_no_app_replaces() {
    let app = required().start().await;
    let owner = app.browser();
    owner.request_sign_up(ADA, PASSWORD).await;
    owner.confirm_email_link(&token_of(&app.one_email().await)).await;
    let phone = Phone::scan(&owner.get("/second-factor").await);
    owner.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    let mut device = crate::http::passkeys::Device::new(&app);
    assert_eq!(owner.add_passkey(&mut device).await.passkey().0, 200);
    // An operator removed the app.
    app.database.execute("DELETE FROM totp").await;
    let thief = app.browser();
    thief.first_step(ADA, PASSWORD).await;
    let page = thief.get("/second-factor").await;
    assert!(page.body.contains("data-passkey=\"second_factor\"") && !page.body.contains("class=\"secret\""));
    let refused = thief.submit("/auth/second-factor/enrol", &[("code", "123456")]).await;
    assert_eq!(refused.location(), "/login?error=second_factor_expired");
    let browser = app.browser();
    browser.first_step(ADA, PASSWORD).await;
    let passed = browser.use_passkey(&mut device, "second_factor", "/").await;
    assert_eq!(passed.passkey(), (200, "", "/dashboard"), "{passed:?}");
    assert!(browser.is_signed_in().await);
}

/// Linked at once, Ada's Google account would be there for who has it, before the passkey is asked for.
#[rstest]
#[case::required("required", "/link")]
#[case::optional("optional", "/dashboard")]
#[tokio::test(flavor = "multi_thread")]
async fn linking_waits_for_a_passkey_where_one_is_needed(#[case] policy: &str, #[case] location: &str) {
    const GMAIL: &str = "ada@gmail.com";
    let app = App::builder().with("SECOND_FACTOR", policy).start().await;
    let owner = app.browser();
    owner.request_sign_up(GMAIL, PASSWORD).await;
    owner.confirm_email_link(&token_of(&app.one_email().await)).await;
    if policy == "required" {
        let phone = Phone::scan(&owner.get("/second-factor").await);
        owner.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    }
    let mut device = crate::http::passkeys::Device::new(&app);
    assert_eq!(owner.add_passkey(&mut device).await.passkey().0, 200);
    // An operator removed the app.
    app.database.execute("DELETE FROM totp").await;
    let page = app.browser().try_sign_in("ada").await;
    assert_eq!((page.status, page.location()), (303, location), "{page:?}");
    assert_eq!(app.rows().await.1, i64::from(policy == "optional"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_cannot_be_removed_and_can_be_replaced() {
    let app = required().start().await;
    let browser = app.browser();
    assert_eq!(browser.try_sign_in("ada").await.location(), "/second-factor");
    let phone = Phone::scan(&browser.get("/second-factor").await);
    browser.submit("/auth/second-factor/enrol", &[("code", &phone.code(&app))]).await;
    let refused = browser.submit("/settings/authenticator/remove", &[]).await;
    assert_eq!(refused.location(), "/settings/authenticator/remove?error=second_factor_required");
    app.advance(30).await;
    let (new, _) = browser.enrol(&app).await;
    assert!(!new.is_same_as(&phone));
}
