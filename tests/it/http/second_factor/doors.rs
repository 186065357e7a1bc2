//! No door skips the second step: each is tried with a first step alone, and then with both.

use latchkey_sandbox::GOOGLE_CLIENT_ID;
use rstest::rstest;
use serde_json::json;

use super::{ADA, phone::Phone, with_app};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD, token_of},
        app::{App, AppBuilder},
        browser::{Browser, Page},
        credential::{mint_credential, post_credential},
        link_prompt::{LINUS, assert_prompted},
    },
    support::database::Engine,
};

/// A first step alone opens nothing: no page, no API, no service behind forward auth, no refresh.
async fn assert_half_done(app: &App, browser: &Browser, page: &Page, sessions: i64) {
    assert_eq!((page.status, page.location()), (303, "/second-factor"), "{page:?}");
    assert_eq!(browser.session(), None);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.get_json("/api/me").await.page.status, 401);
    assert_eq!(browser.get("/auth/verify").await.status, 401);
    assert!(browser.post_json("/api/auth/refresh", &json!({})).await.page.status >= 400);
    assert_eq!(app.database.count("sessions").await, sessions);
    let shown = browser.get("/second-factor").await;
    assert!(shown.status == 200 && shown.body.contains("Two-step verification"), "{shown:?}");
}

/// Both steps sign in, and the session says so.
async fn assert_finishes(app: &App, browser: &Browser, phone: &Phone, destination: &str) {
    let page = browser.second_step(&phone.code(app)).await;
    assert_eq!((page.status, page.location()), (303, destination), "{page:?}");
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.cookie("second-factor"), None);
    assert_eq!(browser.get("/auth/verify").await.status, 200);
    let steps = app.database.text("SELECT signed_in_by FROM sessions ORDER BY created_at DESC, id LIMIT 1").await;
    assert!(steps.contains("\"totp\""), "{steps}");
    assert_eq!(app.database.count("pending_sign_ins").await, 0);
}

/// A user with a Google account whose app is asked for after Google, too.
async fn with_google(builder: AppBuilder) -> (App, Phone) {
    let app = builder.start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let (phone, _) = browser.enrol(&app).await;
    let asked = browser.submit("/settings/authenticator/providers", &[("ask", "1")]).await;
    assert_eq!(asked.location(), "/settings/security?done=second_factor_changed");
    app.emails().await;
    (app, phone)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_password_form(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine).mode(mode)).await;
    let browser = app.browser();
    let fields = [("email", ADA), ("password", PASSWORD), ("return_to", "/settings?a=1")];
    let page = browser.submit("/auth/password/sign-in", &fields).await;
    assert_half_done(&app, &browser, &page, 1).await;
    assert_finishes(&app, &browser, &phone, "/settings?a=1").await;
    assert!(app.events().await.contains("second_factor totp passed"), "{}", app.events().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_provider_callback(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, phone) = with_google(App::builder().engine(engine).mode(mode)).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google?return_to=/settings").await;
    let page = browser.get(&callback).await;
    assert_half_done(&app, &browser, &page, 1).await;
    // The response again is no way around.
    assert!(browser.get(&callback).await.location().starts_with("/login?error=flow_used"));
    assert_finishes(&app, &browser, &phone, "/settings").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_nothing_is_enough_unless_the_user_wants_more() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    browser.enrol(&app).await;
    app.browser().sign_in("ada").await;
}

