//! `PASSWORD_MIN_LENGTH` and `BREACHED_PASSWORDS`.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use super::{account::PASSWORD, app::App};

const ADA: &str = "ada@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_minimum_holds_for_new_passwords_only() {
    let app = App::builder().start().await;
    app.sign_up(&app.browser(), ADA, "kX4#pQz!vW").await;
    // The same database, with another setting.
    let strict = App::builder().with("PASSWORD_MIN_LENGTH", "15").start().await;
    let browser = strict.browser();
    assert!(browser.get("/signup").await.body.contains("At least 15 characters."));
    let page = browser.request_sign_up(ADA, "kX4#pQz!vW").await;
    assert_eq!(page.location(), "/signup?error=password_short");
    strict.sign_up(&browser, ADA, PASSWORD).await;
    app.browser().sign_in_with_password(ADA, "kX4#pQz!vW").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_short_password_keeps_working() {
    let app = App::builder().with("PASSWORD_MIN_LENGTH", "15").start().await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let short = App::builder().start().await;
    short.sign_up(&short.browser(), ADA, "kX4#pQz!vW").await;
    let hash = short.database.text("SELECT hash FROM passwords").await;
    app.database.execute(&format!("UPDATE passwords SET hash = '{hash}'")).await;
    app.browser().sign_in_with_password(ADA, "kX4#pQz!vW").await;
}

/// What the range service was asked: path and `Add-Padding`.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// A range service that knows [`PASSWORD`].
async fn range_service(status: StatusCode) -> (String, Asked) {
    let asked = Asked::default();
    let answer = async move |Path(prefix): Path<String>, State(asked): State<Asked>, headers: HeaderMap| -> Response {
        let padding = headers.get("add-padding").and_then(|value| value.to_str().ok()).unwrap_or_default();
        asked.lock().expect("a list").push((prefix, padding.to_owned()));
        // The second line is padding.
        let hash = hex_sha1(PASSWORD);
        (status, format!("{}:7\r\n00000000000000000000000000000000000:0\r\n", &hash[5..])).into_response()
    };
    let router = Router::new().route("/range/{prefix}", get(answer)).with_state(asked.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://127.0.0.1:{}/range/", listener.local_addr().expect("an address").port());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

fn hex_sha1(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breached_password_is_refused() {
    let (url, asked) = range_service(StatusCode::OK).await;
    let app = App::builder().with("BREACHED_PASSWORDS", &url).start().await;
    let browser = app.browser();
    let page = browser.request_sign_up(ADA, PASSWORD).await;
    assert_eq!(page.location(), "/signup?error=password_breached");
    let sent = asked.lock().expect("a list").clone();
    assert_eq!(sent, [(hex_sha1(PASSWORD)[..5].to_owned(), "true".to_owned())], "five characters, padded");
    // Another one is accepted, and a weak one is not even looked up.
    assert_eq!(browser.request_sign_up(ADA, "password").await.location(), "/signup?error=password_common");
    assert_eq!(asked.lock().expect("a list").len(), 1);
    app.sign_up(&browser, ADA, "wombats parade at noon in May").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_fails_keeps_nobody_out() {
    let (url, asked) = range_service(StatusCode::SERVICE_UNAVAILABLE).await;
    let app = App::builder().with("BREACHED_PASSWORDS", &url).start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
    assert_eq!(asked.lock().expect("a list").len(), 1);
    let app = App::builder().with("BREACHED_PASSWORDS", "http://127.0.0.1:9/range/").start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_plays_a_range_service() {
    let sandbox = App::builder().start().await;
    let ranges = format!("{}/breached/range/", sandbox.sandbox.origin());
    let app = App::builder().with("BREACHED_PASSWORDS", &ranges).start().await;
    let browser = app.browser();
    assert_eq!(browser.request_sign_up(ADA, PASSWORD).await.location(), "/signup?error=password_breached");
    app.sign_up(&browser, ADA, "wombats parade at noon in May").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_looked_up_by_default() {
    let app = App::builder().start().await;
    app.sign_up(&app.browser(), ADA, PASSWORD).await;
}
