//! Bodies that nobody wants: the refusal still arrives, and the connection stays good.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::app::App;
use crate::support::database::Engine;

struct Line(TcpStream);

impl Line {
    async fn open(app: &App) -> Self {
        let port = app.origin.rsplit_once(':').expect("a port").1;
        Self(TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("a connection"))
    }

    async fn says(&mut self, text: &str) -> std::io::Result<()> {
        self.0.write_all(text.as_bytes()).await
    }

    /// The head of the next answer; nothing at the end of the connection.
    async fn hears(&mut self) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") {
            match self.0.read_u8().await {
                Ok(byte) => heard.push(byte),
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&heard).to_ascii_lowercase()
    }

    /// The answer's body, which the head announced.
    async fn skips(&mut self, head: &str) {
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let mut body = vec![0; length.and_then(|length| length.parse().ok()).expect("a length")];
        self.0.read_exact(&mut body).await.expect("the body");
    }
}

fn upload(app: &App, path: &str, bytes: usize) -> String {
    let host = app.origin.trim_start_matches("http://");
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {bytes}\r\n\r\n",
        app.origin
    )
}

fn asks(app: &App) -> String {
    format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", app.origin.trim_start_matches("http://"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_while_still_sending_hears_why_and_can_ask_again() {
    let app = App::start(Engine::Sqlite).await;
    for (path, sign_in_error) in [("/auth/logout", "http/1.1 413 "), ("/dashboard", "http/1.1 405 ")] {
        let mut line = Line::open(&app).await;
        let bytes = if sign_in_error.contains("413") { 300 * 1024 } else { 60 * 1024 };
        line.says(&upload(&app, path, bytes)).await.expect("the head");
        let head = line.hears().await;
        assert!(head.starts_with(sign_in_error), "{path}: {head}");
        line.skips(&head).await;
        // The rest of what was announced, and another request behind it.
        line.says(&"x".repeat(bytes)).await.expect("the rest");
        line.says(&asks(&app)).await.expect("another request");
        let next = line.hears().await;
        assert!(next.starts_with("http/1.1 200 "), "{path}: {next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_stop_sending_is_cut_off() {
    let app = App::start(Engine::Sqlite).await;
    let mut line = Line::open(&app).await;
    let bytes = 64 * 1024 * 1024;
    line.says(&upload(&app, "/auth/logout", bytes)).await.expect("the head");
    let head = line.hears().await;
    assert!(head.starts_with("http/1.1 413 "), "{head}");
    line.skips(&head).await;
    let mebibyte = "x".repeat(1024 * 1024);
    let mut sent = 0;
    while line.says(&mebibyte).await.is_ok() {
        sent += mebibyte.len();
        assert!(sent < bytes, "all of it was read");
    }
    assert_eq!(line.hears().await, "");
}
