//! `/healthz` and `/readyz`.

use std::time::Duration;

use super::app::App;

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
