//! Users whose provider returns no email, or an unverified one: `EMAIL_ADDRESS` decides whether they are asked.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{app::App, browser::Browser};
use crate::support::database::Engine;

/// Opens the link of an email; returns the location.
async fn follow(browser: &Browser, token: &str) -> String {
    browser.get(&format!("/auth/email-link?token={token}")).await.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_an_email_can_add_one_or_continue() {
    let app = App::builder().start().await;
    let (niko, ada) = (app.browser(), app.browser());
    niko.sign_in("nomail").await;
    ada.sign_in("ada").await;
    assert!(niko.get("/dashboard").await.body.contains("href=\"/add-email\""));
    assert!(!ada.get("/dashboard").await.body.contains("href=\"/add-email\""));
    // A user with an email has nothing to add.
    assert_eq!(ada.get("/add-email?return_to=%2Fsettings").await.location(), "/settings");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_added_email_counts_once_its_link_was_opened(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    browser.sign_in("nomail").await;
    assert_eq!(browser.get("/add-email?return_to=%2Fdashboard").await.status, 200);
    let sent = browser.post("/settings/email", "email=niko%40example.org&return_to=%2Fsettings").await;
    assert_eq!(sent.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), "niko@example.org");
    let EmailKind::ConfirmEmailChange { token } = message.kind else { panic!("{message:?}") };
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'niko@example.org'";
    assert_eq!(app.database.number(owners).await, 0);
    assert_eq!(follow(&browser, token.expose()).await, "/confirm-email");
    assert_eq!(browser.post("/auth/email/change/confirm", "").await.location(), "/settings");
    assert_eq!(app.database.number(owners).await, 1);
    assert!(!browser.get("/dashboard").await.body.contains("href=\"/add-email\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_email_returns_to_the_form() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("nomail").await;
    let slipped = browser.post("/settings/email", "email=niko&return_to=%2Fdashboard").await;
    assert_eq!(slipped.location(), "/add-email?return_to=%2Fdashboard&error=email_invalid");
    assert_eq!(slipped.fragment(), "error", "which takes the focus");
    assert!(browser.get(slipped.location()).await.body.contains("value=\"niko\""));
    assert!(app.emails().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_an_email_is_required_users_must_add_one() {
    let mail = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let app = App::builder().settings(&mail).start().await;
    let (niko, linus, ada) = (app.browser(), app.browser(), app.browser());
    for (browser, person) in [(&niko, "nomail"), (&linus, "linus")] {
        browser.sign_in(person).await;
        for page in ["/dashboard", "/settings"] {
            let asked = browser.get(page).await;
            assert_eq!(asked.location(), format!("/add-email?return_to={}", page.replace('/', "%2F")), "{person}");
        }
        let asking = browser.get("/add-email").await.body;
        assert!(asking.contains("This site requires one") && !asking.contains("Not now"), "{asking}");
        // Signing out and deleting the account stay possible.
        assert_eq!(browser.get("/settings/delete").await.status, 200);
        assert_eq!(browser.get("/settings/data.json").await.status, 200);
    }
    ada.sign_in("ada").await;
    assert_eq!(ada.get("/dashboard").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_emails_are_off_no_page_asks_for_one() {
    let app = App::builder().with("EMAIL_ADDRESS", "off").start().await;
    let browser = app.browser();
    browser.sign_in("nomail").await;
    assert!(!browser.get("/dashboard").await.body.contains("href=\"/add-email\""));
}
