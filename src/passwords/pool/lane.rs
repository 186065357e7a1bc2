//! Threads with a bounded queue before them.

use std::{net::IpAddr, sync::Arc, thread};

use tokio::sync::{Semaphore, oneshot};
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
        // Ends with the work: the wait for a thread is in it.
        let hash = tracing::trace_span!("hash");
        let place = self.places.take(from).map_err(|_| PoolError::Full)?;
        let thread = self.threads.clone().acquire_owned().await.map_err(|_| PoolError::Broken)?;
        let (span, (done, outcome)) = (Span::current(), oneshot::channel());
        // One for each: a thread costs a thousandth of a hash, and one of lower priority could not do other work.
        let started = thread::Builder::new().name("passwords".to_owned()).spawn(move || {
            // Dropped in reverse order if the work panics: the place is free before the caller hears of it.
            let done = done;
            let held = (place, thread, hash);
            lower_priority();
            let outcome = span.in_scope(work);
            drop(held);
            // The caller may be gone.
            drop(done.send(outcome));
        });
        started.map_err(|_| PoolError::Broken)?;
        outcome.await.map_err(|_| PoolError::Broken)?
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

/// Below the threads that serve requests: where these have work, a tenth of their share.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets other threads go first. Linux has priorities of threads.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        tracing::debug!(%error, "a thread for passwords keeps its priority");
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
