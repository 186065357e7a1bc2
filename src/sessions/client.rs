//! Who is asking, as far as the connection tells.

use std::net::IpAddr;

use crate::store::AuditClient;

/// Longest user agent that is kept, in characters.
const LONGEST_AGENT: usize = 300;

/// The client of a request, for the device list and the audit trail.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// Its network address, as far as it can be believed.
    pub address: IpAddr,
    /// Its own description.
    pub user_agent: Option<String>,
    /// The id under which the log has the request.
    pub request_id: Option<String>,
}

impl ClientInfo {
    /// A client; its description is cut to a bounded length and freed of control characters.
    pub fn new(address: IpAddr, user_agent: Option<&str>, request_id: Option<&str>) -> Self {
        let clean = |text: &str| text.chars().filter(|character| !character.is_control()).take(LONGEST_AGENT).collect();
        Self { address, user_agent: user_agent.map(clean), request_id: request_id.map(str::to_owned) }
    }

    /// The same as the audit trail keeps it.
    pub fn audit_client(&self) -> AuditClient {
        AuditClient {
            address: Some(self.address.to_string()),
            user_agent: self.user_agent.clone(),
            request_id: self.request_id.clone(),
        }
    }
}
