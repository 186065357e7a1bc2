//! The log of the program: lines wait for others, and none is lost.

use super::{app::App, served::Served};

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_wait_are_written_when_the_server_ends() {
    let app = App::builder().start().await;
    let served = Served::start(&app, &[]).await;
    let origin = served.origin.clone();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for page in 0..40 {
        let response = client.get(format!("{origin}/login?page={page}")).header("x-request-id", "own").send().await;
        assert_eq!(response.expect("an answer").status(), 200);
    }
    let log = tokio::task::spawn_blocking(|| served.end()).await.expect("it ends");
    let answered = log.lines().filter(|line| line.contains("path=\"/login\"") && line.contains("answered")).count();
    assert_eq!(answered, 40, "{log}");
    let last = log.lines().last().unwrap_or_default();
    assert!(last.ends_with("stopped"), "{last}");
}
