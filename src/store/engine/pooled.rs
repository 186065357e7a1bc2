//! A connection while somebody uses it.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit};
use tracing::Span;

use crate::store::engine::connection::{Condition, Connection};
use crate::store::engine::pool::Shared;

/// A connection of the pool. Goes back when dropped.
pub(in crate::store) struct Pooled {
    pub(super) connection: Option<Connection>,
    pub(super) is_new: bool,
    /// SQLite's turn to write, held until an open transaction is rolled back.
    pub(super) turn: Option<OwnedMutexGuard<()>>,
    pub(super) pool: Arc<Shared>,
    pub(super) place: Option<OwnedSemaphorePermit>,
    /// Ends with it: for how long one use of the database took, with the wait for a connection.
    pub(super) _span: Span,
}

impl Pooled {
    /// Whether a connection from before this caller turned out to be broken: a new one may work.
    pub(super) fn was_stale(&self) -> bool {
        !self.is_new && self.condition() == Condition::Broken
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        // Taken only when dropped.
        self.connection.as_ref().unwrap_or_else(|| unreachable!())
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().unwrap_or_else(|| unreachable!())
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match connection.condition() {
            Condition::Clean if !connection.is_in_transaction() => self.pool.put_back(connection),
            Condition::Broken => self.pool.found_broken(connection.refused_write()),
            Condition::Clean | Condition::Unanswered => {
                let Ok(runtime) = Handle::try_current() else { return };
                let (pool, place, turn) = (Arc::clone(&self.pool), self.place.take(), self.turn.take());
                runtime.spawn(async move {
                    if connection.recover().await.is_ok() {
                        pool.put_back(connection);
                    }
                    drop((place, turn));
                });
            }
        }
    }
}
