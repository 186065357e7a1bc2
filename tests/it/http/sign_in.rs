//! The flow of a person who signs in, looks, and signs out.

use rstest::rstest;

use super::{
    app::{App, Stage},
    browser::{parameter, with_parameter},
};
use crate::support::database::Engine;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_google_and_out_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let browser = app.browser();
    assert_eq!(browser.get("/").await.location(), "/login");
    assert_eq!(browser.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");

    browser.signs_in_as("ada").await;
    assert_eq!(app.rows().await, (1, 1, 1));
    let dashboard = browser.get("/dashboard").await;
    assert!(dashboard.body.contains("Ada Lovelace") && dashboard.body.contains("ada@gmail.com"));
    assert_eq!(browser.get("/").await.location(), "/dashboard");
    assert_eq!(browser.get("/login").await.location(), "/dashboard");

    let out = browser.post("/auth/logout", "").await;
    assert_eq!((out.status, out.location()), (303, "/login?signed_out=1"));
    assert_eq!(app.rows().await, (1, 1, 0));
    assert!(!browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn everybody_of_the_cast_gets_in_with_or_without_a_name_or_an_address(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    for person in ["ada", "grace", "linus", "plain", "long", "nomail"] {
        let browser = app.browser();
        browser.signs_in_as(person).await;
        assert_eq!(browser.get("/dashboard").await.status, 200, "{person}");
    }
    assert_eq!(app.rows().await, (6, 6, 6));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_was_here_before_is_the_same_user_in_another_browser(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.browser().signs_in_as("ada").await;
    app.browser().signs_in_as("ada").await;
    assert_eq!(app.rows().await, (1, 1, 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_visitor_costs_no_row(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    for path in ["/", "/login", "/dashboard", "/auth/google", "/auth/callback/google?state=x&code=y", "/nothing"] {
        browser.get(path).await;
    }
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!((app.database.count("events").await, app.database.count("used_flows").await), (0, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_destination_is_kept_from_the_page_that_was_asked_for_to_the_landing(
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    let asked_for = "/dashboard?view=small&x=%26";
    let login = browser.get(asked_for).await.location().to_owned();
    assert_eq!(parameter(&login, "return_to"), asked_for);
    let page = browser.get(&login).await;
    let start = with_parameter("/auth/google", "return_to", Some(asked_for));
    assert!(page.body.contains(&start.replace('+', "%20")), "{start}: {}", page.body);

    let callback = browser.callback_url("ada", &start).await;
    let landed = browser.get(&callback).await;
    assert_eq!((landed.status, landed.location()), (303, asked_for));
    assert_eq!(browser.get(asked_for).await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_known_destination_the_dashboard_is_it(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google?return_to=").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_of_none_works_where_nothing_has_to_be_shown(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let browser = app.browser();
    let order = serde_json::json!({ "person": "ada", "times": 1 });
    app.tell_sandbox("google/auto_consent", order).await;
    let authorize = browser.start("/auth/google?prompt=none").await;
    let callback = browser.ask_silently(&authorize).await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
