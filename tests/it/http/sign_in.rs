//! Signing in with Google, and out again.

use rstest::rstest;

use super::{
    app::App,
    browser::{parameter, with_parameter},
};
use crate::support::database::Engine;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_in_with_google_and_out_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    assert_eq!(browser.get("/").await.location(), "/login");
    assert_eq!(browser.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");

    browser.sign_in("ada").await;
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
async fn every_sandbox_person_can_sign_in(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    for person in ["ada", "grace", "linus", "plain", "long", "nomail"] {
        let browser = app.browser();
        browser.sign_in(person).await;
        assert_eq!(browser.get("/dashboard").await.status, 200, "{person}");
    }
    assert_eq!(app.rows().await, (6, 6, 6));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_returning_user_is_the_same_in_another_browser(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.browser().sign_in("ada").await;
    app.browser().sign_in("ada").await;
    assert_eq!(app.rows().await, (1, 1, 2));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_request_writes_no_row(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    for path in ["/", "/login", "/dashboard", "/auth/google", "/auth/callback/google?state=x&code=y", "/nothing"] {
        browser.get(path).await;
    }
    assert_eq!(app.rows().await, (0, 0, 0));
    assert_eq!((app.database.count("events").await, app.database.count("used_flows").await), (0, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_requested_page_is_opened_after_the_sign_in(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
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
async fn without_a_return_to_the_dashboard_opens(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google?return_to=").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn prompt_none_works_without_interaction(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    let order = serde_json::json!({ "person": "ada", "times": 1 });
    app.control_sandbox("google/auto_consent", order).await;
    let authorize = browser.start_flow("/auth/google?prompt=none").await;
    let callback = browser.authorize_silently(&authorize).await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
