//! What happens to idle connections.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use crate::store::engine::engines::Engine;
use crate::store::engine::pool::{Shared, TRUSTED_IDLE};

/// Idle connections are pinged this often: a NAT or firewall on the way forgets those that say nothing.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// An idle connection is closed after this time: a server shared with others should not hold what is not used.
const MAX_IDLE: Duration = Duration::from_secs(600);

/// Until the pool is dropped: pings idle connections, and closes those that nobody needs.
pub(super) async fn maintain(pool: Weak<Shared>) {
    loop {
        sleep(KEEPALIVE).await;
        let Some(pool) = pool.upgrade().filter(|pool| !pool.places.is_closed()) else { return };
        let expired: Vec<_> = pool.idle().extract_if(.., |idle| idle.since.elapsed() > MAX_IDLE).collect();
        for idle in expired {
            idle.connection.close().await;
        }
        if pool.engine == Engine::Postgres {
            pool.keep_alive().await;
        }
    }
}

impl Shared {
    /// Each ping holds a place, so that there are never more connections than places.
    async fn keep_alive(self: &Arc<Self>) {
        let mut due = self.idle().iter().filter(|idle| idle.since.elapsed() > TRUSTED_IDLE).count();
        while due > 0 {
            due -= 1;
            let Ok(_place) = Arc::clone(&self.places).try_acquire_owned() else { return };
            // The one that was idle for the longest. Its time stays: a ping is no use.
            let Some(mut idle) = (!self.idle().is_empty()).then(|| self.idle().remove(0)) else { return };
            if idle.connection.ping().await.is_err() {
                self.discard_idle();
                return;
            }
            self.idle().push(idle);
        }
        self.idle().sort_by_key(|idle| idle.since);
    }
}
