//! An id_token that counts once, because no nonce of ours ties it to a device (threat PA3).

use time::OffsetDateTime;

use super::{flow_cookies::flow_id, request_context::RequestContext};
use crate::{relying_party::single_use, store::StoreError};

impl RequestContext {
    /// Whether an id_token that the relying party has let pass comes for the first time, by whichever door. Remembered
    /// until it has expired.
    ///
    /// # Errors
    /// As every query: [`StoreError`]. The token must not count then.
    pub async fn counts_once(&self, issuer: &str, id_token: &str) -> Result<bool, StoreError> {
        let Some(mark) = single_use(id_token) else { return Ok(false) };
        let until = OffsetDateTime::from_unix_timestamp(mark.until).unwrap_or_else(|_| self.clock.date());
        self.database.mark_flow_used(&flow_id(&format!("id_token {issuer} {}", mark.digest)), until).await
    }
}
