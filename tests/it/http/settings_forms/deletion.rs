//! Delete the account.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::ADA;
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD, TABLES},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_one_anonymous_event_and_an_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (ada, other, elsewhere) = (app.browser(), app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    let user = app.user_of(&ada).await.expect("a user");
    app.link_provider(&ada, "google", "grace").await;
    elsewhere.sign_in("grace").await;
    app.browser().request_reset(ADA).await;
    ada.submit("/settings/email", &[("email", "new@example.com")]).await;
    ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    app.sign_up(&other, "other@example.com", PASSWORD).await;

    for word in ["", "no", "delete everything"] {
        let page = ada.submit("/settings/delete", &[("word", word)]).await;
        assert_eq!(page.location(), "/settings/delete?error=confirmation_missing");
    }
    let page = ada.submit("/settings/delete", &[("word", "Delete ")]).await;
    assert_eq!(page.location(), "/login?done=deleted");
    assert!(!ada.is_signed_in().await && !elsewhere.is_signed_in().await && other.is_signed_in().await);
    let message = app.one_email().await;
    assert_eq!((message.to.as_str(), &message.kind), (ADA, &EmailKind::AccountDeleted { revoked_access: vec![] }));
    for table in TABLES {
        let column = if table == "users" { "id" } else { "user_id" };
        let sql = format!("SELECT count(*) FROM {table} WHERE {column} = '{user}'");
        assert_eq!(app.database.number(&sql).await, 0, "{table}");
    }
    assert!(app.database.count("used_flows WHERE completed_by IS NOT NULL").await > 0, "which flows were used is kept");
    assert_eq!(app.database.count(&format!("used_flows WHERE completed_by = '{user}'")).await, 0, "and not by whom");
    let left = app
        .database
        .text("SELECT kind || COALESCE(user_id, '') || COALESCE(ip, '') || COALESCE(user_agent, '') || COALESCE(request_id, '') FROM events WHERE outcome = 'deleted'")
        .await;
    assert_eq!(left, "account");
    // The email and the identity are free again.
    assert_eq!(ada.try_password(ADA, NEW_PASSWORD).await.location(), "/login?error=wrong_credentials");
    let again = app.browser();
    app.sign_up(&again, ADA, PASSWORD).await;
    assert_ne!(app.user_of(&again).await, Some(user));
    elsewhere.sign_in("grace").await;
    assert_ne!(app.user_of(&elsewhere).await, app.user_of(&again).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn requests_after_a_deletion_write_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let fields = [("provider", "google"), ("return_to", "/settings")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let flow = browser.cookies();
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(app.rows().await, (0, 0, 0));
    // The other tab still has the flow.
    for (name, value) in flow.iter().filter(|(name, _)| name != "session") {
        browser.set_cookie(name, value);
    }
    assert!(browser.get(&callback).await.location().starts_with("/login?error="));
    assert!(app.events().await.contains("reauthenticate"), "{}", app.events().await);
    assert_eq!(app.database.number("SELECT count(*) FROM events WHERE user_id IS NOT NULL").await, 0);
}
