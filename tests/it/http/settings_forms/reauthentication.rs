//! Sensitive changes need a recent re-authentication of this user.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{LATER, OTHERS, SENSITIVE, ada};
use crate::http::{
    account::{PASSWORD, WRONG_PASSWORD},
    app::App,
    browser::parameter,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sensitive_forms_need_reauthentication_and_return(#[values("server", "jwt")] mode: &str) {
    let (app, browser) = ada(App::builder().mode(mode)).await;
    app.advance(LATER).await;
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for (path, fields, page) in SENSITIVE {
        let answer = browser.submit(path, fields).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/confirm?"), "{path}: {answer:?}");
        assert_eq!(parameter(answer.location(), "return_to"), page);
        let renewed =
            |cookie: &String| cookie.starts_with("access_token=ey") || cookie.starts_with("refresh_token=lkr_");
        assert!(answer.set_cookies().iter().all(renewed), "{path}: {answer:?}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
    assert_eq!(app.emails().await, []);

    // A wrong password does not re-authenticate.
    let fields = [("password", WRONG_PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fsettings%2Femail&error=wrong_password");
    assert!(
        browser.submit("/settings/email", &[("email", "new@example.com")]).await.location().starts_with("/confirm")
    );
    // The right one returns with a new session id, and the form works.
    let session = browser.session();
    let fields = [("password", PASSWORD), ("return_to", "/settings/email")];
    let page = browser.submit("/auth/reauthenticate/password", &fields).await;
    assert_eq!(page.location(), "/settings/email");
    assert_ne!(browser.session(), session);
    assert_eq!(app.user_of_session(&session.expect("a session")).await, None);
    let page = browser.submit("/settings/email", &[("email", "new@example.com")]).await;
    assert_eq!(page.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    // It lasts for ten minutes.
    app.advance(LATER - 60).await;
    assert_eq!(
        browser.submit("/settings/unlink", &[("identity", "x")]).await.location(),
        "/settings/unlink?identity=x&error=not_found"
    );
    app.advance(60).await;
    assert!(browser.submit("/settings/unlink", &[("identity", "x")]).await.location().starts_with("/confirm?"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_a_linked_account_reauthenticates(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(LATER).await;
    let fields = [("provider", "google"), ("return_to", "/settings/password")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let session = browser.session();
    let callback = browser.consent(start.location(), "grace", "allow").await;
    let page = browser.get(&callback).await;
    assert!(page.location().starts_with("/confirm?return_to=%2Fsettings%2Fpassword"), "{page:?}");
    assert_eq!(parameter(page.location(), "error"), "reauthentication_mismatch");
    assert_eq!((app.rows().await, browser.session()), ((1, 1, 1), session.clone()));
    assert!(browser.submit("/settings/password", &[("password", PASSWORD)]).await.location().starts_with("/confirm"));

    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/settings/password");
    assert_ne!(browser.session(), session);
    // A first password for a user who only had a provider.
    let page = browser.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/settings/security?done=password_set");
    assert!(matches!(app.one_email().await.kind, EmailKind::PasswordChanged { first: true, .. }));
    app.browser().sign_in_with_password("ada@gmail.com", PASSWORD).await;
    // A provider that is not linked does not re-authenticate.
    let page = browser.submit("/auth/reauthenticate/provider", &[("provider", "nowhere")]).await;
    assert_eq!(page.location(), "/confirm?return_to=%2Fdashboard&error=not_found");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reauthentication_delivered_by_another_user_is_rejected(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (ada, grace, anonymous) = (app.browser(), app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    app.advance(LATER).await;
    let fields = [("provider", "google"), ("return_to", "/settings/password")];
    for browser in [&grace, &anonymous] {
        let start = ada.submit("/auth/reauthenticate/provider", &fields).await;
        let callback = browser.consent(start.location(), "ada", "allow").await;
        let page = browser.get(&callback).await;
        assert!(page.location().contains("error=flow_unknown"), "{page:?}");
        // Not with the flow's cookie either.
        let start = ada.submit("/auth/reauthenticate/provider", &fields).await;
        let callback = browser.consent(start.location(), "ada", "allow").await;
        for (name, value) in ada.flows() {
            browser.set_cookie(&name, &value);
        }
        let page = browser.get(&callback).await;
        assert!(
            page.location().contains("error=flow_unknown") || page.location().contains("error=provider_invalid"),
            "{page:?}"
        );
    }
    assert!(!anonymous.is_signed_in().await);
    for browser in [&ada, &grace] {
        assert!(
            browser.submit("/settings/password", &[("password", PASSWORD)]).await.location().starts_with("/confirm")
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signed_out_users_sign_in_first(#[values("server", "jwt")] mode: &str) {
    let (app, _) = ada(App::builder().mode(mode)).await;
    let stranger = app.browser();
    let (methods, rows) = (app.methods().await, app.all_rows().await);
    for (path, fields, page) in SENSITIVE {
        let answer = stranger.submit(path, fields).await;
        assert!(answer.location().starts_with("/login?"), "{path}: {answer:?}");
        assert_eq!(parameter(answer.location(), "return_to"), page);
    }
    for (path, fields) in OTHERS {
        let answer = stranger.submit(path, fields).await;
        assert!(answer.location().starts_with("/login?return_to="), "{path}: {answer:?}");
    }
    assert_eq!((app.methods().await, app.all_rows().await), (methods, rows));
}
