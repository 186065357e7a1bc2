//! The next events on the dashboard, and `/calendar`.

use rstest::rstest;
use serde_json::json;

use super::{
    app::App,
    browser::{Browser, Page},
    granting::{CALENDAR, DRIVE},
};
use crate::support::database::Engine;

/// A browser that is signed in with Google Calendar connected.
async fn with_calendar(app: &App, person: &str) -> Browser {
    let browser = app.browser();
    browser.sign_in(person).await;
    let landed = browser.step_up(app, person, "calendar", "/dashboard", &[CALENDAR]).await;
    assert_eq!(landed.location().split('?').next(), Some("/dashboard"), "{landed:?}");
    browser
}

fn add_google_url(return_to: &str) -> String {
    format!("/settings/link?provider=google&return_to={return_to}")
}

fn offers_the_calendar(page: &Page) -> bool {
    page.status == 200 && page.shows("Connect Google Calendar") && page.links().contains(&"/calendar".to_owned())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_the_next_five_events(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = with_calendar(&app, "ada").await;
    let page = browser.get("/dashboard").await;
    assert_eq!(page.status, 200);
    for shown in
        ["Analytical engine: assembly", "Call with Charles", "Conference on Bernoulli numbers", "Morning round"]
    {
        assert!(page.shows(shown), "{shown}: {}", page.body);
    }
    // Private, past, beyond the fifth event, declined, and a working place.
    for hidden in ["Doctor", "Last week's review", "Lecture that Ada skips", "Home", "birthday"] {
        assert!(!page.shows(hidden), "{hidden}");
    }
    assert!(page.shows("Room \"42\" <Grimsel> & co.") && page.shows("<b>Not bold</b>"), "{}", page.body);
    assert!(!page.body.contains("<Grimsel>") && !page.body.contains("<b>Not bold") && !page.body.contains('\u{202e}'));
    let links = page.links().into_iter().filter(|link| link.starts_with("https://www.google.com/calendar/event?eid="));
    assert_eq!(links.count(), 5);
    assert_eq!(app.count("events").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_connected_independently_of_drive(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("grace").await;
    assert!(offers_the_calendar(&browser.get("/dashboard").await));
    assert_eq!(app.count("events").await, 0, "files are no calendar");
    let step_up = browser.get("/calendar").await;
    assert!(step_up.offers_to_connect() && step_up.shows("grace@navy.example"), "{step_up:?}");

    browser.step_up(&app, "grace", "calendar", "/dashboard", &[]).await;
    assert!(offers_the_calendar(&browser.get("/dashboard").await), "declined");
    assert_eq!(browser.get("/drive").await.status, 200);
    browser.step_up(&app, "grace", "calendar", "/dashboard", &[CALENDAR]).await;
    assert!(browser.get("/dashboard").await.shows("Call with Charles"));
    assert_eq!(browser.get("/drive").await.files().len(), 50, "one token for both");
    assert_eq!(app.database.count("grants").await, 1);
    assert_eq!(browser.get("/calendar").await.location(), "/dashboard");
    let cancelled = browser.get("/calendar?error=cancelled&provider=google").await;
    assert_eq!(cancelled.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_without_a_calendar_get_no_card() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/github").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    let page = browser.get("/dashboard").await;
    assert!(page.status == 200 && !page.shows("Next in your calendar"), "{page:?}");
    let calendar = browser.get("/calendar").await;
    assert!(calendar.status == 200 && calendar.links().contains(&add_google_url("%2Fcalendar")));
    let drive = browser.get("/drive").await;
    assert!(drive.status == 200 && drive.links().contains(&add_google_url("%2Fdrive")));
    assert_eq!(app.count("events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_calendar_says_so() {
    let app = App::builder().start().await;
    let browser = with_calendar(&app, "plain").await;
    assert!(browser.get("/dashboard").await.shows("No upcoming events"));
}

#[tokio::test(flavor = "multi_thread")]
async fn short_and_empty_pages_are_followed() {
    let app = App::builder().start().await;
    let browser = with_calendar(&app, "long").await;
    let page = browser.get("/dashboard").await;
    let links = page.links().into_iter().filter(|link| link.starts_with("https://www.google.com/calendar/event?eid="));
    assert_eq!((links.count(), app.count("events").await), (5, 4), "an empty page, and three of two events");

    // Only empty pages: no end is in sight, and the card does not say that there are no events.
    let before = app.count("events").await;
    let empty = json!({ "kind": "patch", "set": { "items": [] } });
    let fault = json!({ "endpoint": "events", "fault": empty, "times": 4 });
    app.control_sandbox("google/faults", fault).await;
    let page = browser.get("/dashboard").await;
    assert!(!page.shows("No upcoming events") && page.shows("Open Google Calendar"), "{}", page.body);
    assert_eq!(app.count("events").await - before, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_does_not_cost_the_earlier_ones() {
    let app = App::builder().start().await;
    let browser = with_calendar(&app, "ada").await;
    let tea = json!({ "summary": "Tea", "start": { "date": "2099-01-01" }, "end": { "date": "2099-01-02" } });
    let patch = json!({ "kind": "patch", "set": { "items": [tea], "nextPageToken": "of another list" } });
    app.fail_once("events", patch).await;
    let page = browser.get("/dashboard").await;
    assert!(page.shows("Tea") && !page.shows("isn't responding"), "{}", page.body);
    assert_eq!(app.count("events").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_needs_a_session() {
    let app = App::builder().start().await;
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
async fn the_dashboard_works_without_the_calendar_api(#[case] error: serde_json::Value) {
    let app = App::builder().start().await;
    let browser = with_calendar(&app, "ada").await;
    app.fail_once("events", error).await;
    let page = browser.get("/dashboard").await;
    assert!(page.status == 200 && page.shows("Ada Lovelace") && page.shows("isn't responding"), "{}", page.body);
    assert!(!page.shows("Call with Charles"));
    assert!(browser.get("/dashboard").await.shows("Call with Charles"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_calendar_delays_the_dashboard_only_briefly() {
    let app = App::builder().start().await;
    let browser = with_calendar(&app, "ada").await;
    let other = app.with_drive("grace").await;
    app.fail_once("files", json!({ "kind": "hang" })).await;
    app.fail_once("events", json!({ "kind": "hang" })).await;
    // The dashboard waits far less than `/drive`, which has nothing else to show.
    let files = other.get("/drive");
    tokio::pin!(files);
    let page = tokio::select! {
        page = &mut files => panic!("the dashboard took as long as {page:?}"),
        page = browser.get("/dashboard") => page,
    };
    assert!(page.status == 200 && page.shows("isn't responding"), "{}", page.body);
    assert_eq!(files.await.status, 503);
    assert!(browser.get("/dashboard").await.shows("Call with Charles"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_calendar_grant_offers_to_connect_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = with_calendar(&app, "ada").await;
    app.arm_once("calendar_token_expired").await;
    assert!(browser.get("/dashboard").await.shows("Call with Charles"), "renewed");
    assert_eq!(app.count("events").await, 2);

    app.control_sandbox("google/presets", json!({ "preset": "calendar_rate_limited" })).await;
    for _ in 0..5 {
        assert!(browser.get("/dashboard").await.shows("is limiting requests"));
        app.advance(20).await;
    }
    app.control_sandbox("google/behave", json!({})).await;
    assert!(browser.get("/dashboard").await.shows("is limiting requests") || app.count("events").await > 2);
    app.advance(120).await;
    assert!(browser.get("/dashboard").await.shows("Call with Charles"));

    app.control_sandbox("google/presets", json!({ "preset": "calendar_token_expired" })).await;
    let lost = browser.get("/dashboard").await;
    assert!(lost.status == 200 && lost.shows("Reconnect Google Calendar"), "{}", lost.body);
    let asked = app.count("events").await;
    assert!(browser.get("/dashboard").await.shows("Reconnect Google Calendar"));
    assert_eq!(app.count("events").await, asked);
    let step_up = browser.get("/calendar").await;
    assert!(step_up.offers_to_connect() && step_up.shows("Reconnect"));

    app.control_sandbox("google/behave", json!({})).await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    assert!(browser.get("/dashboard").await.shows("Call with Charles"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_settings_list_what_is_connected(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    let page = browser.get("/settings/connections").await;
    for text in [
        "Connected services",
        "Names, types, owners and dates of your files",
        "Events in your Google calendars. Latchkey only uses your main calendar.",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
    assert!(page.body.contains("action=\"/grants/disconnect\""));
    // The scopes of a sign-in are not listed.
    assert!(!page.shows("userinfo.email") && !page.shows(DRIVE), "{}", page.body);
    let page = browser.get("/settings/activity").await;
    assert!(
        page.shows("Allowed access to Google Drive") && page.shows("Allowed access to Google Calendar"),
        "{}",
        page.body
    );
    assert!(!page.shows("Allowed access to data"), "{}", page.body);
}