/// One that says that it saw a password alone has shown one factor; one that saw two has shown both.
#[rstest]
#[case(json!(["pwd"]), "/second-factor")]
#[case(json!(["pwd", "mfa"]), "/dashboard")]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_believed_about_its_factors(#[case] amr: serde_json::Value, #[case] location: &str) {
    let (app, _) = with_google(App::builder()).await;
    let patch = json!({ "patch": { "claims": { "amr": amr } }, "times": 1 });
    app.control_sandbox("google/id_token", patch).await;
    let page = app.browser().try_sign_in("ada").await;
    assert_eq!((page.status, page.location()), (303, location), "{page:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn googles_button(#[values("server", "jwt")] mode: &str) {
    let (app, phone) = with_google(App::builder().mode(mode).with("GOOGLE_BUTTON", "on")).await;
    let browser = app.browser();
    let page = post_credential(&browser, &mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await).await;
    assert_half_done(&app, &browser, &page, 1).await;
    assert_finishes(&app, &browser, &phone, "/dashboard").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_api_with_cookies(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, phone) = with_google(App::builder().engine(engine).mode(mode)).await;
    let browser = app.browser();
    let answer = browser.sign_in_with_id_token(&app, "ada", "session").await;
    assert_eq!(answer.outcome(), (403, "second_factor_required"), "{answer:?}");
    let error = &answer.json["error"];
    assert_eq!(error["url"], json!(format!("{}/second-factor", app.origin)));
    assert!(!browser.is_signed_in().await);
    let token = error["second_factor_token"].as_str().expect("a token");
    let send = |code: String| json!({ "second_factor_token": token, "code": code });
    let wrong = browser.post_json("/api/auth", &send(phone.wrong_code(&app))).await;
    assert_eq!(wrong.outcome(), (401, "second_factor_invalid"), "{wrong:?}");
    let right = browser.post_json("/api/auth", &send(phone.code(&app))).await;
    assert_eq!(right.outcome(), (200, ""), "{right:?}");
    assert_eq!(right.json["user"]["email"], json!("ada@gmail.com"));
    assert!(right.json.get("access_token").is_none() && browser.is_signed_in().await);
    app.advance(30).await;
    let again = browser.post_json("/api/auth", &send(phone.code(&app))).await;
    assert_eq!(again.outcome(), (401, "second_factor_expired"), "it works once");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_api_with_tokens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, phone) = with_google(App::builder().engine(engine)).await;
    let device = app.browser();
    let answer = device.sign_in_with_id_token(&app, "ada", "token").await;
    assert_eq!(answer.outcome(), (403, "second_factor_required"), "{answer:?}");
    assert!(answer.json.get("access_token").is_none());
    let token = answer.json["error"]["second_factor_token"].as_str().expect("a token").to_owned();
    assert_eq!(device.refresh(&token).await.outcome(), (401, "refresh_token_invalid"));
    assert_eq!(device.get_as_bearer("/api/me", &token).await.page.status, 401);
    let missing = device.post_json("/api/auth", &json!({ "second_factor_token": token })).await;
    assert_eq!(missing.outcome(), (400, "invalid_request"));
    let forged = json!({ "second_factor_token": &token[1..], "code": phone.code(&app) });
    assert_eq!(device.post_json("/api/auth", &forged).await.outcome(), (401, "second_factor_expired"));
    let body = json!({ "second_factor_token": token, "code": phone.code(&app) });
    let right = app.browser().post_json("/api/auth", &body).await;
    assert_eq!(right.outcome(), (200, ""), "{right:?}");
    let me = app.browser().get_as_bearer("/api/me", &right.text("access_token")).await;
    assert_eq!(me.json["user"]["email"], json!("ada@gmail.com"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_reset_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine).mode(mode)).await;
    let browser = app.browser();
    browser.request_reset(ADA).await;
    let page = browser.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await;
    assert_half_done(&app, &browser, &page, 0).await;
    assert_finishes(&app, &browser, &phone, "/dashboard").await;
}

/// A passkey with user verification is both factors; the one of a key without is asked for the second.
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_with_user_verification_is_both() {
    let (app, browser, _, _) = with_app(App::builder()).await;
    let mut device = crate::http::passkeys::Device::new(&app);
    assert_eq!(browser.add_passkey(&mut device).await.passkey().0, 200);
    let elsewhere = app.browser();
    let signed_in = elsewhere.use_passkey(&mut device, "sign_in", "/dashboard").await;
    assert_eq!(signed_in.passkey(), (200, "", "/dashboard"));
    assert!(elsewhere.is_signed_in().await);

    let mut touched = device.touched_only();
    let half = app.browser();
    let asked = half.use_passkey(&mut touched, "sign_in", "/dashboard").await;
    assert_eq!(asked.passkey(), (200, "", "/second-factor"));
    assert!(!half.is_signed_in().await);
    // The same key again is no second factor; verified, it is.
    let same = half.use_passkey(&mut touched, "second_factor", "/").await;
    assert_eq!(same.passkey().1, "second_factor_expired", "{same:?}");
    let half = app.browser();
    half.first_step(ADA, PASSWORD).await;
    let second = half.use_passkey(&mut touched, "second_factor", "/").await;
    assert_eq!(second.passkey(), (200, "", "/dashboard"), "{second:?}");
    assert!(half.is_signed_in().await);
}

