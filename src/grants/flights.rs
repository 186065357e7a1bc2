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
pub(super) enum Landed {
    /// The row is another than it was: whoever waited reads it.
    Changed,
    /// It came to nothing, for now.
    Away,
}

type Outcome = watch::Receiver<Option<Landed>>;

/// Renewals that are under way in this process.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<IdentityId, Outcome>>);

impl Flights {
    /// The outcome of the renewal that is under way for an identity, or else of this one, which begins. It goes on when
    /// nobody waits for it any more.
    pub(super) async fn join<F>(self: &Arc<Self>, identity: IdentityId, tasks: &TaskTracker, renewal: F) -> Landed
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        let mut outcome = self.outcome(identity, tasks, renewal);
        let landed = outcome.wait_for(Option::is_some).await.map(|landed| *landed);
        // The task ended without a word: it panicked.
        landed.ok().flatten().unwrap_or(Landed::Away)
    }

    fn outcome<F>(self: &Arc<Self>, identity: IdentityId, tasks: &TaskTracker, renewal: F) -> Outcome
    where
        F: Future<Output = Landed> + Send + 'static,
    {
        let mut flights = self.lock();
        if let Some(outcome) = flights.get(&identity) {
            return outcome.clone();
        }
        let (tell, outcome) = watch::channel(None);
        flights.insert(identity, outcome.clone());
        let end = End { flights: self.clone(), identity };
        let fly = async move {
            let landed = renewal.await;
            // Before anybody is told: who comes from now on begins anew.
            drop(end);
            tell.send_replace(Some(landed));
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
    flights: Arc<Flights>,
    identity: IdentityId,
}

impl Drop for End {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.identity);
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

    async fn together(landed: Landed) -> (u32, Vec<Landed>) {
        let (flights, tasks) = (Arc::new(Flights::default()), TaskTracker::new());
        let (begun, all_there) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(50)));
        let mut waiting = JoinSet::new();
        for _ in 0..50 {
            let (flights, tasks) = (flights.clone(), tasks.clone());
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
                    landed
                };
                flights.join(identity(1), &tasks, renewal).await
            });
        }
        let outcomes = waiting.join_all().await;
        assert!(flights.lock().is_empty());
        (begun.load(Ordering::SeqCst), outcomes)
    }

    #[tokio::test]
    async fn fifty_who_need_it_at_once_share_one_renewal_and_its_outcome() {
        for landed in [Landed::Changed, Landed::Away] {
            let (begun, outcomes) = together(landed).await;
            assert_eq!((begun, outcomes), (1, vec![landed; 50]));
        }
    }

    #[tokio::test]
    async fn another_identity_has_a_flight_of_its_own_and_the_next_begins_anew() {
        let (flights, tasks) = (Arc::new(Flights::default()), TaskTracker::new());
        let begun = Arc::new(AtomicU32::new(0));
        for number in [1, 2, 1] {
            let begun = begun.clone();
            let renewal = async move {
                begun.fetch_add(1, Ordering::SeqCst);
                Landed::Changed
            };
            assert_eq!(flights.join(identity(number), &tasks, renewal).await, Landed::Changed);
        }
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_renewal_goes_on_when_nobody_waits_for_it_any_more() {
        let (flights, tasks) = (Arc::new(Flights::default()), TaskTracker::new());
        let (tell, told) = tokio::sync::oneshot::channel();
        let renewal = async move {
            tokio::task::yield_now().await;
            assert!(tell.send(()).is_ok());
            Landed::Changed
        };
        tokio::select! {
            biased;
            _ = flights.join(identity(1), &tasks, renewal) => panic!("it cannot be over yet"),
            () = async {} => {}
        }
        assert_eq!(told.await, Ok(()));
    }

    #[tokio::test]
    async fn a_panic_leaves_nobody_waiting() {
        let (flights, tasks) = (Arc::new(Flights::default()), TaskTracker::new());
        let renewal = async { panic!("a planted fault") };
        assert_eq!(flights.join(identity(1), &tasks, renewal).await, Landed::Away);
        assert_eq!(flights.join(identity(1), &tasks, async { Landed::Changed }).await, Landed::Changed);
    }
}
