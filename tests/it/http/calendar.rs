//! The next events on the dashboard, and `/calendar`.

use rstest::rstest;
use serde_json::json;

use super::{
    app::App,
    browser::{Browser, Page},
    granting::{CALENDAR, DRIVE},
};
use crate::support::database::Engine;

/// A browser of somebody whose calendar we may see.
async fn with_calendar(app: &App, person: &str) -> Browser {
    let browser = app.browser();
    browser.signs_in_as(person).await;
    let landed = browser.step_up(app, person, "calendar", "/dashboard", &[CALENDAR]).await;
    assert_eq!(landed.location().split('?').next(), Some("/dashboard"), "{landed:?}");
    browser
}

fn links_first(return_to: &str) -> String {
    format!("/settings/link?provider=google&return_to={return_to}")
}

fn invites(page: &Page) -> bool {
    page.status == 200 && page.says("Connect Google Calendar") && page.links().contains(&"/calendar".to_owned())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_next_five_events_are_on_the_dashboard(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = with_calendar(&app, "ada").await;
    let page = browser.get("/dashboard").await;
    assert_eq!(page.status, 200);
    for shown in
        ["Analytical engine: assembly", "Workshop, Dorset Street 1, London", "Call with Charles", "Morning round"]
    {
        assert!(page.says(shown), "{shown}: {}", page.body);
    }
    // Private, over, and further than five events away.
    for hidden in ["Doctor", "Last week's review", "Not bold"] {
        assert!(!page.says(hidden), "{hidden}");
    }
    let links = page.links().into_iter().filter(|link| link.starts_with("https://www.google.com/calendar/event?eid="));
    assert_eq!(links.count(), 5);
    assert_eq!(app.count("events").await, 1);

    // Days later the whole days have come, and the words that only look like HTML.
    app.advance(86_400 * 2).await;
    let mut seen = browser.get("/dashboard").await.body;
    app.advance(86_400 * 3 / 2).await;
    seen.push_str(&browser.get("/dashboard").await.body);
    assert!(seen.contains("Conference on Bernoulli numbers") || seen.contains("Mary's birthday"), "{seen}");
    assert!(!seen.contains("<b>Not bold") && !seen.contains('\u{202e}'));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_connected_apart_from_the_files_and_leaves_them_connected(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let browser = app.connected("grace").await;
    assert!(invites(&browser.get("/dashboard").await));
    assert_eq!(app.count("events").await, 0, "files are no calendar");
    let step_up = browser.get("/calendar").await;
    assert!(step_up.asks_to_connect() && step_up.says("grace@navy.example"), "{step_up:?}");

    browser.step_up(&app, "grace", "calendar", "/dashboard", &[]).await;
    assert!(invites(&browser.get("/dashboard").await), "declined");
    assert_eq!(browser.get("/drive").await.status, 200);
    browser.step_up(&app, "grace", "calendar", "/dashboard", &[CALENDAR]).await;
    assert!(browser.get("/dashboard").await.says("Call with Charles"));
    assert_eq!(browser.get("/drive").await.files().len(), 50, "one token for both");
    assert_eq!(app.database.count("grants").await, 1);
    assert_eq!(browser.get("/calendar").await.location(), "/dashboard");
    let told = browser.get("/calendar?error=cancelled&provider=google").await;
    assert_eq!(told.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_with_a_calendar_has_no_card() {
    let app = App::start_with_providers(Engine::Sqlite).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    let page = browser.get("/dashboard").await;
    assert!(page.status == 200 && !page.says("Next in your calendar"), "{page:?}");
    let calendar = browser.get("/calendar").await;
    assert!(calendar.status == 200 && calendar.links().contains(&links_first("%2Fcalendar")));
    let drive = browser.get("/drive").await;
    assert!(drive.status == 200 && drive.links().contains(&links_first("%2Fdrive")));
    assert_eq!(app.count("events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_calendar_is_told_as_one() {
    let app = App::start(Engine::Sqlite).await;
    let browser = with_calendar(&app, "plain").await;
    assert!(browser.get("/dashboard").await.says("No upcoming events"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_step_up_is_for_who_is_signed_in() {
    let app = App::start(Engine::Sqlite).await;
    assert_eq!(app.browser().get("/calendar").await.location(), "/login?return_to=%2Fcalendar");
}

#[rstest]
#[case(json!({ "kind": "status", "status": 503 }))]
#[case(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html><title>x</title>" }))]
#[case(json!({ "kind": "truncated" }))]
#[case(json!({ "kind": "huge", "bytes": 10_485_760 }))]
#[case(json!({ "kind": "patch", "set": { "items": "none" } }))]
#[case(json!({ "kind": "answer", "status": 404, "body": "{}" }))]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_calendar_the_dashboard_is_still_there(#[case] error: serde_json::Value) {
    let app = App::start(Engine::Sqlite).await;
    let browser = with_calendar(&app, "ada").await;
    app.error("events", error).await;
    let page = browser.get("/dashboard").await;
    assert!(page.status == 200 && page.says("Ada Lovelace") && page.says("isn't responding"), "{}", page.body);
    assert!(!page.says("Call with Charles"));
    assert!(browser.get("/dashboard").await.says("Call with Charles"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_hangs_costs_the_dashboard_a_moment() {
    let app = App::start(Engine::Sqlite).await;
    let browser = with_calendar(&app, "ada").await;
    let other = app.connected("grace").await;
    app.error("files", json!({ "kind": "hang" })).await;
    app.error("events", json!({ "kind": "hang" })).await;
    // A moment is far less than the files get, which are all that their page is about.
    let files = other.get("/drive");
    tokio::pin!(files);
    let page = tokio::select! {
        page = &mut files => panic!("the dashboard took as long as {page:?}"),
        page = browser.get("/dashboard") => page,
    };
    assert!(page.status == 200 && page.says("isn't responding"), "{}", page.body);
    assert_eq!(files.await.status, 503);
    assert!(browser.get("/dashboard").await.says("Call with Charles"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_card_goes_by_the_same_rules_as_the_files(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = with_calendar(&app, "ada").await;
    app.preset("calendar_token_expired").await;
    assert!(browser.get("/dashboard").await.says("Call with Charles"), "renewed");
    assert_eq!(app.count("events").await, 2);

    app.tell_sandbox("google/presets", json!({ "preset": "calendar_rate_limited" })).await;
    for _ in 0..5 {
        assert!(browser.get("/dashboard").await.says("is limiting requests"));
        app.advance(20).await;
    }
    app.tell_sandbox("google/behave", json!({})).await;
    assert!(browser.get("/dashboard").await.says("is limiting requests") || app.count("events").await > 2);
    app.advance(120).await;
    assert!(browser.get("/dashboard").await.says("Call with Charles"));

    app.tell_sandbox("google/presets", json!({ "preset": "calendar_token_expired" })).await;
    let lost = browser.get("/dashboard").await;
    assert!(lost.status == 200 && lost.says("Reconnect Google Calendar"), "{}", lost.body);
    let asked = app.count("events").await;
    assert!(browser.get("/dashboard").await.says("Reconnect Google Calendar"));
    assert_eq!(app.count("events").await, asked);
    let step_up = browser.get("/calendar").await;
    assert!(step_up.asks_to_connect() && step_up.says("Reconnect"));

    app.tell_sandbox("google/behave", json!({})).await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    assert!(browser.get("/dashboard").await.says("Call with Charles"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_settings_say_what_may_be_seen(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    let page = browser.get("/settings").await;
    for told in [
        "Connected services",
        "Names, types, owners and dates of your files",
        "Events in your Google calendars. Latchkey only uses your main calendar.",
    ] {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    assert!(
        page.says("Allowed access to Google Drive") && page.says("Allowed access to Google Calendar"),
        "{}",
        page.body
    );
    assert!(!page.says("Allowed access to data"), "{}", page.body);
    // What signing in takes is no news there.
    assert!(!page.says("userinfo.email") && !page.says(DRIVE), "{}", page.body);
    assert!(page.body.contains("action=\"/grants/disconnect\""));
}
