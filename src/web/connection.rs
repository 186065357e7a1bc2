//! One connection: hyper with the time-outs that `axum::serve` does not set. Between two requests a connection of HTTP/1 has no
//! hyper, whose two buffers are 16 KiB: ten thousand browsers that keep theirs open cost little.

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{
    activity::{Activity, WatchedBody, WatchedStream},
    lingering::Lingering,
    serve::Peer,
};

/// For the first bytes of a connection, for the head of a request (slow loris), and between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Age at which a connection is shut down gracefully: otherwise a client that only answers pings could keep it.
const CONNECTION_AGE: Duration = Duration::from_secs(600);
/// For running requests, once the connection or the server shuts down.
pub(super) const GRACE: Duration = Duration::from_secs(20);
/// Between two looks at whether a connection is idle: one that is gives its buffers back.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks at a part of the preface.
const PAUSE: Duration = Duration::from_millis(50);
/// RFC 9113 §3.4.
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves connections of HTTP/1.1, and of HTTP/2 with prior knowledge.
pub(super) struct Protocols {
    app: Router,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    /// [`LOOK`], except in tests.
    look: Duration,
    stop: CancellationToken,
}

/// A connection of HTTP/1 between two requests.
struct Idle<I> {
    stream: I,
    /// Empty, except where the client has sent a part of the next request with the last one.
    read: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
}

impl Protocols {
    pub(super) fn new(app: Router, stop: CancellationToken) -> Self {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(10))
            .max_concurrent_streams(128)
            .max_header_list_size(64 * 1024);
        Self { app, http1, http2, look: LOOK, stop }
    }

    /// Until it ends, or for [`GRACE`] after `stop`.
    pub(super) async fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        let until = Instant::now() + CONNECTION_AGE;
        match self.unless_stopped(first_bytes(&stream)).await {
            None => return,
            Some(Protocol::Http2) => return Box::pin(self.serve_http2(stream, peer, until)).await,
            Some(Protocol::Http1) => {}
        }
        let mut next = Idle { stream, read: Bytes::new() };
        while let Some(idle) = self.serve_http1(next, peer, until, Arc::default()).await {
            if idle.read.is_empty() && self.unless_stopped(next_bytes(&idle.stream, until)).await.is_none() {
                return;
            }
            next = idle;
        }
    }

    /// Of a connection without a request, which may end at once.
    async fn unless_stopped<T>(&self, bytes: impl Future<Output = Option<T>>) -> Option<T> {
        tokio::select! {
            () = self.stop.cancelled() => None,
            bytes = bytes => bytes,
        }
    }

    /// Serves requests until the connection ends, or is idle.
    async fn serve_http1<I>(
        &self,
        idle: Idle<I>,
        peer: SocketAddr,
        until: Instant,
        activity: Arc<Activity>,
    ) -> Option<Idle<I>>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let stream = WatchedStream::new(idle.stream, idle.read, Arc::clone(&activity));
        let app = self.app.clone();
        let watched = Arc::clone(&activity);
        let service = service_fn(move |request: Request<Incoming>| {
            let request_is_over = watched.begin(!request.body().is_end_stream());
            let response = app.clone().oneshot(of_peer(request, peer));
            async move {
                let response = response.await?;
                Ok::<_, Infallible>(response.map(|body| WatchedBody::new(body, request_is_over)))
            }
        });
        let mut connection = Box::new(self.http1.serve_connection(TokioIo::new(stream), service));
        let mut look = pin!(sleep(self.look));
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => {
                    log(ended);
                    return None;
                }
                () = self.stop.cancelled() => break,
                () = &mut look => {
                    let now = Instant::now();
                    if now >= until {
                        break;
                    }
                    if activity.is_idle() {
                        let parts = connection.into_parts();
                        let stream = parts.io.into_inner().into_inner();
                        // A copy: an empty part of the buffer would keep all of it.
                        return Some(Idle { stream, read: Bytes::copy_from_slice(&parts.read_buf) });
                    }
                    look.as_mut().reset(now + self.look);
                }
            }
        }
        // Hyper would wait for the rest of a head.
        if activity.has_no_request() {
            return None;
        }
        Pin::new(&mut *connection).graceful_shutdown();
        log(timeout(GRACE, connection).await.unwrap_or(Ok(())));
        None
    }

    async fn serve_http2(&self, stream: TcpStream, peer: SocketAddr, until: Instant) {
        let app = self.app.clone();
        let service = service_fn(move |request: Request<Incoming>| app.clone().oneshot(of_peer(request, peer)));
        let mut connection = pin!(self.http2.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            biased;
            ended = connection.as_mut() => return log(ended),
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep_until(until) => {}
        }
        connection.as_mut().graceful_shutdown();
        log(timeout(GRACE, connection).await.unwrap_or(Ok(())));
    }
}

