//! The request that causes a change.

use time::OffsetDateTime;

use crate::accounts::{Actor, Cause, ClientInfo, describe_device};

/// When and from where a change was requested: for the audit trail, and for emails that say "if this wasn't you".
#[derive(Clone, Debug)]
pub struct AuditContext {
    pub client: ClientInfo,
    pub now: OffsetDateTime,
}

impl AuditContext {
    /// Of an operator or administrator, an email says neither the device nor the IP address.
    pub(in crate::store) fn cause(&self) -> Cause {
        if self.client.actor != Actor::User {
            return Cause { at: self.now.unix_timestamp(), ..Cause::default() };
        }
        Cause {
            at: self.now.unix_timestamp(),
            device: describe_device(self.client.user_agent.as_deref()),
            ip: self.client.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            zone: self.client.zone.as_ref().map(|zone| zone.name().to_owned()),
        }
    }
}
