//! The listener: hyper with the time-outs that `axum::serve` does not set, and a graceful shutdown.

use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{lingering::Lingering, open_files};
use crate::limits::{Place, Places};

/// For the first bytes of a connection, and for the head of a request (slow loris).
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Age at which a connection is shut down gracefully: otherwise a client that only answers pings could keep it.
const CONNECTION_AGE: Duration = Duration::from_secs(600);
/// For running requests, once the connection or the server shuts down.
const GRACE: Duration = Duration::from_secs(20);
/// Concurrent connections, if so many files may be open; more wait in the kernel's queue. An idle one costs 20 KB.
pub const MAX_CONNECTIONS: usize = 10_240;
/// Concurrent connections per network (an IPv4 address or an IPv6 /64; more for a /56 and a /48), so that one client cannot take
/// them all.
const MAX_PER_NETWORK: usize = 256;
/// After a failed accept (such as no file descriptors left).
const PAUSE: Duration = Duration::from_millis(50);
/// RFC 9113 §3.4.
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The peer of the connection, as a request extension.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` is cancelled, then waits for running requests. Connections of `trusted` proxies and of loopback are
/// not counted per network.
pub async fn serve(listener: TcpListener, app: Router, trusted: Arc<[IpNet]>, stop: CancellationToken) {
    let max_connections = open_files::connections(MAX_CONNECTIONS);
    let connections = Arc::new(Semaphore::new(max_connections));
    let networks = Networks::new(trusted, max_connections);
    let builder = Arc::new(builder());
    let tasks = TaskTracker::new();
    while let Some((stream, peer, permit)) = accept(&listener, &connections, &stop).await {
        // Dropping the stream closes it at once: an answer would cost more than the attacker's connection.
        let Some(place) = networks.acquire(peer.ip()) else { continue };
        let connection = serve_connection(stream, peer, app.clone(), Arc::clone(&builder), stop.clone());
        tasks.spawn(async move {
            connection.await;
            drop((permit, place));
        });
    }
    drop(listener);
    tasks.close();
    if timeout(GRACE + PAUSE, tasks.wait()).await.is_err() {
        tracing::warn!("some connections were still open at shutdown");
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    builder: Arc<Builder<TokioExecutor>>,
    stop: CancellationToken,
) {
    let has_begun = tokio::select! {
        () = stop.cancelled() => false,
        has_begun = has_sent_first_bytes(&stream) => has_begun,
    };
    if !has_begun {
        return;
    }
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(Lingering::new(body)));
        request.extensions_mut().insert(Peer(peer));
        app.clone().oneshot(request)
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.cancelled() => None,
        () = sleep(CONNECTION_AGE) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            timeout(GRACE, connection).await.unwrap_or(Ok(()))
        }
    };
    // The client disconnected, or does not speak HTTP.
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10))
        .max_concurrent_streams(128)
        .max_header_list_size(64 * 1024);
    builder
}

/// Whether the client sends, in time, enough to tell its HTTP version. hyper-util waits for that without a time-out.
async fn has_sent_first_bytes(stream: &TcpStream) -> bool {
    let first_bytes = async {
        let mut first = [0; HTTP2_PREFACE.len()];
        loop {
            match stream.peek(&mut first).await {
                Ok(0) | Err(_) => return false,
                Ok(read) if read == first.len() || first[..read] != HTTP2_PREFACE[..read] => return true,
                // A part of the preface: peeking again returns the same bytes at once until more arrive.
                Ok(_) => sleep(PAUSE).await,
            }
        }
    };
    timeout(HEAD_TIMEOUT, first_bytes).await.unwrap_or(false)
}

/// The next connection; `None` at shutdown.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => return None,
            permit = Arc::clone(connections).acquire_owned() => permit.ok()?,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Otherwise an answer in two writes waits 40 ms for the client's acknowledgement.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer, permit));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Counts the connections per network.
#[derive(Clone)]
struct Networks {
    trusted: Arc<[IpNet]>,
    places: Places,
}

impl Networks {
    fn new(trusted: Arc<[IpNet]>, max_connections: usize) -> Self {
        Self { trusted, places: Places::new(max_connections, Some(MAX_PER_NETWORK)) }
    }

    fn acquire(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let counted = !address.is_loopback() && !self.trusted.iter().any(|network| network.contains(&address));
        self.places.take(counted.then_some(address)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks() -> Networks {
        Networks::new(vec!["10.0.0.0/8".parse().unwrap()].into(), MAX_CONNECTIONS)
    }

    #[test]
    fn connections_per_network_are_bounded() {
        let networks = networks();
        let places: Vec<_> =
            (0..MAX_PER_NETWORK).map(|_| networks.acquire("203.0.113.1".parse().unwrap()).unwrap()).collect();
        assert!(networks.acquire("203.0.113.1".parse().unwrap()).is_none());
        assert!(networks.acquire("203.0.113.2".parse().unwrap()).is_some());
        drop(places);
        assert!(networks.acquire("203.0.113.1".parse().unwrap()).is_some());
    }

    #[test]
    fn trusted_proxies_and_loopback_are_not_counted() {
        let networks = networks();
        for address in ["10.1.2.3", "127.0.0.1", "::1"] {
            let places: Vec<_> = (0..=MAX_PER_NETWORK).map(|_| networks.acquire(address.parse().unwrap())).collect();
            assert!(places.iter().all(Option::is_some), "{address}");
        }
    }
}
