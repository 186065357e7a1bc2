//! With Landlock: a confined server signs users in on both engines.

use latchkey::confinement::is_supported;
use rstest::rstest;

use super::{app::App, browser::Browser, served::Served};
use crate::support::database::Engine;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_confined_server_signs_users_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let served = Served::start(&app, &[]).await;
    assert_eq!(served.log.contains("Landlock: no other files"), is_supported(), "{}", served.log);
    assert!(!is_supported() || served.has_no_new_privileges());
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let browser = Browser::new(&client.expect("a client"), &served.origin, app.owners());
    browser.sign_in("ada").await;
    assert_eq!(browser.get("/dashboard").await.status, 200);
    assert_eq!(app.database.count("sessions").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn landlock_can_be_switched_off() {
    let app = App::builder().start().await;
    let served = Served::start(&app, &[("LANDLOCK", "off")]).await;
    assert!(!served.log.contains("Landlock"), "{}", served.log);
}
