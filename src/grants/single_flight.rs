//! One refresh for all concurrent callers: they share its outcome, failures too.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::accounts::IdentityId;
use crate::inspect::{self, FlowKind, Step, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshOutcome {
    /// The row has changed: callers read it again.
    Changed,
    /// It failed for now.
    Failed,
}

type Outcome = watch::Receiver<Option<RefreshOutcome>>;

/// Refreshes under way in this process.
#[derive(Debug, Default)]
pub(super) struct SingleFlight(Mutex<HashMap<IdentityId, Leader>>);

/// The refresh that others wait for.
#[derive(Clone, Debug)]
struct Leader {
    outcome: Outcome,
    /// The request that began it, if that is recorded.
    request_id: Option<String>,
}

impl SingleFlight {
    /// Joins the refresh under way for this identity, or else starts `renewal`, which finishes even if all callers are gone.
    pub(super) async fn join<F>(
        self: &Arc<Self>,
        identity: IdentityId,
        tasks: &TaskTracker,
        renewal: F,
    ) -> RefreshOutcome
    where
        F: Future<Output = RefreshOutcome> + Send + 'static,
    {
        let (mut receiver, has_joined) = self.start_or_join(identity, tasks, renewal);
        let outcome = receiver.wait_for(Option::is_some).await.map(|outcome| *outcome);
        // The sender was dropped: the task panicked.
        let outcome = outcome.ok().flatten().unwrap_or(RefreshOutcome::Failed);
        if has_joined {
            inspect::record(|_| shared(outcome));
        }
        outcome
    }

    /// Returns whether another caller started the refresh.
    fn start_or_join<F>(self: &Arc<Self>, identity: IdentityId, tasks: &TaskTracker, renewal: F) -> (Outcome, bool)
    where
        F: Future<Output = RefreshOutcome> + Send + 'static,
    {
        let mut under_way = self.lock();
        if let Some(leader) = under_way.get(&identity) {
            inspect::record(|_| Step::Waited {
                what: "another request, which is refreshing the same tokens",
                by: leader.request_id.as_deref().map(Value::of_log),
            });
            return (leader.outcome.clone(), true);
        }
        let (sender, outcome) = watch::channel(None);
        under_way.insert(identity, Leader { outcome: outcome.clone(), request_id: inspect::request_id() });
        let entry = Entry { single_flight: self.clone(), identity };
        let task = async move {
            let outcome = renewal.await;
            // First the entry goes: later callers start another refresh.
            drop(entry);
            sender.send_replace(Some(outcome));
        };
        tasks.spawn(inspect::carried(task).in_current_span());
        (outcome, false)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IdentityId, Leader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the wait for another request's refresh ended.
fn shared(outcome: RefreshOutcome) -> Step {
    match outcome {
        RefreshOutcome::Changed => {
            let what = "The other request's refresh serves this one, too";
            Step::Done { of: FlowKind::GrantRefresh, what, parameters: Vec::new() }
        }
        RefreshOutcome::Failed => {
            let because = Value::fact("the other request could not refresh the tokens");
            Step::Refused { because, next_step: None }
        }
    }
}

/// Removes the entry when dropped, after a panic too.
struct Entry {
    single_flight: Arc<SingleFlight>,
    identity: IdentityId,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.single_flight.lock().remove(&self.identity);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use time::OffsetDateTime;
    use tokio::{sync::Barrier, task::JoinSet};

    use super::*;

    fn identity(number: u8) -> IdentityId {
        IdentityId::new(OffsetDateTime::UNIX_EPOCH, [number; 10])
    }

    async fn together(refresh_outcome: RefreshOutcome) -> (u32, Vec<RefreshOutcome>) {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let (begun, all_there) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(50)));
        let mut waiting = JoinSet::new();
        for _ in 0..50 {
            let (single_flight, tasks) = (single_flight.clone(), tasks.clone());
            let (begun, all_there, ready) = (begun.clone(), all_there.clone(), all_there.clone());
            waiting.spawn(async move {
                ready.wait().await;
                let renewal = async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    // Long enough for all fifty to join.
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                    }
                    drop(all_there);
                    refresh_outcome
                };
                single_flight.join(identity(1), &tasks, renewal).await
            });
        }
        let outcomes = waiting.join_all().await;
        assert!(single_flight.lock().is_empty());
        (begun.load(Ordering::SeqCst), outcomes)
    }

    #[tokio::test]
    async fn fifty_concurrent_callers_share_one_refresh_and_its_outcome() {
        for refresh_outcome in [RefreshOutcome::Changed, RefreshOutcome::Failed] {
            let (begun, outcomes) = together(refresh_outcome).await;
            assert_eq!((begun, outcomes), (1, vec![refresh_outcome; 50]));
        }
    }

    #[tokio::test]
    async fn another_identity_and_a_later_caller_start_their_own() {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let begun = Arc::new(AtomicU32::new(0));
        for number in [1, 2, 1] {
            let begun = begun.clone();
            let renewal = async move {
                begun.fetch_add(1, Ordering::SeqCst);
                RefreshOutcome::Changed
            };
            assert_eq!(single_flight.join(identity(number), &tasks, renewal).await, RefreshOutcome::Changed);
        }
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_refresh_finishes_when_its_caller_is_gone() {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let renewal = async move {
            tokio::task::yield_now().await;
            assert!(sender.send(()).is_ok());
            RefreshOutcome::Changed
        };
        tokio::select! {
            biased;
            _ = single_flight.join(identity(1), &tasks, renewal) => panic!("it cannot be over yet"),
            () = async {} => {}
        }
        assert_eq!(receiver.await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_ends_the_wait_and_the_entry() {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let renewal = async { panic!("on purpose") };
        assert_eq!(single_flight.join(identity(1), &tasks, renewal).await, RefreshOutcome::Failed);
        assert_eq!(
            single_flight.join(identity(1), &tasks, async { RefreshOutcome::Changed }).await,
            RefreshOutcome::Changed
        );
    }
}
