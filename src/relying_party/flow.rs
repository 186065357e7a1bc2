//! The pending flow: the state between the authorization request and its response.

use serde::{Deserialize, Serialize};

use super::ReturnTo;
use crate::{
    accounts::Purpose,
    codes::access::Access,
    oauth::{Nonce, PkceVerifier, State},
};

/// Lifetime of a pending flow, in seconds.
pub const FLOW_LIFETIME: i64 = 600;

/// A sign-in, link, re-authentication or grant between its start and its callback. It is sealed into a cookie of the
/// browser that started it, so that no other browser can complete it (login CSRF; RFC 9700 §4.7).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingFlow {
    /// The provider's slug. The response must arrive at this provider's redirect URI.
    pub provider: String,
    /// The issuer at the start, in case the configuration changes.
    pub issuer: String,
    /// What the flow is for.
    pub purpose: Purpose,
    /// Where to redirect after the flow; validated again when deserialized.
    pub return_to: ReturnTo,
    /// The requested API access, if any.
    #[serde(default)]
    pub access: Option<Access>,
    /// Binds the response to this browser.
    pub state: State,
    /// Binds the id_token to this flow.
    pub nonce: Nonce,
    /// Binds the code to this flow.
    pub code_verifier: PkceVerifier,
    /// The start, in Unix seconds.
    pub started_at: i64,
}

impl PendingFlow {
    /// Whether [`FLOW_LIFETIME`] has passed. `now` in Unix seconds.
    pub fn is_expired(&self, now: i64) -> bool {
        now.saturating_sub(self.started_at) > FLOW_LIFETIME
    }
}
