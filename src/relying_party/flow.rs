//! The pending flow: what we must remember between the authorization request and its response.

use serde::{Deserialize, Serialize};

use super::ReturnTo;
use crate::{
    accounts::Purpose,
    codes::access::Access,
    oauth::{Nonce, PkceVerifier, State},
};

/// Seconds that a person may take at the provider.
pub const FLOW_LIFETIME: i64 = 600;

/// One sign-in, link or step-up attempt between its start and its callback. It lives sealed in a cookie of the browser
/// that started it, so that nobody else's browser can finish it (login CSRF; RFC 9700 §4.7).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingFlow {
    /// The provider's slug; its response must come back on its own redirect URI.
    pub provider: String,
    /// The issuer that was asked, in case the configuration changes meanwhile.
    pub issuer: String,
    /// What it was started for.
    pub purpose: Purpose,
    /// Where the person goes afterwards. Checked again when it is read back.
    pub return_to: ReturnTo,
    /// What the person is asked to let us see, beyond who they are.
    #[serde(default)]
    pub access: Option<Access>,
    /// Ties the response to this browser.
    pub state: State,
    /// Ties the id_token to this flow.
    pub nonce: Nonce,
    /// Ties the code to this flow.
    pub code_verifier: PkceVerifier,
    /// Unix seconds of the start.
    pub started_at: i64,
}

impl PendingFlow {
    /// Whether the person took too long.
    pub fn is_expired(&self, now: i64) -> bool {
        now.saturating_sub(self.started_at) > FLOW_LIFETIME
    }
}
