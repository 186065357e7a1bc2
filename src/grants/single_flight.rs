//! One renewal for all who need it: whoever comes while one is under way shares its outcome, a failure too.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::accounts::IdentityId;

/// What became of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshOutcome {
    /// The row is another than it was: whoever waited reads it.
    Changed,
    /// It came to nothing, for now.
    Away,
}

type Outcome = watch::Receiver<Option<RefreshOutcome>>;

/// Renewals that are under way in this process.
#[derive(Debug, Default)]
pub(super) struct SingleFlight(Mutex<HashMap<IdentityId, Outcome>>);

impl SingleFlight {
    /// The outcome of the renewal that is under way for an identity, or else of this one, which begins. It goes on when
    /// nobody waits for it any more.
    pub(super) async fn join<F>(
        self: &Arc<Self>,
        identity: IdentityId,
        tasks: &TaskTracker,
        renewal: F,
    ) -> RefreshOutcome
    where
        F: Future<Output = RefreshOutcome> + Send + 'static,
    {
        let mut outcome = self.outcome(identity, tasks, renewal);
        let refresh_outcome = outcome.wait_for(Option::is_some).await.map(|refresh_outcome| *refresh_outcome);
        // The task ended without a word: it panicked.
        refresh_outcome.ok().flatten().unwrap_or(RefreshOutcome::Away)
    }

    fn outcome<F>(self: &Arc<Self>, identity: IdentityId, tasks: &TaskTracker, renewal: F) -> Outcome
    where
        F: Future<Output = RefreshOutcome> + Send + 'static,
    {
        let mut single_flight = self.lock();
        if let Some(outcome) = single_flight.get(&identity) {
            return outcome.clone();
        }
        let (tell, outcome) = watch::channel(None);
        single_flight.insert(identity, outcome.clone());
        let end = End { single_flight: self.clone(), identity };
        let fly = async move {
            let refresh_outcome = renewal.await;
            // Before anybody is told: who comes from now on begins anew.
            drop(end);
            tell.send_replace(Some(refresh_outcome));
        };
        tasks.spawn(fly.in_current_span());
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IdentityId, Outcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a flight off the list, even if it ended in a panic.
struct End {
    single_flight: Arc<SingleFlight>,
    identity: IdentityId,
}

impl Drop for End {
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
                    // Ends when all fifty have come a second time, which those who wait do not: they are yielded to.
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
    async fn fifty_who_need_it_at_once_share_one_renewal_and_its_outcome() {
        for refresh_outcome in [RefreshOutcome::Changed, RefreshOutcome::Away] {
            let (begun, outcomes) = together(refresh_outcome).await;
            assert_eq!((begun, outcomes), (1, vec![refresh_outcome; 50]));
        }
    }

    #[tokio::test]
    async fn another_identity_has_a_flight_of_its_own_and_the_next_begins_anew() {
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
    async fn a_renewal_goes_on_when_nobody_waits_for_it_any_more() {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let (tell, status) = tokio::sync::oneshot::channel();
        let renewal = async move {
            tokio::task::yield_now().await;
            assert!(tell.send(()).is_ok());
            RefreshOutcome::Changed
        };
        tokio::select! {
            biased;
            _ = single_flight.join(identity(1), &tasks, renewal) => panic!("it cannot be over yet"),
            () = async {} => {}
        }
        assert_eq!(status.await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_leaves_nobody_waiting() {
        let (single_flight, tasks) = (Arc::new(SingleFlight::default()), TaskTracker::new());
        let renewal = async { panic!("a planted fault") };
        assert_eq!(single_flight.join(identity(1), &tasks, renewal).await, RefreshOutcome::Away);
        assert_eq!(
            single_flight.join(identity(1), &tasks, async { RefreshOutcome::Changed }).await,
            RefreshOutcome::Changed
        );
    }
}
