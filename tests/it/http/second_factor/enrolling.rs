//! Setting an authenticator app up.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{ADA, LATER, phone::Phone, recovery_codes, with_app};
use crate::{
    http::{account::PASSWORD, app::App},
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_set_up_by_one_of_its_codes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let phone = Phone::scan(&browser.get("/settings/authenticator").await);
    let wrong = browser.submit("/settings/authenticator", &[("code", &phone.wrong_code(&app))]).await;
    assert_eq!(wrong.location(), "/settings/authenticator?error=second_factor_wrong");
    assert_eq!(app.database.count("totp").await, 0);
    let again = Phone::scan(&browser.get(wrong.location()).await);
    assert!(again.is_same_as(&phone), "the phone has scanned it already");

    let done = browser.submit("/settings/authenticator", &[("code", &phone.code(&app))]).await;
    assert_eq!(done.location(), "/settings/recovery-codes?done=second_factor_added");
    let codes = recovery_codes(&browser.get(done.location()).await);
    assert_eq!(codes.len(), 10);
    assert_eq!(recovery_codes(&browser.get("/settings/recovery-codes").await), Vec::<String>::new(), "shown once");
    assert!(matches!(app.one_email().await.kind, EmailKind::SecondFactorAdded { .. }));
    assert!(app.events().await.contains("second_factor  added"), "{}", app.events().await);
    // A reader of the database can use neither.
    let stored =
        app.database.text("SELECT secret || (SELECT string_agg(mac, ' ') FROM recovery_codes) FROM totp").await;
    assert!(!stored.contains(&URL_SAFE_NO_PAD.encode(phone.secret())));
    assert!(codes.iter().all(|code| !stored.contains(code) && !stored.contains(&code.replace('-', ""))));
    assert!(browser.is_signed_in().await, "the session stays");
    // The code that set it up does not count again.
    let elsewhere = app.browser();
    elsewhere.first_step(ADA, PASSWORD).await;
    assert_eq!(elsewhere.second_step(&phone.code(&app)).await.location(), "/second-factor?error=second_factor_wrong");
    app.advance(30).await;
    assert_eq!(elsewhere.second_step(&phone.code(&app)).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_change_needs_a_recent_authentication(#[values("server", "jwt")] mode: &str) {
    let (app, browser, phone, _) = with_app(App::builder().mode(mode)).await;
    let other = app.browser();
    other.first_step(ADA, PASSWORD).await;
    assert_eq!(other.second_step(&phone.code(&app)).await.location(), "/dashboard");
    app.advance(LATER).await;
    for page in ["/settings/authenticator", "/settings/authenticator/remove", "/settings/recovery-codes"] {
        let asked = browser.get(page).await;
        assert!(asked.location().starts_with("/confirm?return_to="), "{page}: {asked:?}");
        let form = browser.submit(page, &[("code", &phone.code(&app))]).await;
        assert!(form.location().starts_with("/confirm?return_to="), "{page}: {form:?}");
    }
    let switch = browser.submit("/settings/authenticator/providers", &[("ask", "1")]).await;
    assert!(switch.location().starts_with("/confirm"), "{switch:?}");
    assert_eq!(app.database.number("SELECT after_providers FROM totp").await, 0);

    let confirmed = [("code", phone.code(&app)), ("return_to", "/settings/authenticator/remove".to_owned())];
    let confirmed = confirmed.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = browser.submit("/auth/reauthenticate/code", &confirmed).await;
    assert_eq!(page.location(), "/settings/authenticator/remove", "{page:?}");
    let switch = browser.submit("/settings/authenticator/providers", &[("ask", "1")]).await;
    assert_eq!(switch.location(), "/settings/security?done=second_factor_changed");
    assert_eq!(app.database.number("SELECT after_providers FROM totp").await, 1);
}

/// Eve begins with her own account, and plants what her browser got in Ada's: Ada's account must not get Eve's app.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_another_user_is_not_set_up() {
    let app = App::builder().start().await;
    let (ada, eve) = (app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    let hers = Phone::scan(&eve.get("/settings/authenticator").await);
    ada.set_cookie("enrolment", &eve.cookie("enrolment").expect("a cookie"));
    let refused = ada.submit("/settings/authenticator", &[("code", &hers.code(&app))]).await;
    assert_eq!(refused.location(), "/settings/authenticator?error=enrolment_expired");
    // From another site, or from a page of Eve's account, the form is refused as every form is.
    let form = format!("code={}", hers.code(&app));
    assert_eq!(ada.post_unchanged("/settings/authenticator", &form).await.status, 409);
    assert_eq!(app.database.count("totp").await, 0);
    let own = Phone::scan(&ada.get("/settings/authenticator").await);
    assert!(!own.is_same_as(&hers));
    let done = ada.submit("/settings/authenticator", &[("code", &own.code(&app))]).await;
    assert_eq!(done.location(), "/settings/recovery-codes?done=second_factor_added");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_second_factors_there_is_no_word_of_them() {
    let app = App::builder().with("SECOND_FACTOR", "off").start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    assert_eq!(browser.get("/settings/authenticator").await.status, 404);
    assert!(!browser.get("/settings/security").await.body.contains("Two-step"));
    let refused = browser.submit("/settings/authenticator", &[("code", "123456")]).await;
    assert_eq!(refused.location(), "/settings/authenticator?error=not_found");
    browser.sign_in_with_password(ADA, PASSWORD).await;
}
