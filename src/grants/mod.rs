//! What people let us see at their providers: tokens that are there when they are needed, and gone when they are not. See
//! the tour in `lib.rs`.
//!
//! `Grants::take` gives the proof that an API may be asked, `Grants::ask` asks it, `Grants::disconnect` ends it. The rows
//! are the store's, the requests the relying party's; what is decided here is when to renew, when to wait and when to give
//! up.

mod affected_access;
mod answer;
mod ask;
mod backoff;
mod disconnect;
mod error;
mod granted;
mod renew;
mod resealer;
mod revoker;
mod scope;
mod single_flight;
pub mod status;
mod take;

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

/// What people let us see. Cheap to clone; clones share what is under way.
#[derive(Clone, Debug)]
pub struct Grants {
    database: Arc<Database>,
    relying_party: RelyingParty,
    clock: Clock,
    /// Work that must end although nobody waits for it any more: a refresh token may be good for once.
    tasks: TaskTracker,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Renewals under way in this process.
    single_flight: Arc<SingleFlight>,
    /// APIs that asked us to wait.
    limits: Backoff<(IdentityId, Access)>,
    /// Tokens that could not be renewed just now.
    outages: Backoff<IdentityId>,
    /// Rung when revocations were queued.
    mail_wake: Notify,
}

impl Grants {
    /// Grants in this database, of these providers. `tasks` is waited for at the end of the process.
    pub fn new(database: Arc<Database>, relying_party: RelyingParty, clock: Clock, tasks: TaskTracker) -> Self {
        Self { database, relying_party, clock, tasks, shared: Arc::default() }
    }

    /// Revocations were queued.
    pub fn wake_mail(&self) {
        self.shared.mail_wake.notify_one();
    }
}
