//! A browser that asked for a code to sign in.

use serde::{Deserialize, Serialize};

use super::flow_cookies::flow_id;
use crate::relying_party::ReturnTo;

/// As its sealed cookie holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSignInCode {
    /// Random: the code belongs to its hash.
    pub id: String,
    /// The address as the user typed it.
    pub email: String,
    pub return_to: ReturnTo,
}

impl PendingSignInCode {
    /// The hash that names the row.
    pub fn id_hash(&self) -> String {
        flow_id(&self.id)
    }
}
