//! The listener: how many connections there are, and a graceful shutdown.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    connection::{GRACE, Protocols},
    open_files,
};
use crate::limits::{Place, Places};

/// Concurrent connections, if so many files may be open; more wait in the kernel's queue.
pub const MAX_CONNECTIONS: usize = 10_240;
/// Concurrent connections per network (an IPv4 address or an IPv6 /64; more for a /56 and a /48), so that one client cannot take
/// them all.
const MAX_PER_NETWORK: usize = 256;
/// After a failed accept (such as no file descriptors left).
const PAUSE: Duration = Duration::from_millis(50);

/// The peer of the connection, as a request extension.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` is cancelled, then waits for running requests. Connections of `trusted` proxies and of loopback are
/// not counted per network.
pub async fn serve(listener: TcpListener, app: Router, trusted: Arc<[IpNet]>, stop: CancellationToken) {
    let max_connections = open_files::connections(MAX_CONNECTIONS);
    let connections = Arc::new(Semaphore::new(max_connections));
    let networks = Networks::new(trusted, max_connections);
    let protocols = Arc::new(Protocols::new(app, stop.clone()));
    let tasks = TaskTracker::new();
    while let Some((stream, peer, permit)) = accept(&listener, &connections, &stop).await {
        // Dropping the stream closes it at once: an answer would cost more than the attacker's connection.
        let Some(place) = networks.acquire(peer.ip()) else { continue };
        let protocols = Arc::clone(&protocols);
        tasks.spawn(async move {
            protocols.serve(stream, peer).await;
            drop((permit, place));
        });
    }
    drop(listener);
    tasks.close();
    if timeout(GRACE + PAUSE, tasks.wait()).await.is_err() {
        tracing::warn!("some connections were still open at shutdown");
    }
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
