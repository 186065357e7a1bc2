//! Set and change the password.

use rstest::rstest;

use super::{ADA, ada};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD, token_of},
        app::App,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_ends_every_other_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, browser) = ada(App::builder().engine(engine).mode(mode)).await;
    let other = app.browser();
    other.sign_in_with_password(ADA, PASSWORD).await;
    for (weak, code) in [("short", "password_short"), ("password123", "password_common"), ("", "password_short")] {
        let page = browser.submit("/settings/password", &[("password", weak)]).await;
        assert_eq!(page.location(), format!("/settings/password?error={code}"));
    }
    assert!(other.is_signed_in().await);
    let session = browser.session().expect("a session");
    let page = browser.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/settings/security?done=password_changed");
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    assert_ne!(browser.session(), Some(session.clone()));
    assert_eq!(app.user_of_session(&session).await, None);
    assert_eq!(other.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    other.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_needs_a_verified_email(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    for person in ["nomail", "linus"] {
        let browser = app.browser();
        browser.sign_in(person).await;
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings/password?error=email_needed", "{person}");
        let email = format!("{person}@example.net");
        browser.submit("/settings/email", &[("email", &email)]).await;
        assert_eq!(
            browser.confirm_email_link(&token_of(&app.one_email().await)).await.location(),
            "/settings?done=email_changed"
        );
        assert_eq!(app.emails().await, [], "there is no old address to write to");
        let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
        assert_eq!(page.location(), "/settings/security?done=password_set");
        app.emails().await;
        app.browser().sign_in_with_password(&email, PASSWORD).await;
    }
}
