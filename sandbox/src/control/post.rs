//! POST to the application, over plain HTTP/1.1 on loopback.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Bytes of an answer that are read.
const MAX_ANSWER: u64 = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(20);

/// Returns the status and the body.
pub async fn post(
    url: &str,
    media_type: &str,
    headers: &[(&str, String)],
    body: &str,
) -> Result<(u16, String), String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let addresses = url.socket_addrs(|| None).map_err(|error| error.to_string())?;
    let addresses: Vec<SocketAddr> = addresses.into_iter().filter(|address| address.ip().is_loopback()).collect();
    if url.scheme() != "http" || addresses.is_empty() {
        return Err("messages go to http on loopback only".to_owned());
    }
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nAccept: application/json\r\n\
         {more}User-Agent: latchkey-sandbox\r\nConnection: close\r\n\r\n",
        &url[url::Position::BeforePath..],
        &url[url::Position::BeforeHost..url::Position::AfterPort],
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(addresses.as_slice()).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MAX_ANSWER).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| "no answer in time".to_owned())?;
    let answer = answer.map_err(|error| error.to_string())?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("not an HTTP answer")?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, body.to_owned()))
}
