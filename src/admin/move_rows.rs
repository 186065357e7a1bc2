//! `latchkey move`: from SQLite to PostgreSQL.

use serde_json::{Map, json};

use super::{error::AdminError, report::Report};
use crate::store::{Database, MoveError, MovedTable};

/// Moves every row into an empty target.
///
/// # Errors
/// [`AdminError`]: the target is empty then.
pub async fn move_rows(source: &Database, target: &Database) -> Result<Report, AdminError> {
    let moved = source.move_to(target).await?;
    let widest = moved.iter().map(|table| table.name.len()).max().unwrap_or_default();
    let line = |MovedTable { name, rows }: &MovedTable| format!("{name:widest$}  {rows}\n");
    let text: String = moved.iter().map(line).collect();
    let tables: Map<_, _> = moved.into_iter().map(|table| (table.name, json!(table.rows))).collect();
    Ok(Report::new(text, json!({ "tables": tables })))
}

impl From<MoveError> for AdminError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Store(error) => error.into(),
            error => Self::Refused(error.to_string()),
        }
    }
}