fn of_peer(request: Request<Incoming>, peer: SocketAddr) -> Request {
    let mut request = request.map(|body| Body::new(Lingering::new(body)));
    request.extensions_mut().insert(Peer(peer));
    request
}

/// The client disconnected, or does not speak HTTP.
fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

/// What the client speaks, if it sends in time enough to tell.
async fn first_bytes(stream: &TcpStream) -> Option<Protocol> {
    let protocol = async {
        let mut first = [0; HTTP2_PREFACE.len()];
        loop {
            match stream.peek(&mut first).await {
                Ok(0) | Err(_) => return None,
                Ok(read) if first[..read] != HTTP2_PREFACE[..read] => return Some(Protocol::Http1),
                Ok(read) if read == first.len() => return Some(Protocol::Http2),
                // A part of the preface: peeking again returns the same bytes at once until more arrive.
                Ok(_) => sleep(PAUSE).await,
            }
        }
    };
    timeout(HEAD_TIMEOUT, protocol).await.ok().flatten()
}

/// The beginning of the next request, if it comes in time.
async fn next_bytes(stream: &TcpStream, until: Instant) -> Option<()> {
    let until = until.min(Instant::now() + HEAD_TIMEOUT);
    match tokio::time::timeout_at(until, stream.peek(&mut [0])).await {
        Ok(Ok(1..)) => Some(()),
        Ok(Ok(0) | Err(_)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use rstest::rstest;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    const FIRST: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const LAST: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /// A client, and the server of its connection, which runs when the client waits.
    struct Connected {
        client: DuplexStream,
        activity: Arc<Activity>,
        stop: CancellationToken,
        /// What `/later` waits for between two parts.
        go_on: Arc<Notify>,
        server: JoinHandle<Option<Idle<DuplexStream>>>,
    }

    impl Connected {
        /// With a buffer of `size` bytes between the two; `look` is the time between two looks.
        fn new(size: usize, look: Duration) -> Self {
            let (client, stream) = duplex(size);
            Self::to(client, Idle { stream, read: Bytes::new() }, look, HEAD_TIMEOUT)
        }

        fn to(client: DuplexStream, idle: Idle<DuplexStream>, look: Duration, age: Duration) -> Self {
            let (activity, stop, go_on) =
                (Arc::<Activity>::default(), CancellationToken::new(), Arc::new(Notify::new()));
            let wait = Arc::clone(&go_on);
            let later = move || {
                let wait = Arc::clone(&wait);
                let parts = futures_util::stream::unfold(0, move |part| {
                    let wait = Arc::clone(&wait);
                    async move {
                        if part == 1 {
                            wait.notified().await;
                        }
                        (part < 2).then(|| (Ok::<_, Infallible>(format!("part {part}")), part + 1))
                    }
                });
                async { Body::from_stream(parts) }
            };
            let app = Router::new()
                .route("/", get(|| async { "answer" }))
                .route("/later", get(later))
                .route("/echo", post(|body: String| async { body }))
                .route("/unread", post(|| async { "unread" }));
            let protocols = Protocols { look, ..Protocols::new(app, stop.clone()) };
            let watched = Arc::clone(&activity);
            let server = tokio::spawn(async move {
                protocols.serve_http1(idle, ([127, 0, 0, 1], 1).into(), Instant::now() + age, watched).await
            });
            Self { client, activity, stop, go_on, server }
        }

        async fn send(&mut self, bytes: &str) {
            self.client.write_all(bytes.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }

        async fn read_until(&mut self, end: &str) -> String {
            let mut read = Vec::new();
            while !read.ends_with(end.as_bytes()) {
                let more = self.client.read_buf(&mut read).await.unwrap();
                assert!(more > 0, "closed after {:?}", String::from_utf8_lossy(&read));
            }
            String::from_utf8(read).unwrap()
        }
    }

    /// Never within a test.
    const NEVER: Duration = Duration::from_secs(3_600);
    const AT_ONCE: Duration = Duration::from_millis(1);

    #[rstest]
    #[case::nothing("", LAST, "answer")]
    #[case::a_part_of_the_next("GET /echo", " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\r\n\r\n")]
    #[tokio::test]
    async fn an_idle_connection_is_given_back_and_goes_on(#[case] early: &str, #[case] late: &str, #[case] end: &str) {
        let mut first = Connected::new(1_024, AT_ONCE);
        first.send(&format!("{FIRST}{early}")).await;
        first.read_until("answer").await;
        let idle = first.server.await.unwrap().expect("an idle connection");
        assert_eq!(idle.read, early);
        let mut second = Connected::to(first.client, idle, NEVER, NEVER);
        second.send(late).await;
        assert!(second.read_until(end).await.starts_with("HTTP/1.1 "));
        assert!(second.server.await.unwrap().is_none(), "closed as the client asked");
    }

    #[tokio::test]
    async fn a_request_that_has_begun_is_not_idle() {
        let mut connected = Connected::new(1_024, NEVER);
        connected.send("GET /").await;
        assert!(!connected.activity.is_idle(), "hyper waits for the rest of the head, with its time-out");
        connected.send(&FIRST[5..]).await;
        connected.read_until("answer").await;
        assert!(connected.activity.is_idle());
        connected.send("GET /").await;
        assert!(!connected.activity.is_idle());
    }

    #[tokio::test]
    async fn an_answer_that_pauses_is_not_idle() {
        let mut connected = Connected::new(1_024, NEVER);
        connected.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n").await;
        connected.read_until("part 0\r\n").await;
        assert!(!connected.activity.is_idle());
        connected.go_on.notify_one();
        connected.read_until("part 1\r\n0\r\n\r\n").await;
        assert!(connected.activity.is_idle());
    }

    #[tokio::test]
    async fn an_answer_that_the_client_has_not_taken_is_not_idle() {
        let mut connected = Connected::new(64, NEVER);
        connected.send(FIRST).await;
        assert!(!connected.activity.is_idle(), "the buffer between the two is full");
        connected.read_until("answer").await;
        assert!(connected.activity.is_idle());
    }

    /// What is left of a body must never be taken for a request.
    #[rstest]
    #[tokio::test]
    async fn after_a_request_with_a_body_only_the_next_one_makes_it_idle(#[values("/echo", "/unread")] path: &str) {
        let mut connected = Connected::new(1_024, NEVER);
        connected.send(&format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nunread")).await;
        connected.read_until("unread").await;
        assert!(!connected.activity.is_idle());
        connected.send(FIRST).await;
        connected.read_until("answer").await;
        assert!(connected.activity.is_idle());
    }

    #[tokio::test]
    async fn a_stop_waits_for_the_answer() {
        let mut connected = Connected::new(1_024, NEVER);
        connected.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n").await;
        connected.read_until("part 0\r\n").await;
        connected.stop.cancel();
        tokio::task::yield_now().await;
        connected.go_on.notify_one();
        connected.read_until("part 1\r\n0\r\n\r\n").await;
        assert!(connected.server.await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_a_head() {
        let mut connected = Connected::new(1_024, NEVER);
        connected.send("GET /").await;
        connected.stop.cancel();
        let ended = timeout(HEAD_TIMEOUT / 2, connected.server).await.expect("before the time-out of a head");
        assert!(ended.unwrap().is_none());
    }

    #[rstest]
    #[case::after_an_answer("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nanswer")]
    #[case::between_two_requests(FIRST)]
    #[case::in_a_head(&format!("{FIRST}GET /"))]
    #[tokio::test]
    async fn an_old_connection_ends(#[case] requests: &str) {
        let (client, stream) = duplex(1_024);
        let idle = Idle { stream, read: Bytes::new() };
        let mut connected = Connected::to(client, idle, AT_ONCE, Duration::ZERO);
        connected.send(requests).await;
        connected.read_until("answer").await;
        assert!(connected.server.await.unwrap().is_none());
    }
}
