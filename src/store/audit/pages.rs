//! The audit trail in pages, the newest event first, by keyset: a row's id stays and is of its time, so each is on one page.

use uuid::Uuid;

use crate::accounts::UserId;
use crate::store::audit::events::{EventRow, PastEvent, select_events};
use crate::store::engine::database::Database;
use crate::store::error::StoreError;

impl Database {
    /// At most `limit` events, of one user or of all: those after the one with the id `after` in the list, which may be deleted
    /// meanwhile; without it, the newest.
    pub async fn events_page(
        &self,
        user: Option<UserId>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<PastEvent>, StoreError> {
        let after = after.unwrap_or(Uuid::max());
        let rows: Vec<EventRow> = match user {
            None => {
                sqlx::query_as(select_events!("id < $1 ORDER BY id DESC LIMIT $2"))
                    .bind(after.to_string())
                    .bind(i64::from(limit))
                    .fetch_all(&self.pool)
                    .await?
            }
            Some(user) => {
                sqlx::query_as(select_events!("user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"))
                    .bind(user.to_string())
                    .bind(after.to_string())
                    .bind(i64::from(limit))
                    .fetch_all(&self.pool)
                    .await?
            }
        };
        rows.into_iter().map(PastEvent::try_from).collect()
    }
}
