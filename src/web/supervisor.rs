//! Background loops: restarted when they panic, and visible in `/readyz` when they keep panicking.

use std::{
    any::Any,
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Runs the loops until `stop` is cancelled. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Supervisor {
    stop: CancellationToken,
    tasks: TaskTracker,
    failing: Arc<Mutex<BTreeSet<&'static str>>>,
    restart: Restart,
}

/// When to restart a loop.
#[derive(Clone, Copy, Debug)]
struct Restart {
    /// After the first panic; doubled after each further one.
    first_delay: Duration,
    max_delay: Duration,
    /// A loop that runs for so long has recovered.
    stable: Duration,
}

const RESTART: Restart = Restart {
    first_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(60),
    stable: Duration::from_secs(60),
};

/// Panics in a row after which a loop counts as failing.
const TOLERATED_PANICS: u32 = 2;

impl Supervisor {
    pub fn new(stop: CancellationToken) -> Self {
        Self { stop, tasks: TaskTracker::new(), failing: Arc::default(), restart: RESTART }
    }

    /// Starts a loop. `run` is called for each start; the loop returns once the token is cancelled, or earlier if it has
    /// nothing to do.
    pub fn spawn<F>(&self, name: &'static str, run: impl Fn(CancellationToken) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let supervisor = self.clone();
        self.tasks.spawn(async move { supervisor.supervise(name, run).await });
    }

    /// Names of the loops that keep panicking.
    pub fn failing(&self) -> Vec<&'static str> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Waits for the loops to finish what they are doing, after `stop` was cancelled. Returns false if they exceed `limit`.
    pub async fn finish(&self, limit: Duration) -> bool {
        self.tasks.close();
        timeout(limit, self.tasks.wait()).await.is_ok()
    }

    async fn supervise<F>(&self, name: &'static str, run: impl Fn(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (mut panics, mut delay) = (0, self.restart.first_delay);
        loop {
            let mut task = tokio::spawn(run(self.stop.clone()));
            let outcome = match timeout(self.restart.stable, &mut task).await {
                Ok(outcome) => outcome,
                Err(_) => {
                    if panics > 0 {
                        self.set_failing(name, false);
                        tracing::info!(name, "background loop recovered");
                    }
                    (panics, delay) = (0, self.restart.first_delay);
                    task.await
                }
            };
            let Err(error) = outcome else { break };
            panics += 1;
            // Once, however often it is restarted: the log must not fill up.
            if panics == 1 {
                let cause = if error.is_panic() { message_of(&*error.into_panic()) } else { "cancelled".to_owned() };
                tracing::error!(name, cause, "background loop panicked; restarting it");
            }
            if panics > TOLERATED_PANICS {
                self.set_failing(name, true);
            }
            if timeout(delay, self.stop.cancelled()).await.is_ok() {
                break;
            }
            delay = (delay * 2).min(self.restart.max_delay);
        }
        self.set_failing(name, false);
    }

    fn set_failing(&self, name: &'static str, is_failing: bool) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if is_failing {
            failing.insert(name)
        } else {
            failing.remove(name)
        };
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::mpsc;

    use super::*;

    fn supervisor(stable: Duration) -> Supervisor {
        let restart = Restart { first_delay: Duration::ZERO, max_delay: Duration::ZERO, stable };
        Supervisor { restart, ..Supervisor::new(CancellationToken::new()) }
    }

    /// A loop that panics at its first starts, and reports each start.
    fn panicking(
        times: u32,
    ) -> (impl Fn(CancellationToken) -> BoxedLoop + Send + 'static, mpsc::UnboundedReceiver<u32>) {
        let (starts, receiver) = mpsc::unbounded_channel();
        let count = Arc::new(AtomicU32::new(0));
        let run = move |stop: CancellationToken| -> BoxedLoop {
            let start = count.fetch_add(1, Ordering::Relaxed) + 1;
            let starts = starts.clone();
            Box::pin(async move {
                starts.send(start).expect("the test listens");
                assert!(start > times, "panic number {start}");
                stop.cancelled().await;
            })
        };
        (run, receiver)
    }

    type BoxedLoop = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

    async fn started(starts: &mut mpsc::UnboundedReceiver<u32>, expected: u32) {
        while starts.recv().await.expect("a start") < expected {}
    }

    #[tokio::test]
    async fn a_loop_that_panics_once_is_restarted_and_is_not_failing() {
        let supervisor = supervisor(Duration::from_secs(3600));
        let (run, mut starts) = panicking(1);
        supervisor.spawn("once", run);
        started(&mut starts, 2).await;
        assert!(supervisor.failing().is_empty());
        supervisor.stop.cancel();
        assert!(supervisor.finish(Duration::from_secs(10)).await);
    }

    #[tokio::test]
    async fn a_loop_that_keeps_panicking_is_failing_until_it_recovers() {
        let supervisor = supervisor(Duration::from_millis(200));
        let (run, mut starts) = panicking(TOLERATED_PANICS + 1);
        supervisor.spawn("often", run);
        started(&mut starts, TOLERATED_PANICS + 2).await;
        assert_eq!(supervisor.failing(), ["often"]);
        while !supervisor.failing().is_empty() {
            tokio::task::yield_now().await;
        }
        supervisor.stop.cancel();
        assert!(supervisor.finish(Duration::from_secs(10)).await);
    }

    #[tokio::test]
    async fn a_loop_with_nothing_to_do_is_not_restarted() {
        let supervisor = supervisor(Duration::from_secs(3600));
        supervisor.spawn("idle", |_| async {});
        assert!(supervisor.finish(Duration::from_secs(10)).await);
        assert!(supervisor.failing().is_empty());
    }
}
