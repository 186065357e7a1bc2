//! What happens to idle connections.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use crate::store::engine::engines::Engine;
use crate::store::engine::pool::{Idle, Shared, TRUSTED_IDLE};

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
            // Its time stays: a ping is no use.
            let Some(mut idle) = self.longest_idle() else { return };
            if idle.connection.ping().await.is_err() {
                self.discard_idle();
                return;
            }
            self.idle().push(idle);
        }
        self.idle().sort_by_key(|idle| idle.since);
    }

    fn longest_idle(&self) -> Option<Idle> {
        // One guard: a second one in the same statement would wait for the first.
        let mut idle = self.idle();
        (!idle.is_empty()).then(|| idle.remove(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::pool::Pool;
    use crate::store::engine::url::options;

    async fn pool(folder: &tempfile::TempDir) -> Pool {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
        Pool::connect(options(Engine::Sqlite, &url).unwrap(), None, Engine::Sqlite, 3).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_that_is_kept_alive_stays_in_the_pool() {
        let folder = tempfile::tempdir().unwrap();
        let pool = pool(&folder).await;
        let in_use = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
        drop(in_use);
        let shared = pool.shared();
        for (number, idle) in shared.idle().iter_mut().enumerate() {
            idle.since -= (TRUSTED_IDLE * 2).saturating_sub(Duration::from_secs(number as u64));
        }
        let since = |shared: &Shared| shared.idle().iter().map(|idle| idle.since).collect::<Vec<_>>();
        let before = since(shared);
        shared.keep_alive().await;
        assert_eq!((since(shared), shared.places.available_permits()), (before, 3));
        drop(pool.acquire().await.expect("the pool goes on"));
    }
}
