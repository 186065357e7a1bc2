//! Raw requests that no HTTP client would send.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::app::App;

/// A response as it came over the wire.
pub struct Raw {
    /// 0 when the connection was closed without a response.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
}

/// Sends a request line and headers unchanged, without a body.
pub async fn request(app: &App, line: &str, headers: &[(&str, &str)]) -> Raw {
    let host = app.origin.trim_start_matches("http://");
    let mut text = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
    if headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("host")) {
        text.push_str(&format!("host: {host}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");

    let port = host.rsplit_once(':').expect("a port").1;
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("a connection");
    // The server closes as soon as it has read enough; both writing and reading may fail then.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Raw { status, head }
}
