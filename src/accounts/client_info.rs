//! The client of a request.

use std::net::IpAddr;

use super::{actor::Actor, zone::Zone};

/// Longest user agent that is kept, in characters.
const MAX_USER_AGENT: usize = 300;

/// Where a request came from and for whom it acts, for the device list, the audit trail and rate limits. The default is for
/// changes that no request caused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// As the listener or a trusted proxy has it.
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
    /// The id of the request in the log.
    pub request_id: Option<String>,
    pub actor: Actor,
    /// The browser's time zone, if it is known.
    pub zone: Option<Zone>,
}

impl ClientInfo {
    /// Cuts the user agent to a bounded length and removes control characters.
    pub fn new(ip: IpAddr, user_agent: Option<&str>, request_id: Option<&str>) -> Self {
        let clean = |text: &str| text.chars().filter(|char| !char.is_control()).take(MAX_USER_AGENT).collect();
        Self {
            ip: Some(ip),
            user_agent: user_agent.map(clean),
            request_id: request_id.map(str::to_owned),
            actor: Actor::User,
            zone: None,
        }
    }

    /// The same client in a time zone.
    #[must_use]
    pub fn in_zone(self, zone: Option<Zone>) -> Self {
        Self { zone, ..self }
    }

    /// A command on the server.
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, ..Self::default() }
    }

    /// The same client, which acts as an administrator.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }
}
