//! `/healthz` and `/readyz`.

use std::time::Duration;

use super::app::App;
use crate::support::database::Engine;

async fn panics() {
    panic!("on purpose");
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_fails_while_a_background_loop_keeps_panicking() {
    let app = App::builder().start().await;
    let browser = app.browser();
    assert_eq!(browser.get("/readyz").await.status, 200);
    app.supervisor.spawn("broken loop", |_| panics());
    let unready = async {
        loop {
            let page = browser.get("/readyz").await;
            if page.status != 200 {
                return page;
            }
        }
    };
    let page = tokio::time::timeout(Duration::from_secs(30), unready).await.expect("the third panic within a second");
    assert_eq!((page.status, page.body.as_str()), (503, "background loops keep panicking: broken loop\n"));
    assert_eq!(browser.get("/healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_fails_while_the_database_takes_no_writes() {
    let app = App::builder().engine(Engine::Postgres).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    assert_eq!(browser.get("/readyz").await.status, 200);
    let name = app.database.url.rsplit('/').next().expect("a name").to_owned();
    let read_only = async |value: &str| {
        let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}");
        app.database.execute(&format!("BEGIN READ WRITE; {set}; COMMIT")).await;
        // As when a proxy leads to another server: the old connections are gone.
        let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
        app.database.number(others).await;
    };
    read_only("on").await;
    let page = browser.get("/readyz").await;
    assert_eq!((page.status, page.body.as_str()), (503, "the database takes no writes\n"));
    assert_eq!(browser.get("/dashboard").await.status, 200, "what can be read is served");
    read_only("off").await;
    assert_eq!(browser.get("/readyz").await.status, 200);
    browser.sign_in("grace").await;
}
