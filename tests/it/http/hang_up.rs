//! Clients that disconnect during a request: the server finishes the work, and other requests are not affected.

use rstest::rstest;
use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    account::{NEW_PASSWORD, PASSWORD},
    app::App,
    browser::Browser,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const FORM: &str = "application/x-www-form-urlencoded";

/// A request as this browser would send it.
fn request(browser: &Browser, line: &str, kind: &str, body: &str) -> String {
    let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (origin, host) = (browser.origin(), browser.origin().trim_start_matches("http://"));
    format!(
        "{line} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nsec-fetch-site: same-origin\r\ncookie: {}\r\n\
         content-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
        cookies.join("; "),
        body.len()
    )
}

async fn connection(app: &App) -> TcpStream {
    let port = app.origin.rsplit_once(':').expect("a port").1;
    TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("a connection")
}

/// Sends a request that blocks on locked rows of `sessions`, disconnects, and waits until the server has noticed. Then
/// the rows are unlocked, and the server finishes.
async fn hang_up_in_the_middle(app: &App, request: &str) {
    let mut holder = PgConnection::connect(&app.database.url).await.expect("connects");
    sqlx::raw_sql("BEGIN; UPDATE sessions SET data = data").execute(&mut holder).await.expect("a lock");
    let mut stream = connection(app).await;
    stream.write_all(request.as_bytes()).await.expect("is sent");
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut looks = 0;
    while app.database.number(waiting).await == 0 {
        looks += 1;
        assert!(looks < 1000, "no query waits for the rows");
    }
    stream.shutdown().await.expect("hangs up");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server closes the connection");
    assert_eq!(answer, b"", "no answer was sent");
    assert_eq!(app.tasks.len(), 1, "the task still runs");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.expect("the rows are free");
    holder.close().await.expect("closes");
    finished(app).await;
}

/// Waits as the server does at shutdown.
async fn finished(app: &App) {
    app.tasks.close();
    app.tasks.wait().await;
    app.tasks.reopen();
}

/// Two writes of one transaction: the password, and a renewed session.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_password_change_leaves_no_old_session(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().engine(Engine::Postgres).mode(mode).start().await;
    let (browser, copy) = (app.browser(), app.browser());
    app.sign_up(&browser, ADA, PASSWORD).await;
    copy.replace_cookies(browser.cookies());
    let body = browser.with_owner(&format!("password={}", NEW_PASSWORD.replace(' ', "+"))).await;
    hang_up_in_the_middle(&app, &request(&browser, "POST /settings/password", FORM, &body)).await;

    assert_eq!(app.database.number("SELECT version FROM sessions").await, 2);
    assert!(!copy.is_signed_in().await, "the old cookies are invalid");
    let another = app.browser();
    assert!(another.try_password(ADA, PASSWORD).await.location().contains("error="));
    another.sign_in_with_password(ADA, NEW_PASSWORD).await;
    assert!(another.is_signed_in().await);
}

#[rstest]
#[case::form("server", "POST /auth/logout", 0, (0, 0))]
#[case::form_of_tokens("jwt", "POST /auth/logout", 0, (0, 0))]
#[case::api("server", "POST /api/auth/logout", 0, (0, 0))]
#[case::refresh("jwt", "POST /api/auth/refresh", 0, (1, 1))]
#[case::page_that_renews_tokens("jwt", "GET /dashboard", 360, (1, 1))]
#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_request_is_finished_by_the_server(
    #[case] mode: &str,
    #[case] line: &str,
    #[case] later: i64,
    #[case] rows: (i64, i64),
) {
    let app = App::builder().engine(Engine::Postgres).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(later).await;
    let kind = if line.contains("/api/") { "application/json" } else { FORM };
    hang_up_in_the_middle(&app, &request(&browser, line, kind, "")).await;
    assert_eq!((app.database.count("sessions").await, app.database.count("refresh_tokens").await), rows);
    assert_eq!(browser.is_signed_in().await, rows.0 == 1);
}

/// No request gets a session that is rolled back.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_aborted_requests_harm_no_other_request(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (leaving, staying) = (app.browser(), app.browser());
    app.sign_up(&staying, ADA, PASSWORD).await;
    leaving.sign_in("grace").await;
    let whole = request(&leaving, "POST /settings/sessions/end-others", FORM, "");
    for round in 0..3 {
        for _ in 0..40 {
            let mut stream = connection(&app).await;
            stream.write_all(whole.as_bytes()).await.expect("is sent");
        }
        let before = staying.session();
        let reauthenticated = staying.submit("/auth/reauthenticate/password", &[("password", PASSWORD)]).await;
        assert_eq!(
            (reauthenticated.status, reauthenticated.location()),
            (303, "/dashboard"),
            "round {round}: {reauthenticated:?}"
        );
        assert_ne!(staying.session(), before);
        assert!(staying.is_signed_in().await, "round {round}");
    }
    finished(&app).await;
    assert!(leaving.is_signed_in().await && staying.is_signed_in().await);
    assert_eq!(app.rows().await.2, 2);
}
