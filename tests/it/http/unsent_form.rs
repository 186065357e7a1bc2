//! A form that was submitted after its session ended is kept for ten minutes, and sent when its user says so.

use rstest::rstest;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, Page},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.org";
const LOGIN: &str = "/login?return_to=%2Funsent";
const MINUTE: i64 = 60;

/// Ada's browser, whose session has just ended elsewhere, and the form that she had open.
struct Interrupted {
    app: App,
    browser: Browser,
    form: String,
}

async fn interrupted(app: App, fields: &str) -> Interrupted {
    let (browser, other) = (app.browser(), app.browser());
    app.sign_up(&browser, ADA, PASSWORD).await;
    let form = browser.with_owner(fields).await;
    other.sign_in_with_password(ADA, PASSWORD).await;
    other.submit("/settings/sessions/end-others", &[]).await;
    app.emails().await;
    Interrupted { app, browser, form }
}

/// The id of the form that the page offers.
fn id_of(page: &Page) -> String {
    let (_, rest) =
        page.body.split_once("name=\"unsent\" value=\"").unwrap_or_else(|| panic!("no form: {}", page.body));
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn name(app: &App) -> String {
    app.database.text("SELECT COALESCE(string_agg(name, ' '), '-') FROM users").await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_offered_after_the_sign_in_and_sent_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let Interrupted { app, browser, form } = interrupted(app, "name=Countess+of+Lovelace").await;
    let kept = browser.post_unchanged("/settings/profile", &form).await;
    assert_eq!((kept.status, kept.location()), (303, LOGIN), "{kept:?}");
    let cookie = browser.cookie("unsent").expect("a kept form");
    assert!(!cookie.contains("Countess"), "sealed: {cookie}");
    let login = browser.get(LOGIN).await;
    assert!(login.shows("signed out from another device") && login.shows("kept what you entered"), "{}", login.body);
    assert!(!login.shows("Countess"), "nothing is shown before the sign-in");
    assert_eq!(name(&app).await, "-", "and nothing is sent");

    let landed = browser
        .submit("/auth/password/sign-in", &[("email", ADA), ("password", PASSWORD), ("return_to", "/unsent")])
        .await;
    assert_eq!(landed.location(), "/unsent", "{landed:?}");
    let offer = browser.get("/unsent").await;
    assert!(offer.shows("You asked us to change your name") && offer.shows("Countess of Lovelace"), "{}", offer.body);
    assert_eq!(name(&app).await, "-", "to look at it sends nothing");
    let id = id_of(&offer);
    // What else the request says is not read.
    let sent = browser.submit("/settings/profile", &[("unsent", &id), ("name", "Eve")]).await;
    assert_eq!(sent.location(), "/settings?done=profile_saved", "{sent:?}");
    assert_eq!(name(&app).await, "Countess of Lovelace");
    assert_eq!(browser.cookie("unsent"), None);

    // A browser that kept the cookie cannot send it again.
    browser.submit("/settings/profile", &[("name", "Ada")]).await;
    browser.set_cookie("unsent", &cookie);
    let again = browser.submit("/settings/profile", &[("unsent", &id)]).await;
    assert_eq!(again.location(), "/unsent", "{again:?}");
    assert!(browser.get("/unsent").await.shows("Nothing to send"));
    assert_eq!(name(&app).await, "Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_is_never_offered_a_form() {
    let Interrupted { app, browser, form } = interrupted(App::builder().start().await, "name=Countess").await;
    browser.post_unchanged("/settings/profile", &form).await;
    let cookie = browser.cookie("unsent").expect("a kept form");
    let grace = app.browser();
    app.sign_up(&grace, GRACE, PASSWORD).await;
    browser.sign_in_with_password(GRACE, PASSWORD).await;
    let page = browser.get("/unsent").await;
    assert_eq!(page.location(), "/dashboard", "{page:?}");
    assert_eq!(browser.cookie("unsent"), None, "it is gone");
    // With the cookie, and an id that Grace cannot know.
    browser.set_cookie("unsent", &cookie);
    for id in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA"] {
        let sent = browser.submit("/settings/profile", &[("unsent", id), ("name", "")]).await;
        assert!(!sent.body.contains("Countess"), "{sent:?}");
    }
    assert_eq!(name(&app).await, "-");
    // The counterpart: Ada, in the same browser.
    browser.sign_in_with_password(ADA, PASSWORD).await;
    browser.set_cookie("unsent", &cookie);
    let id = id_of(&browser.get("/unsent").await);
    browser.sign_in_with_password(GRACE, PASSWORD).await;
    browser.set_cookie("unsent", &cookie);
    let sent = browser.submit("/settings/profile", &[("unsent", &id)]).await;
    assert_eq!((sent.location(), name(&app).await.as_str()), ("/unsent", "-"), "the id alone is not enough");
    browser.sign_in_with_password(ADA, PASSWORD).await;
    browser.set_cookie("unsent", &cookie);
    browser.submit("/settings/profile", &[("unsent", &id)]).await;
    assert_eq!(name(&app).await, "Countess");
}

#[rstest]
#[case::in_time(9, true)]
#[case::late(11, false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_kept_for_ten_minutes(#[case] minutes: i64, #[case] offered: bool) {
    let Interrupted { app, browser, form } = interrupted(App::builder().start().await, "name=Countess").await;
    browser.post_unchanged("/settings/profile", &form).await;
    let cookie = browser.cookie("unsent").expect("a kept form");
    app.advance(minutes * MINUTE).await;
    browser.sign_in_with_password(ADA, PASSWORD).await;
    browser.set_cookie("unsent", &cookie);
    assert_eq!(browser.get("/unsent").await.shows("Countess"), offered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_form_is_not_offered() {
    let Interrupted { app: _app, browser, form } = interrupted(App::builder().start().await, "name=Countess").await;
    browser.post_unchanged("/settings/profile", &form).await;
    let cookie = browser.cookie("unsent").expect("a kept form");
    browser.sign_in_with_password(ADA, PASSWORD).await;
    for forged in [&cookie[1..], &cookie[..cookie.len() - 2], "x"] {
        browser.set_cookie("unsent", forged);
        assert!(browser.get("/unsent").await.shows("Nothing to send"), "{forged}");
    }
    browser.set_cookie("unsent", &cookie);
    assert!(browser.get("/unsent").await.shows("Countess"), "the counterpart");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_the_later_form_waits() {
    let Interrupted { app, browser, form } = interrupted(App::builder().start().await, "name=First").await;
    let second = form.replace("First", "Second");
    browser.post_unchanged("/settings/profile", &form).await;
    let first = browser.cookie("unsent").expect("a kept form");
    browser.sign_in_with_password(ADA, PASSWORD).await;
    browser.set_cookie("unsent", &first);
    let id = id_of(&browser.get("/unsent").await);
    // Meanwhile, in the other tab.
    let session = browser.session().expect("a session");
    browser.delete_cookie("session");
    browser.post_unchanged("/settings/profile", &second).await;
    browser.set_session(&session);
    let sent = browser.submit("/settings/profile", &[("unsent", &id)]).await;
    assert_eq!((sent.location(), name(&app).await.as_str()), ("/unsent", "-"), "not another than the page said");
    let offer = browser.get("/unsent").await;
    assert!(offer.shows("Second"), "{}", offer.body);
    browser.submit("/settings/profile", &[("unsent", &id_of(&offer))]).await;
    assert_eq!(name(&app).await, "Second");
}

/// Without a kept form: its page is opened again after the sign-in.
#[rstest]
#[case::secret("/settings/password", "password=tangerine+submarines+hum", "/login?return_to=%2Fsettings%2Fpassword")]
#[case::destructive("/settings/delete", "word=delete", "/login?return_to=%2Fsettings%2Fdelete")]
#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_deletions_are_not_kept(#[case] path: &str, #[case] fields: &str, #[case] login: &str) {
    let Interrupted { app: _app, browser, form } = interrupted(App::builder().start().await, fields).await;
    let answer = browser.post_unchanged(path, &form).await;
    assert_eq!((answer.location(), browser.cookie("unsent")), (login, None), "{answer:?}");
    assert!(browser.get(login).await.shows("signed out from another device"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_or_nobodys_is_not_kept() {
    let Interrupted { app: _app, browser, form } = interrupted(App::builder().start().await, "name=Countess").await;
    let long = form.replace("Countess", &"x".repeat(4000));
    for form in [long.as_str(), "name=Countess", "name=Countess&form_owner=x"] {
        let answer = browser.post_unchanged("/settings/profile", form).await;
        assert_eq!((answer.location(), browser.cookie("unsent")), ("/login?return_to=%2Fsettings", None), "{answer:?}");
    }
    browser.post_unchanged("/settings/profile", &form).await;
    assert!(browser.cookie("unsent").is_some(), "the counterpart");
    browser.post("/auth/logout", "").await;
    assert_eq!(browser.cookie("unsent"), None, "signing out leaves nothing for the next user");
}
