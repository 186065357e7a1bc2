//! People whose provider tells no address, or one that nobody vouches for: they are asked, or kept out, or left alone.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{app::App, browser::Browser};
use crate::support::database::Engine;

/// The page that a letter's link leads to.
async fn follow(browser: &Browser, token: &str) -> String {
    browser.get(&format!("/auth/email-link?token={token}")).await.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_address_is_asked_on_the_dashboard_and_goes_on_without() {
    let app = App::start(Engine::Sqlite).await;
    let (niko, ada) = (app.browser(), app.browser());
    niko.signs_in_as("nomail").await;
    ada.signs_in_as("ada").await;
    assert!(niko.get("/dashboard").await.body.contains("href=\"/add-email\""));
    assert!(!ada.get("/dashboard").await.body.contains("href=\"/add-email\""));
    // Who has one has nothing to add.
    assert_eq!(ada.get("/add-email?return_to=%2Fsettings").await.location(), "/settings");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_added_counts_once_its_letter_was_followed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let browser = app.browser();
    browser.signs_in_as("nomail").await;
    assert_eq!(browser.get("/add-email?return_to=%2Fdashboard").await.status, 200);
    let sent = browser.post("/settings/email", "email=niko%40example.org&return_to=%2Fsettings").await;
    assert_eq!(sent.location(), "/check-inbox?for=email_change&return_to=%2Fsettings");
    let message = app.message().await;
    assert_eq!(message.to.as_str(), "niko@example.org");
    let EmailKind::ConfirmEmailChange { token } = message.matter else { panic!("{message:?}") };
    let owners = "SELECT count(*) FROM users WHERE verified_email = 'niko@example.org'";
    assert_eq!(app.database.number(owners).await, 0);
    assert_eq!(follow(&browser, token.expose()).await, "/confirm-email");
    assert_eq!(browser.post("/auth/email/change/confirm", "").await.location(), "/settings");
    assert_eq!(app.database.number(owners).await, 1);
    assert!(!browser.get("/dashboard").await.body.contains("href=\"/add-email\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_in_the_address_comes_back_to_the_page_that_asked() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("nomail").await;
    let slipped = browser.post("/settings/email", "email=niko&return_to=%2Fdashboard").await;
    assert_eq!(slipped.location(), "/add-email?return_to=%2Fdashboard&error=email_invalid");
    assert_eq!(slipped.fragment(), "error", "which takes the focus");
    assert!(browser.get(slipped.location()).await.body.contains("value=\"niko\""));
    assert!(app.emails().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_an_address_is_required_nobody_gets_further_without() {
    let mail = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let app = App::start_with(Engine::Sqlite, &mail).await;
    let (niko, linus, ada) = (app.browser(), app.browser(), app.browser());
    for (browser, person) in [(&niko, "nomail"), (&linus, "linus")] {
        browser.signs_in_as(person).await;
        for page in ["/dashboard", "/settings"] {
            let asked = browser.get(page).await;
            assert_eq!(asked.location(), format!("/add-email?return_to={}", page.replace('/', "%2F")), "{person}");
        }
        let asking = browser.get("/add-email").await.body;
        assert!(asking.contains("This site requires one") && !asking.contains("Not now"), "{asking}");
        // The ways out stay open.
        assert_eq!(browser.get("/settings/delete").await.status, 200);
        assert_eq!(browser.get("/settings/data.json").await.status, 200);
    }
    ada.signs_in_as("ada").await;
    assert_eq!(ada.get("/dashboard").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_asked_nobody_is_asked() {
    let app = App::start_with(Engine::Sqlite, &[("EMAIL_ADDRESS", "off")]).await;
    let browser = app.browser();
    browser.signs_in_as("nomail").await;
    assert!(!browser.get("/dashboard").await.body.contains("href=\"/add-email\""));
}
