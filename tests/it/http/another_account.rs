//! Two Google accounts linked to one user.

use rstest::rstest;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, parameter},
    granting::DRIVE,
};

/// The id of the identity at Google that has this address.
async fn identity_of(app: &App, browser: &Browser, address: &str) -> String {
    let first = app.google_identity(browser).await;
    let identities = app.store.identities(first.user).await.expect("identities");
    let is_named = |email: &latchkey::accounts::EmailAddress| email.to_string() == address;
    let found = identities.into_iter().find(|identity| identity.email.as_ref().is_some_and(is_named));
    found.unwrap_or_else(|| panic!("no identity with {address}")).id.to_string()
}

#[rstest]
#[case("/drive", "%2Fdrive")]
#[case("/calendar", "%2Fcalendar")]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_google_account_can_be_chosen_and_linked(#[case] page: &str, #[case] encoded: &str) {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let link = format!("/settings/link?provider=google&return_to={encoded}");
    assert!(browser.get(page).await.links().contains(&link), "{page}");
    let step = browser.get(&link).await;
    assert!(step.shows(&format!("name=\"return_to\" value=\"{page}\"")), "{}", step.body);

    let fields = [("provider", "google"), ("return_to", page)];
    let start = browser.submit("/settings/link", &fields).await;
    assert_eq!(parameter(start.location(), "prompt"), "select_account", "Google is to let one choose");
    let callback = browser.consent(start.location(), "grace", "allow").await;
    let landed = browser.get(&callback).await;
    let grace = identity_of(&app, &browser, "grace@navy.example").await;
    assert_eq!(landed.location(), format!("{page}?account={grace}&done=linked"));
    let shown = browser.get(landed.location()).await;
    assert!(shown.offers_to_connect() && shown.shows("Sign-in method added"), "{}", shown.body);
    assert!(shown.shows("grace@navy.example") && shown.shows(&format!("name=\"identity\" value=\"{grace}\"")));

    // Choosing the same account again, and cancelling, are reported there.
    let start = browser.submit("/settings/link", &fields).await;
    let callback = browser.consent(start.location(), "grace", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), format!("{page}?account={grace}&done=already_linked"));
    let start = browser.submit("/settings/link", &fields).await;
    let callback = browser.consent(start.location(), "ada", "deny").await;
    assert_eq!(browser.get(&callback).await.location(), format!("{page}?error=cancelled&provider=google"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_account_needs_no_account_chooser() {
    let app = App::builder().start().await;
    for (return_to, lands) in [
        (None, "/settings/security?done=linked"),
        (Some("/dashboard?a=1"), "/dashboard?a=1&done=linked"),
        (Some("https://evil.example"), "/settings/security?done=linked"),
        (Some("//evil.example/drive"), "/settings/security?done=linked"),
        (Some("/auth/logout"), "/settings/security?done=linked"),
    ] {
        let browser = app.browser();
        app.sign_up(&browser, "petra@example.org", PASSWORD).await;
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
async fn the_page_names_the_account_that_was_disconnected() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    assert_eq!(app.link_provider(&browser, "google", "grace").await.location(), "/settings/security?done=linked");
    let ada = identity_of(&app, &browser, "ada@gmail.com").await;
    let grace = identity_of(&app, &browser, "grace@navy.example").await;
    let fields = [("access", "drive"), ("identity", grace.as_str())];
    let authorize = browser.submit("/grants/connect", &fields).await;
    let callback = browser.consent_to(authorize.location(), "grace", &[DRIVE]).await;
    assert_eq!(browser.get(&callback).await.location(), "/drive");

    let theirs = browser.get(&format!("/drive?account={grace}")).await;
    let return_to = format!("/drive?account={grace}");
    assert!(theirs.files().len() == 50 && theirs.shows(&format!("name=\"return_to\" value=\"{return_to}\"")));
    let fields = [("identity", grace.as_str()), ("return_to", return_to.as_str())];
    let landed = browser.submit("/grants/disconnect", &fields).await;
    assert_eq!(landed.location(), format!("{return_to}&done=disconnected"));
    let page_after = browser.get(landed.location()).await;
    assert!(
        page_after.offers_to_connect()
            && page_after.shows("Disconnected. We deleted our access tokens")
            && page_after.shows("grace@navy.example"),
        "{page_after:?}"
    );
    assert!(!page_after.shows(&format!("name=\"identity\" value=\"{ada}\"")));
    // The other account is unchanged.
    assert_eq!(browser.get("/drive").await.files().len(), 50);
    assert_eq!(browser.get(&format!("/drive?account={ada}")).await.files().len(), 50);
}
