//! Threads with a bounded queue before them.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::Semaphore;
use tracing::Span;

use crate::limits::Places;

/// Threads with a queue before them.
pub(super) struct Lane {
    /// Running and queued work.
    pub(super) places: Places,
    /// Running work.
    pub(super) threads: Arc<Semaphore>,
    /// Threads, and places in the queue.
    limits: (usize, usize),
}

impl Lane {
    pub(super) fn new(threads: usize, queue: usize, per_network: Option<usize>) -> Self {
        let places = Places::new(threads + queue, per_network);
        Self { places, threads: Arc::new(Semaphore::new(threads)), limits: (threads, queue) }
    }

    /// Runs work on a thread of the lane. A caller that is cancelled while queued frees its place. Work that has started keeps
    /// its place until it ends, so that disconnecting clients cannot start more work than the lane allows.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        from: Option<IpAddr>,
        work: impl FnOnce() -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        let place = self.places.take(from).map_err(|_| PoolError::Full)?;
        let thread = self.threads.clone().acquire_owned().await.map_err(|_| PoolError::Broken)?;
        let span = Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, thread);
            span.in_scope(work)
        });
        done.await.map_err(|_| PoolError::Broken)?
    }

    pub(super) fn load(&self) -> PoolLoad {
        let (threads, queue) = self.limits;
        let running = threads.saturating_sub(self.threads.available_permits());
        PoolLoad {
            running,
            waiting: self.places.in_use().saturating_sub(running),
            running_limit: threads,
            waiting_limit: queue,
        }
    }
}

/// The work of the pool, for monitoring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLoad {
    pub running: usize,
    pub waiting: usize,
    pub running_limit: usize,
    pub waiting_limit: usize,
}

/// Why a password was not processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full, or the network has its share of it: retry in a few seconds.
    #[error("password hashing queue full")]
    Full,
    /// Out of memory, no random bytes, or the runtime is shutting down.
    #[error("password hashing failed")]
    Broken,
}
