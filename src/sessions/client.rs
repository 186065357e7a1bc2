//! The client of a request.

use std::net::IpAddr;

use crate::store::AuditClient;

/// Longest user agent that is stored, in characters.
const MAX_USER_AGENT: usize = 300;

/// For the device list and the audit trail.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// Its IP address (`web::client_address`).
    pub address: IpAddr,
    pub user_agent: Option<String>,
    /// The id of the request in the log.
    pub request_id: Option<String>,
}

impl ClientInfo {
    /// Removes control characters from the user agent and bounds its length.
    pub fn new(address: IpAddr, user_agent: Option<&str>, request_id: Option<&str>) -> Self {
        let clean =
            |text: &str| text.chars().filter(|character| !character.is_control()).take(MAX_USER_AGENT).collect();
        Self { address, user_agent: user_agent.map(clean), request_id: request_id.map(str::to_owned) }
    }

    pub fn audit_client(&self) -> AuditClient {
        AuditClient {
            address: Some(self.address.to_string()),
            user_agent: self.user_agent.clone(),
            request_id: self.request_id.clone(),
        }
    }
}
