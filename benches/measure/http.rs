//! A minimal HTTP client, so that the server is what is measured: one persistent connection, one response at a time.

use std::{io, net::SocketAddr, time::Duration};

use tokio::net::TcpStream;

/// A time-out that no response reaches.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client of one server: opens its connection at the first request, and again after a failure.
pub struct Line {
    address: SocketAddr,
    connection: Option<Connection>,
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// A response with its body.
pub struct Answer {
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// Without chunked framing.
    pub body: Vec<u8>,
}

impl Line {
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request and reads its response.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let answer = tokio::time::timeout(PATIENCE, connection.exchange(request)).await??;
        self.connection = Some(connection);
        Ok(answer)
    }
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(64 * 1024) })
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.send(request).await?;
        self.received.clear();
        loop {
            self.receive().await?;
            if let Some(answer) = parse(&self.received)? {
                return Ok(answer);
            }
        }
    }

    async fn send(&self, mut request: &[u8]) -> io::Result<()> {
        while !request.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(request) {
                Ok(sent) => request = &request[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> io::Result<()> {
        let mut piece = [0; 32 * 1024];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut piece) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    self.received.extend_from_slice(&piece[..length]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Answer {
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// Empty when there is none.
    pub fn header<'a>(&'a self, name: &'a str) -> &'a str {
        self.values(name).next().unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The cookie with this prefix, as `name=value`.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.values("set-cookie")
            .filter_map(|cookie| cookie.split(';').next())
            .find(|pair| pair.starts_with(name))
            .map(str::to_owned)
    }
}

/// The response, once it is complete.
fn parse(received: &[u8]) -> io::Result<Option<Answer>> {
    let Some(end) = find(received, b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(unreadable)?;
    let mut answer = Answer { status, head, body: Vec::new() };
    let rest = &received[end + 4..];
    let body = if answer.header("transfer-encoding") == "chunked" {
        unchunked(rest)?
    } else {
        let length = answer.header("content-length").parse().unwrap_or(0);
        rest.get(..length).map(<[u8]>::to_vec)
    };
    Ok(body.map(|body| {
        answer.body = body;
        answer
    }))
}

/// RFC 9112 §7.1, without trailers.
fn unchunked(mut rest: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let Some(line) = find(rest, b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&rest[..line]).map_err(|_| unreadable())?;
        let size = usize::from_str_radix(size, 16).map_err(|_| unreadable())?;
        let begin = line + 2;
        let Some(piece) = rest.get(begin..begin + size + 2) else { return Ok(None) };
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&piece[..size]);
        rest = &rest[begin + size + 2..];
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn unreadable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP/1.1")
}
