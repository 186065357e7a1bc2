//! The name, and rows of other users.

use rstest::rstest;
use serde_json::json;

use super::{ADA, ada};
use crate::{
    http::{account::PASSWORD, app::App, browser::parameter},
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_users_rows_are_not_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada) = ada(App::builder().engine(engine).mode(mode)).await;
    let eve = app.browser();
    app.link_provider(&ada, "google", "grace").await;
    app.sign_up(&eve, "eve@example.com", PASSWORD).await;
    app.link_provider(&eve, "google", "mallory").await;
    app.emails().await;
    let user = app.user_of(&ada).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    let session = app.database.text(&format!("SELECT id FROM sessions WHERE user_id = '{user}'")).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for id in [identity.as_str(), "x", "", "' OR '1' = '1"] {
        let page = eve.submit("/settings/unlink", &[("identity", id)]).await;
        assert_eq!(parameter(page.location(), "error"), "not_found", "{id}: {page:?}");
    }
    for id in [session.as_str(), &ada.session().expect("a session"), "x", "", "%"] {
        let page = eve.submit("/settings/sessions/end", &[("session", id)]).await;
        assert_eq!(page.location(), "/settings/security?error=not_found", "{id}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert!(ada.is_signed_in().await);
    // The counterparts.
    assert_eq!(
        ada.submit("/settings/unlink", &[("identity", &identity)]).await.location(),
        "/settings/security?done=unlinked"
    );
    let elsewhere = app.browser();
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    let sql = format!("SELECT id FROM sessions WHERE user_id = '{user}' ORDER BY created_at DESC, id");
    assert!(!app.database.text(&sql).await.is_empty());
    assert_eq!(
        elsewhere.submit("/settings/sessions/end-others", &[]).await.location(),
        "/settings/security?done=others_ended"
    );
    assert!(!ada.is_signed_in().await && elsewhere.is_signed_in().await && eve.is_signed_in().await);
    ada.sign_in_with_password(ADA, PASSWORD).await;
    let session = format!(
        "SELECT id FROM sessions WHERE user_id = '{user}' AND id NOT IN (SELECT max(id) FROM sessions WHERE user_id = '{user}')"
    );
    let session = app.database.text(&session).await;
    assert_eq!(
        ada.submit("/settings/sessions/end", &[("session", &session)]).await.location(),
        "/settings/security?done=device_ended"
    );
    assert!(ada.is_signed_in().await != elsewhere.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_name_is_kept_and_escaped(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let page = browser.submit("/settings/profile", &[("name", "<script>alert(1)</script>\u{202e}\r\n")]).await;
    assert_eq!(page.location(), "/settings?done=profile_saved");
    let page = browser.get("/dashboard").await.body;
    assert!(!page.contains("<script>alert"), "{page}");
    browser.submit("/settings/profile", &[("name", "Countess")]).await;
    app.control_sandbox("persons/ada", json!({ "name": "Ada King" })).await;
    browser.sign_in("ada").await;
    assert!(browser.get("/dashboard").await.body.contains("Countess"));
}
