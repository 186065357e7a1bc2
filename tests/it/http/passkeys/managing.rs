//! Add, rename and remove.

use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::json;

use super::{ADA, LATER, device::Device, with_passkey};
use crate::{
    http::{
        account::{PASSWORD, token_of},
        app::App,
        browser::Browser,
    },
    support::database::Engine,
};

async fn id_of_passkey(app: &App) -> String {
    app.database.text("SELECT id FROM passkeys ORDER BY id LIMIT 1").await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn adding_needs_a_recent_authentication(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    assert_eq!(browser.passkey_options("add").await.passkey().0, 401);
    app.sign_up(&browser, ADA, PASSWORD).await;
    app.advance(LATER).await;
    let refused = browser.passkey_options("add").await;
    let page = "/confirm?return_to=%2Fsettings%2Fsecurity";
    assert_eq!(refused.passkey(), (403, "reauthentication_required", page));
    browser.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
    let begun = browser.passkey_options("add").await;
    let credential = Device::new(&app).create(&begun.json["publicKey"]).await;
    // The authentication gets old while the user looks for their key.
    app.advance(4 * 60).await;
    app.database.execute("UPDATE sessions SET reauthenticated_at = 1, reauthenticated_by = '[]'").await;
    assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &credential, "/").await.passkey().0, 403);
    browser.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
    let session = browser.session();
    assert_eq!(browser.finish_passkey(&begun.json["ceremony"], &credential, "/").await.passkey().0, 200);
    assert_ne!(browser.session(), session, "a new secret");
    assert_eq!(app.database.count("passkeys").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_named_and_announced() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    app.emails().await;
    browser.add_passkey(&mut Device::new(&app)).await;
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    assert!(matches!(&message.kind, EmailKind::PasskeyAdded { passkey, .. } if passkey.starts_with("Passkey (")));
    let id = id_of_passkey(&app).await;
    for (name, done) in [("  Ada's key\u{202e} ", "?done=passkey_renamed"), (" ", "?error=name_needed")] {
        let page = browser.submit("/settings/passkeys/rename", &[("passkey", &id), ("name", name)]).await;
        assert_eq!(page.location(), format!("/settings/security{done}"));
    }
    assert_eq!(app.database.text("SELECT name FROM passkeys").await, "Ada's key");
    let page = browser.get("/settings/security").await;
    assert!(page.body.contains("Ada&#x27;s key") || page.body.contains("Ada's key"), "{}", page.body);
    // Not by another user.
    let grace = app.browser();
    grace.sign_in("grace").await;
    let page = grace.submit("/settings/passkeys/rename", &[("passkey", &id), ("name", "Eve's")]).await;
    assert_eq!(page.location(), "/settings/security?error=not_found");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_passkey_signs_nobody_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, ada, mut device) = with_passkey(App::builder().engine(engine)).await;
    let elsewhere = app.browser();
    elsewhere.use_passkey(&mut device, "sign_in", "/").await;
    let id = id_of_passkey(&app).await;
    // Not by another user, and only recently authenticated.
    let grace = app.browser();
    grace.sign_in("grace").await;
    let page = grace.submit("/settings/passkeys/remove", &[("passkey", &id)]).await;
    assert_eq!(page.location(), format!("/settings/passkey?passkey={id}&error=not_found"));
    assert_eq!(ada.get(&format!("/settings/passkey?passkey={id}")).await.status, 200);

    let page = ada.submit("/settings/passkeys/remove", &[("passkey", &id)]).await;
    assert_eq!(page.location(), "/settings/security?done=passkey_removed");
    assert!(matches!(app.one_email().await.kind, EmailKind::PasskeyRemoved { .. }));
    assert!(ada.is_signed_in().await && !elsewhere.is_signed_in().await);
    let refused = app.browser().use_passkey(&mut device, "sign_in", "/").await;
    assert_eq!(refused.passkey(), (422, "passkey_unknown", "/login?return_to=%2F&error=passkey_unknown"));
    assert!(app.events().await.contains("passkey  removed"), "{}", app.events().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_in_stays() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    browser.add_passkey(&mut Device::new(&app)).await;
    // The identity may go now, the passkey not after it.
    let user = app.user_of(&browser).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    let page = browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(page.location(), "/settings/security?done=unlinked");
    let id = id_of_passkey(&app).await;
    let page = browser.submit("/settings/passkeys/remove", &[("passkey", &id)]).await;
    assert!(page.location().ends_with("error=last_sign_in_method"), "{page:?}");
    assert_eq!(app.database.count("passkeys").await, 1);
    // With a password it may.
    browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    let page = browser.submit("/settings/passkeys/remove", &[("passkey", &id)]).await;
    assert_eq!(page.location(), "/settings/security?done=passkey_removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_belongs_to_one_user_and_a_user_has_twenty() {
    let app = App::builder().start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    let mut device = Device::new(&app);
    ada.add_passkey(&mut device).await;
    // The same id again, by an authenticator that misbehaves.
    let begun = grace.passkey_options("add").await;
    let credential = device.create(&begun.json["publicKey"]).await;
    let text = credential["id"].as_str().expect("an id").to_owned();
    app.database.execute(&format!("UPDATE passkeys SET credential_id = '{text}'")).await;
    let refused = grace.finish_passkey(&begun.json["ceremony"], &credential, "/").await;
    assert_eq!(refused.passkey().1, "passkey_exists");
    for _ in 1..20 {
        assert_eq!(ada.add_passkey(&mut Device::new(&app)).await.passkey().0, 200);
    }
    assert_eq!(ada.add_passkey(&mut Device::new(&app)).await.passkey().1, "too_many_passkeys");
    assert_eq!(grace.add_passkey(&mut Device::new(&app)).await.passkey().0, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_email_undoes_an_added_passkey(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    app.emails().await;
    app.advance(60).await;
    let (mut first, mut second) = (Device::new(&app), Device::new(&app));
    browser.add_passkey(&mut first).await;
    let undo = token_of(&app.one_email().await);
    app.advance(60).await;
    // Eve adds another one, whose email never reaches Ada.
    browser.add_passkey(&mut second).await;
    assert_eq!(app.browser().confirm_email_link(&undo).await.location(), "/reset-password?done=undone");
    assert_eq!(app.database.count("passkeys").await, 0);
    assert!(!browser.is_signed_in().await);
    assert_eq!(app.browser().use_passkey(&mut first, "sign_in", "/").await.passkey().1, "passkey_unknown");
}

/// The trojan-identifier attack: what Eve attached to Ada's unverified address is gone once Ada has it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_of_an_unconfirmed_account_removes_its_passkeys() {
    let app = App::builder().other_provider().start().await;
    let eve = app.browser();
    // Eve's provider claims that Ada's email is verified.
    let callback = eve.callback_url("ada", "/auth/other").await;
    assert_eq!(eve.get(&callback).await.location(), "/dashboard");
    let mut device = Device::new(&app);
    eve.add_passkey(&mut device).await;
    app.emails().await;
    let ada = app.browser();
    ada.request_reset("ada@gmail.com").await;
    let token = token_of(&app.one_email().await);
    ada.reset_password(&token, PASSWORD).await;
    assert_eq!(app.browser().use_passkey(&mut device, "sign_in", "/").await.passkey().1, "passkey_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_can_be_turned_off() {
    let app = App::builder().with("PASSKEYS", "off").start().await;
    let browser: Browser = app.browser();
    browser.sign_in("ada").await;
    for step in ["sign_in", "reauthenticate", "add"] {
        assert_eq!(browser.passkey_options(step).await.passkey().1, "not_found", "{step}");
    }
    assert_eq!(browser.post_json("/auth/passkey/options", &json!({ "step": "fly" })).await.page.status, 404);
    assert!(!browser.get("/settings/security").await.body.contains("passkey"), "no word of it");
    assert!(!app.browser().get("/login").await.body.contains("passkey"));
    assert_eq!(browser.get("/.well-known/passkey-endpoints").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn well_known_urls_lead_to_the_settings() {
    let app = App::builder().start().await;
    let browser = app.browser();
    assert_eq!(browser.get("/.well-known/change-password").await.location(), "/settings/password");
    let endpoints = browser.get_json("/.well-known/passkey-endpoints").await;
    let page = format!("{}/settings/security", app.origin);
    assert_eq!(endpoints.json, json!({ "enroll": page, "manage": page }));
    let login = browser.get("/login").await;
    assert!(login.body.contains("data-passkey=\"sign_in\"") && login.body.contains("username webauthn"));
    assert!(login.header("permissions-policy").contains("publickey-credentials-get=(self)"));
}
