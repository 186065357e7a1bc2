//! Moves every row of a SQLite database into an empty PostgreSQL one.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Row};

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
    /// Its place in the primary key, from 1; 0 for the others.
    key: i64,
}

impl Table {
    /// The positions of the columns of the primary key, in its order.
    fn key(&self) -> Vec<usize> {
        let mut key: Vec<usize> = (0..self.columns.len()).filter(|&position| self.columns[position].key > 0).collect();
        key.sort_by_key(|&position| self.columns[position].key);
        key
    }
}

impl Column {
    /// Binds the value that a row has at this column's position.
    fn bind<'q>(
        &self,
        query: Query<'q, Any, AnyArguments>,
        row: &AnyRow,
        position: usize,
    ) -> Result<Query<'q, Any, AnyArguments>, sqlx::Error> {
        Ok(match self.is_number {
            true => query.bind(row.try_get::<Option<i64>, _>(position)?),
            false => query.bind(row.try_get::<Option<String>, _>(position)?),
        })
    }
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
            let columns: Vec<(String, String, i64)> = sqlx::query_as(
                "SELECT columns.name, columns.type, columns.pk FROM sqlite_master JOIN pragma_table_info(sqlite_master.name) AS columns \
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
            let column = |(name, kind, key): (String, String, i64)| Column { name, is_number: kind != "TEXT", key };
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
        let key = table.key();
        let order: Vec<String> = key.iter().map(|&position| quoted(&table.columns[position].name)).collect();
        let order = order.join(", ");
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let first = ["SELECT", &columns, "FROM", &name, "ORDER BY", &order, "LIMIT", "$1"].join(" ");
        let after = format!("WHERE ({order}) > {}", placeholders(1, key.len()));
        let last = format!("LIMIT ${}", key.len() + 1);
        let next = ["SELECT", &columns, "FROM", &name, &after, "ORDER BY", &order, &last].join(" ");
        let mut rows = sqlx::query(AssertSqlSafe(first)).bind(limit).fetch_all(&self.bulk).await?;
        while let Some(last) = rows.last() {
            let mut read = sqlx::query(AssertSqlSafe(next.clone()));
            for &position in &key {
                read = table.columns[position].bind(read, last, position)?;
            }
            let following = read.bind(limit).fetch_all(&self.bulk).await?;
            let values = placeholders(rows.len(), table.columns.len());
            let insert = ["INSERT", "INTO", &name, "(", &columns, ") VALUES", &values].join(" ");
            let mut insert = sqlx::query(AssertSqlSafe(insert));
            for row in &rows {
                for (position, column) in table.columns.iter().enumerate() {
                    insert = column.bind(insert, row, position)?;
                }
            }
            insert.execute(write.connection()).await?;
            rows = following;
        }
        Ok(())
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
