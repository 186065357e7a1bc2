//! Access to providers' APIs on behalf of users. See the tour in `lib.rs`.
//!
//! `Grants::take` checks the grant and returns a capability, `Grants::ask` calls the API with it, `Grants::disconnect` ends
//! the grant. The store keeps the rows and the relying party sends the requests; this room decides when to refresh, when to
//! wait and when to give up.

mod affected_access;
mod answer;
mod ask;
mod backoff;
mod disconnect;
mod error;
#[cfg(test)]
pub mod google_schema;
mod granted;
mod renew;
mod resealer;
mod revoker;
mod scope;
mod single_flight;
pub mod status;
mod take;

pub use affected_access::affected_access;
pub use error::GrantError;
pub use granted::Granted;
pub use scope::{ApiScope, CalendarEventsReadonly, DriveMetadataReadonly};

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::{
    accounts::IdentityId,
    codes::access::Access,
    relying_party::{Clock, RelyingParty},
    store::Database,
};
use backoff::Backoff;
use single_flight::SingleFlight;

/// Cheap to clone; clones share refreshes and back-offs.
#[derive(Clone, Debug)]
pub struct Grants {
    database: Arc<Database>,
    relying_party: RelyingParty,
    clock: Clock,
    /// Work that must finish even if its caller is gone: a refresh token may work only once.
    tasks: TaskTracker,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Refreshes under way in this process.
    single_flight: Arc<SingleFlight>,
    /// Rate limits of APIs.
    limits: Backoff<(IdentityId, Access)>,
    /// Failed refreshes.
    outages: Backoff<IdentityId>,
    revocation_wake: Notify,
}

impl Grants {
    /// The process waits for `tasks` before it exits.
    pub fn new(database: Arc<Database>, relying_party: RelyingParty, clock: Clock, tasks: TaskTracker) -> Self {
        Self { database, relying_party, clock, tasks, shared: Arc::default() }
    }

    /// After revocations were queued.
    pub fn wake_revocation_worker(&self) {
        self.shared.revocation_wake.notify_one();
    }
}
