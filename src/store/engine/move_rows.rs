//! Moves every row of a SQLite database into an empty PostgreSQL one.

use sqlx::{AssertSqlSafe, Row};

use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;

/// Rows of one statement. PostgreSQL allows 65,535 parameters: 300 columns.
const BATCH: usize = 200;

/// A table that was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedTable {
    pub name: String,
    pub rows: i64,
}

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("the database is not a SQLite file")]
    NotSqlite,
    #[error("the target is not PostgreSQL")]
    NotPostgres,
    #[error("a server uses the SQLite file: stop it first")]
    InUse,
    #[error("the table {0} of the target has rows: move into an empty database")]
    NotEmpty(String),
    #[error("{table}: {in_source} rows in SQLite, {in_target} in PostgreSQL")]
    Incomplete { table: String, in_source: i64, in_target: i64 },
    #[error("{table}: {error}")]
    Table {
        table: String,
        #[source]
        error: StoreError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A table of the schema.
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The tables that its foreign keys name.
    parents: Vec<String>,
}

struct Column {
    name: String,
    is_number: bool,
}

impl Database {
    /// Copies every row into a target with the same schema and no rows, in one transaction there, and counts both sides. The
    /// SQLite file stays as it is.
    ///
    /// # Errors
    /// [`MoveError`]: the target is empty then.
    pub async fn move_to(&self, target: &Self) -> Result<Vec<MovedTable>, MoveError> {
        if self.engine != Engine::Sqlite {
            return Err(MoveError::NotSqlite);
        }
        if target.engine != Engine::Postgres {
            return Err(MoveError::NotPostgres);
        }
        // A server would go on writing to the file.
        if !self.claim_alone() {
            return Err(MoveError::InUse);
        }
        let tables = parents_first(self.tables().await?);
        let mut write = target.write().await?;
        let mut moved = Vec::with_capacity(tables.len());
        for table in &tables {
            let of_table = |error| MoveError::Table { table: table.name.clone(), error };
            if count(write.connection(), &table.name).await.map_err(of_table)? > 0 {
                return Err(MoveError::NotEmpty(table.name.clone()));
            }
            self.copy(table, &mut write).await.map_err(of_table)?;
            let in_source = self.count_rows(&table.name).await.map_err(of_table)?;
            let in_target = count(write.connection(), &table.name).await.map_err(of_table)?;
            if in_source != in_target {
                return Err(MoveError::Incomplete { table: table.name.clone(), in_source, in_target });
            }
            moved.push(MovedTable { name: table.name.clone(), rows: in_target });
        }
        write.commit().await?;
        Ok(moved)
    }

    async fn tables(&self) -> Result<Vec<Table>, StoreError> {
        let names: Vec<(String,)> = sqlx::query_as(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
             AND name <> '_sqlx_migrations' ORDER BY name",
        )
        .fetch_all(&self.bulk)
        .await?;
        let mut tables = Vec::with_capacity(names.len());
        for (name,) in names {
            let columns: Vec<(String, String)> = sqlx::query_as(
                "SELECT columns.name, columns.type FROM sqlite_master JOIN pragma_table_info(sqlite_master.name) AS columns \
                 WHERE sqlite_master.type = 'table' AND sqlite_master.name = $1 ORDER BY columns.cid",
            )
            .bind(&name)
            .fetch_all(&self.bulk)
            .await?;
            let parents: Vec<(String,)> = sqlx::query_as(
                "SELECT keys.\"table\" FROM sqlite_master JOIN pragma_foreign_key_list(sqlite_master.name) AS keys \
                 WHERE sqlite_master.type = 'table' AND sqlite_master.name = $1",
            )
            .bind(&name)
            .fetch_all(&self.bulk)
            .await?;
            let column = |(name, kind): (String, String)| Column { name, is_number: kind != "TEXT" };
            tables.push(Table {
                name,
                columns: columns.into_iter().map(column).collect(),
                parents: parents.into_iter().map(|(parent,)| parent).collect(),
            });
        }
        Ok(tables)
    }

    async fn copy(&self, table: &Table, write: &mut Write<'_>) -> Result<(), StoreError> {
        let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
        let columns = columns.join(", ");
        let name = quoted(&table.name);
        let read = ["SELECT", "rowid,", &columns, "FROM", &name, "WHERE rowid > $1 ORDER BY rowid LIMIT $2"].join(" ");
        let mut after = 0_i64;
        loop {
            let rows = sqlx::query(AssertSqlSafe(read.clone()))
                .bind(after)
                .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .fetch_all(&self.bulk)
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.try_get(0)?;
            let values = placeholders(rows.len(), table.columns.len());
            let insert = ["INSERT", "INTO", &name, "(", &columns, ") VALUES", &values].join(" ");
            let mut insert = sqlx::query(AssertSqlSafe(insert));
            for row in &rows {
                for (position, column) in table.columns.iter().enumerate() {
                    insert = match column.is_number {
                        true => insert.bind(row.try_get::<Option<i64>, _>(position + 1)?),
                        false => insert.bind(row.try_get::<Option<String>, _>(position + 1)?),
                    };
                }
            }
            insert.execute(write.connection()).await?;
        }
    }

    async fn count_rows(&self, table: &str) -> Result<i64, StoreError> {
        let mut connection = self.bulk.acquire().await?;
        count(&mut connection, table).await
    }
}

async fn count(connection: &mut Connection, table: &str) -> Result<i64, StoreError> {
    let statement = ["SELECT", "count(*) FROM", &quoted(table)].join(" ");
    let (rows,): (i64,) = sqlx::query_as(AssertSqlSafe(statement)).fetch_one(connection).await?;
    Ok(rows)
}

/// A row of a child table needs its parent.
fn parents_first(mut tables: Vec<Table>) -> Vec<Table> {
    let mut sorted: Vec<Table> = Vec::with_capacity(tables.len());
    while !tables.is_empty() {
        let is_known = |name: &str| sorted.iter().any(|table| table.name == name);
        let is_free = |table: &Table| table.parents.iter().all(|parent| *parent == table.name || is_known(parent));
        // In a circle there is none; the database will say so.
        let next = tables.iter().position(is_free).unwrap_or(0);
        sorted.push(tables.remove(next));
    }
    sorted
}

/// `($1, $2), ($3, $4)`
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<String>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_before_their_children() {
        let table = |name: &str, parents: &[&str]| Table {
            name: name.to_owned(),
            columns: Vec::new(),
            parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        };
        let tables = vec![table("a", &["b", "a"]), table("b", &["c"]), table("c", &[]), table("d", &["a"])];
        let names: Vec<String> = parents_first(tables).into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "b", "a", "d"]);
    }

    #[test]
    fn each_row_has_its_places() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }
}
