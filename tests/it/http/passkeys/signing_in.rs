//! What a passkey opens.

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::json;

use super::{ADA, LATER, device::Device, with_passkey};
use crate::{
    http::{
        account::{PASSWORD, token_of},
        app::App,
        link_prompt::{LINUS, assert_prompted},
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_without_a_name(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, owner, mut device) = with_passkey(App::builder().engine(engine).mode(mode)).await;
    let browser = app.browser();
    let begun = browser.passkey_options("sign_in").await;
    assert_eq!(begun.json["publicKey"]["allowCredentials"], json!([]), "a list would tell who has passkeys");
    let credential = device.get(&begun.json["publicKey"]).await;
    let signed_in = browser.finish_passkey(&begun.json["ceremony"], &credential, "/settings?a=1").await;
    assert_eq!(signed_in.passkey(), (200, "", "/settings?a=1"));
    assert_eq!(app.user_of(&browser).await, app.user_of(&owner).await);
    assert!(app.events().await.contains("sign_in passkey sign_in"), "{}", app.events().await);
    assert_eq!(
        app.database.text("SELECT provider FROM sessions ORDER BY created_at DESC, provider LIMIT 1").await,
        "passkey"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM passkeys WHERE last_used_at IS NOT NULL").await, 1);
    // The next one.
    assert_eq!(
        app.browser().use_passkey(&mut device, "sign_in", "https://evil.example").await.passkey(),
        (200, "", "/dashboard")
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_replaces_the_session_of_the_browser(#[values("server", "jwt")] mode: &str) {
    let (app, _, mut device) = with_passkey(App::builder().mode(mode)).await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let before = browser.session().expect("a session");
    assert_eq!(browser.use_passkey(&mut device, "sign_in", "/dashboard").await.page.status, 200);
    assert_eq!(app.user_of(&browser).await, app.owner_of(ADA).await);
    assert_eq!(app.user_of_session(&before).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_does_not_sign_in() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    let browser = app.browser();
    let refused = browser.use_passkey(&mut device, "sign_in", "/").await;
    // Not "unknown", which would make the password manager forget the passkey.
    assert_eq!(refused.passkey(), (422, "passkey_invalid", "/login?return_to=%2F&error=passkey_invalid"));
    assert!(!browser.is_signed_in().await);
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    assert_eq!(browser.use_passkey(&mut device, "sign_in", "/").await.page.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_reauthenticates_its_own_user(#[values("server", "jwt")] mode: &str) {
    let (app, ada, mut device) = with_passkey(App::builder().mode(mode)).await;
    let grace = app.browser();
    grace.sign_in("grace").await;
    let mut other = Device::new(&app);
    assert_eq!(grace.add_passkey(&mut other).await.page.status, 200);
    app.advance(LATER).await;
    // The list has the user's own passkeys and no others.
    let begun = ada.passkey_options("reauthenticate").await;
    assert_eq!(begun.json["publicKey"]["allowCredentials"].as_array().map(Vec::len), Some(1));
    let stranger = other.get(&begun.json["publicKey"]).await;
    let refused = ada.finish_passkey(&begun.json["ceremony"], &stranger, "/settings/email").await;
    assert_eq!(refused.passkey().1, "passkey_invalid");
    assert!(ada.get("/settings/email").await.location().starts_with("/confirm"));

    let session = ada.session();
    let confirmed = ada.use_passkey(&mut device, "reauthenticate", "/settings/email").await;
    assert_eq!(confirmed.passkey(), (200, "", "/settings/email"));
    assert_ne!(ada.session(), session, "a new secret");
    assert_eq!(ada.get("/settings/email").await.status, 200);
    assert!(app.events().await.contains("reauthenticate passkey reauthenticated"), "{}", app.events().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn reauthentication_needs_a_signed_in_user_with_a_passkey() {
    let app = App::builder().start().await;
    let browser = app.browser();
    assert_eq!(browser.passkey_options("reauthenticate").await.passkey().0, 401);
    browser.sign_in("ada").await;
    assert_eq!(browser.passkey_options("reauthenticate").await.passkey().1, "not_found");
    browser.add_passkey(&mut Device::new(&app)).await;
    assert_eq!(browser.passkey_options("reauthenticate").await.page.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_confirms_a_link(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    let (owner, browser) = (app.browser(), app.browser());
    app.sign_up(&owner, LINUS, PASSWORD).await;
    let mut device = Device::new(&app);
    assert_eq!(owner.add_passkey(&mut device).await.page.status, 200);
    app.emails().await;
    // Eve's passkey is of another user.
    let (eve, mut of_eve) = (app.browser(), Device::new(&app));
    eve.sign_in("mallory").await;
    eve.add_passkey(&mut of_eve).await;
    app.emails().await;

    assert_prompted(&browser, "/auth/google?return_to=/settings").await;
    let refused = browser.use_passkey(&mut of_eve, "link", "/").await;
    assert_eq!(refused.passkey(), (422, "passkey_invalid", "/link?error=passkey_invalid"));
    assert!(!browser.is_signed_in().await);
    let linked = browser.use_passkey(&mut device, "link", "/").await;
    assert_eq!(linked.passkey(), (200, "", "/settings"));
    assert_eq!(app.user_of(&browser).await, app.owner_of(LINUS).await);
    assert!(matches!(app.one_email().await.kind, EmailKind::MethodAdded { .. }));
    // Without a link prompt there is nothing to confirm.
    assert_eq!(app.browser().passkey_options("link").await.passkey().1, "link_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_a_way_in_that_a_reset_leaves_alone() {
    let (app, _, mut device) = with_passkey(App::builder()).await;
    let browser = app.browser();
    browser.request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    browser.reset_password(&token, "wombats parade at noon in May").await;
    assert_eq!(app.browser().use_passkey(&mut device, "sign_in", "/").await.page.status, 200);
}
