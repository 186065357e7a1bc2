//! The request that a change goes back to.

use time::OffsetDateTime;

use super::events::AuditClient;
use crate::accounts::{Cause, describe_device};

/// When something was asked for, and from where: for the audit trail, and for letters that say "if this was not you".
#[derive(Clone, Debug)]
pub struct AuditContext {
    /// Where the request came from.
    pub client: AuditClient,
    /// The time.
    pub now: OffsetDateTime,
}

impl AuditContext {
    /// The same, for a letter.
    pub(super) fn cause(&self) -> Cause {
        Cause {
            at: self.now.unix_timestamp(),
            device: describe_device(self.client.user_agent.as_deref()),
            address: self.client.address.clone().unwrap_or_default(),
        }
    }
}
