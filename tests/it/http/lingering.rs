//! Uploads that we reject while they are still being sent: the client gets the response.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::app::App;

struct Line(TcpStream);

impl Line {
    async fn open(app: &App) -> Self {
        let port = app.origin.rsplit_once(':').expect("a port").1;
        Self(TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("a connection"))
    }

    async fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.0.write_all(text.as_bytes()).await
    }

    /// The head of the next response; empty at the end of the connection.
    async fn read_head(&mut self) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") {
            match self.0.read_u8().await {
                Ok(byte) => heard.push(byte),
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&heard).to_ascii_lowercase()
    }

    /// Reads the body that the head announced.
    async fn skip_body(&mut self, head: &str) {
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

fn simple_request(app: &App) -> String {
    format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", app.origin.trim_start_matches("http://"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_upload_gets_its_response() {
    let app = App::builder().start().await;
    for (path, sign_in_error) in [("/auth/logout", "http/1.1 413 "), ("/dashboard", "http/1.1 405 ")] {
        let mut line = Line::open(&app).await;
        let bytes = if sign_in_error.contains("413") { 300 * 1024 } else { 60 * 1024 };
        line.write(&upload(&app, path, bytes)).await.expect("the head");
        let head = line.read_head().await;
        assert!(head.starts_with(sign_in_error), "{path}: {head}");
        line.skip_body(&head).await;
        // The rest of the announced body, and another request after it.
        line.write(&"x".repeat(bytes)).await.expect("the rest");
        line.write(&simple_request(&app)).await.expect("another request");
        let next = line.read_head().await;
        assert!(next.starts_with("http/1.1 200 "), "{path}: {next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_upload_is_cut_off() {
    let app = App::builder().start().await;
    let mut line = Line::open(&app).await;
    let bytes = 64 * 1024 * 1024;
    line.write(&upload(&app, "/auth/logout", bytes)).await.expect("the head");
    let head = line.read_head().await;
    assert!(head.starts_with("http/1.1 413 "), "{head}");
    line.skip_body(&head).await;
    let mebibyte = "x".repeat(1024 * 1024);
    let mut sent = 0;
    while line.write(&mebibyte).await.is_ok() {
        sent += mebibyte.len();
        assert!(sent < bytes, "all of it was read");
    }
    assert_eq!(line.read_head().await, "");
}
