//! Two accounts at Google in one account here: the second is chosen there, and its pages are about it.

use rstest::rstest;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, parameter},
    granting::DRIVE,
};
use crate::support::database::Engine;

/// The id of the identity at Google that has this address.
async fn identity_of(app: &App, browser: &Browser, address: &str) -> String {
    let first = app.google_identity(browser).await;
    let identities = app.store.identities(first.user).await.expect("identities");
    let is_named = |email: &latchkey::accounts::EmailAddress| email.to_string() == address;
    let found = identities.into_iter().find(|identity| identity.email.as_ref().is_some_and(is_named));
    found.unwrap_or_else(|| panic!("nobody is {address}")).id.to_string()
}

#[rstest]
#[case("/drive", "%2Fdrive")]
#[case("/calendar", "%2Fcalendar")]
#[tokio::test(flavor = "multi_thread")]
async fn another_account_can_be_chosen_and_leads_back_with_it(#[case] page: &str, #[case] encoded: &str) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    let link = format!("/settings/link?provider=google&return_to={encoded}");
    assert!(browser.get(page).await.links().contains(&link), "{page}");
    let step = browser.get(&link).await;
    assert!(step.says(&format!("name=\"return_to\" value=\"{page}\"")), "{}", step.body);

    let fields = [("provider", "google"), ("return_to", page)];
    let start = browser.submit("/settings/link", &fields).await;
    assert_eq!(parameter(start.location(), "prompt"), "select_account", "Google is to let one choose");
    let callback = browser.consent(start.location(), "grace", "allow").await;
    let landed = browser.get(&callback).await;
    let grace = identity_of(&app, &browser, "grace@navy.example").await;
    assert_eq!(landed.location(), format!("{page}?account={grace}&done=linked"));
    let shown = browser.get(landed.location()).await;
    assert!(shown.asks_to_connect() && shown.says("Sign-in method added"), "{}", shown.body);
    assert!(shown.says("grace@navy.example") && shown.says(&format!("name=\"identity\" value=\"{grace}\"")));

    // Whoever chooses the same account after all is told so there, as is who cancels.
    let start = browser.submit("/settings/link", &fields).await;
    let callback = browser.consent(start.location(), "grace", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), format!("{page}?account={grace}&done=already_linked"));
    let start = browser.submit("/settings/link", &fields).await;
    let callback = browser.consent(start.location(), "ada", "deny").await;
    assert_eq!(browser.get(&callback).await.location(), format!("{page}?error=cancelled&provider=google"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_account_needs_no_choice_and_nobody_is_led_elsewhere() {
    let app = App::start(Engine::Sqlite).await;
    for (return_to, lands) in [
        (None, "/settings?done=linked"),
        (Some("/dashboard?a=1"), "/dashboard?a=1&done=linked"),
        (Some("https://evil.example"), "/settings?done=linked"),
        (Some("//evil.example/drive"), "/settings?done=linked"),
        (Some("/auth/logout"), "/settings?done=linked"),
    ] {
        let browser = app.browser();
        app.signs_up(&browser, "petra@example.org", PASSWORD).await;
        let fields: Vec<_> =
            [("provider", "google")].into_iter().chain(return_to.map(|page| ("return_to", page))).collect();
        let start = browser.submit("/settings/link", &fields).await;
        assert_eq!(parameter(start.location(), "prompt"), "", "{return_to:?}");
        let callback = browser.consent(start.location(), "grace", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), lands, "{return_to:?}");
        browser.submit("/settings/delete", &[("word", "delete")]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_accounts_the_one_that_was_disconnected_is_the_one_that_is_spoken_of() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    assert_eq!(app.links(&browser, "google", "grace").await.location(), "/settings?done=linked");
    let ada = identity_of(&app, &browser, "ada@gmail.com").await;
    let grace = identity_of(&app, &browser, "grace@navy.example").await;
    let fields = [("access", "drive"), ("identity", grace.as_str())];
    let authorize = browser.submit("/grants/connect", &fields).await;
    let callback = browser.agrees(authorize.location(), "grace", &[DRIVE]).await;
    assert_eq!(browser.get(&callback).await.location(), "/drive");

    let theirs = browser.get(&format!("/drive?account={grace}")).await;
    let return_to = format!("/drive?account={grace}");
    assert!(theirs.files().len() == 50 && theirs.says(&format!("name=\"return_to\" value=\"{return_to}\"")));
    let fields = [("identity", grace.as_str()), ("return_to", return_to.as_str())];
    let landed = browser.submit("/grants/disconnect", &fields).await;
    assert_eq!(landed.location(), format!("{return_to}&done=disconnected"));
    let told = browser.get(landed.location()).await;
    assert!(
        told.asks_to_connect()
            && told.says("Disconnected. We deleted our access tokens")
            && told.says("grace@navy.example"),
        "{told:?}"
    );
    assert!(!told.says(&format!("name=\"identity\" value=\"{ada}\"")));
    // The other one is as it was.
    assert_eq!(browser.get("/drive").await.files().len(), 50);
    assert_eq!(browser.get(&format!("/drive?account={ada}")).await.files().len(), 50);
}