/// The pending identity is linked after the second step, and not before: the password alone links nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_prompt_by_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    let owner = app.browser();
    app.sign_up(&owner, LINUS, PASSWORD).await;
    let (phone, _) = owner.enrol(&app).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google?return_to=/settings").await;
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_half_done(&app, &browser, &page, 1).await;
    assert_eq!(app.database.count("identities").await, 0);
    assert_finishes(&app, &browser, &phone, "/settings").await;
    assert_eq!(app.database.count("identities").await, 1);
    assert_eq!(browser.cookie("link"), None);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_prompt_by_a_provider(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/linus", json!({ "email_verified": true })).await;
    let owner = app.browser();
    app.sign_in_with_provider(&owner, "other", "linus").await;
    let (phone, _) = owner.enrol(&app).await;
    owner.submit("/settings/authenticator/providers", &[("ask", "1")]).await;
    let browser = app.browser();
    assert_eq!(app.sign_in_with_provider(&browser, "google", "linus").await.location(), "/link");
    let start = browser.submit("/auth/link/provider", &[("provider", "other")]).await;
    let page = browser.get(&browser.consent(start.location(), "linus", "allow").await).await;
    assert_half_done(&app, &browser, &page, 1).await;
    assert_eq!(app.database.count("identities").await, 1, "not linked yet");
    assert_finishes(&app, &browser, &phone, "/dashboard").await;
    assert_eq!(app.database.count("identities").await, 2);
}

/// What Google would link without asking waits for the second step as well.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_linked_without_asking() {
    let app = App::builder().start().await;
    let owner = app.browser();
    app.sign_up(&owner, "ada@gmail.com", PASSWORD).await;
    let (phone, _) = owner.enrol(&app).await;
    let browser = app.browser();
    assert_eq!(browser.try_sign_in("ada").await.location(), "/link");
    assert_eq!(app.database.count("identities").await, 0);
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_half_done(&app, &browser, &page, 1).await;
    assert_finishes(&app, &browser, &phone, "/dashboard").await;
    assert_eq!(app.database.count("identities").await, 1);
}

/// A signed-in user re-authenticates as strongly as they sign in.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_confirmation(#[values("server", "jwt")] mode: &str) {
    let (app, browser, phone, codes) = with_app(App::builder().mode(mode)).await;
    app.advance(super::LATER).await;
    let page = browser.get("/confirm?return_to=/settings/email").await;
    assert!(page.body.contains("/auth/reauthenticate/code") && !page.body.contains("/auth/reauthenticate/password"));
    let password = [("password", PASSWORD), ("return_to", "/settings/email")];
    let weak = browser.submit("/auth/reauthenticate/password", &password).await;
    assert_eq!(weak.location(), "/confirm?return_to=%2Fsettings%2Femail&error=second_factor_needed");
    assert_eq!(browser.get("/settings/email").await.status, 303);
    let wrong = [("code", phone.wrong_code(&app)), ("return_to", "/settings/email".to_owned())];
    let wrong = wrong.each_ref().map(|(name, value)| (*name, value.as_str()));
    let refused = browser.submit("/auth/reauthenticate/code", &wrong).await;
    assert_eq!(refused.location(), "/confirm?return_to=%2Fsettings%2Femail&error=second_factor_wrong");
    let right = [("code", codes[0].as_str()), ("return_to", "/settings/email")];
    assert_eq!(browser.submit("/auth/reauthenticate/code", &right).await.location(), "/settings/email");
    assert_eq!(browser.get("/settings/email").await.status, 200);
}
