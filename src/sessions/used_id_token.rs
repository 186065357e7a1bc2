//! An id_token that works once, since none of our nonces binds it to a device (threat PA3).

use time::OffsetDateTime;

use super::{flow_cookies::flow_id, request_context::RequestContext};
use crate::{relying_party::single_use, store::StoreError};

impl RequestContext {
    /// Marks a verified id_token as used until it expires. Returns whether this is its first use, by whichever door.
    ///
    /// # Errors
    /// [`StoreError`]; the token must be refused then.
    pub async fn use_id_token(&self, issuer: &str, id_token: &str) -> Result<bool, StoreError> {
        let Some(mark) = single_use(id_token) else { return Ok(false) };
        let until = OffsetDateTime::from_unix_timestamp(mark.until).unwrap_or_else(|_| self.clock.date());
        self.database.mark_flow_used(&flow_id(&format!("id_token {issuer} {}", mark.digest)), until).await
    }
}
