//! The flow of a person who signs in, looks, and signs out.

use rstest::rstest;

use crate::{app::App, support::database::Engine};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_google_and_out_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.browser();
    assert_eq!(browser.get("/").await.location(), "/login");
    assert_eq!(browser.get("/dashboard").await.location(), "/login?return_to=%2Fdashboard");

    let landed = browser.sign_in_as("ada").await;
    assert_eq!((landed.status, landed.location()), (303, "/dashboard"), "{landed:?}");
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
