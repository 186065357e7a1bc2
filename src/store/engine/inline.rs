//! SQLite on the thread of its caller.
//!
//! sqlx's driver runs each statement on a thread of the connection's own. Our statements take some ten microseconds, from pages
//! that are in memory; handing each to another thread and back costs more than that, and a sign-in has a dozen. So statements of
//! requests run where they are called, and a transaction seldom leaves its thread at all. What may hold a thread for longer goes
//! another way: a lock of another process is waited for asynchronously ([`Connection`](super::connection::Connection)), the
//! write-ahead log is copied into the file elsewhere (`wal`), and sweeps, counts and exports use `Database::bulk`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, OpenFlags, Row};
use sqlx::Error;
use sqlx::any::{AnyQueryResult, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue};
use sqlx::error::{DatabaseError, ErrorKind};
use sqlx_core::HashMap;
use sqlx_core::any::{AnyColumn, AnyValueKind};
use sqlx_core::ext::ustr::UStr;

use crate::store::engine::engines::{Engine, creating, file};
use crate::store::error::StoreError;

/// Statements that a connection keeps prepared. The store has fewer that requests execute.
const PREPARED: usize = 128;

/// Pages of 4 KiB that a connection keeps in memory: 2 MB, and of a large database a 256th, up to 32 MB. The upper pages of all its
/// trees are about as many. Where they are kept, a row of a million users' takes half the time.
fn cached_pages(of: i64) -> i64 {
    (of / 256).clamp(512, 8192)
}

/// Where the file is, and how it is opened.
#[derive(Clone, Debug)]
pub(super) struct InlineOptions {
    file: PathBuf,
    flags: OpenFlags,
}

impl InlineOptions {
    /// `None` for PostgreSQL, and for a URL with parameters that only sqlx's driver knows (`immutable`, `vfs`, …).
    ///
    /// # Errors
    /// [`StoreError::Url`]
    pub(super) fn of(engine: Engine, url: &str) -> Result<Option<Self>, StoreError> {
        if engine == Engine::Postgres {
            return Ok(None);
        }
        let url = creating(url);
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        let flags = match parameters {
            "mode=rwc" => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            "mode=rw" => OpenFlags::SQLITE_OPEN_READ_WRITE,
            "mode=ro" => OpenFlags::SQLITE_OPEN_READ_ONLY,
            _ => return Ok(None),
        };
        Ok(Some(Self { file: file(&url)?, flags: flags | OpenFlags::SQLITE_OPEN_NO_MUTEX }))
    }
}

/// A connection.
pub(super) struct Inline {
    connection: rusqlite::Connection,
    shapes: HashMap<Box<str>, Arc<Shape>>,
}

/// A statement's arguments, and the columns of its rows.
struct Shape {
    /// For each parameter, in SQLite's order, the index of its argument.
    arguments: Vec<usize>,
    names: Arc<HashMap<UStr, usize>>,
    columns: Vec<AnyColumn>,
}

/// What a statement returned.
pub(super) struct Answer {
    pub(super) rows: Vec<AnyRow>,
    pub(super) result: AnyQueryResult,
}

impl Inline {
    pub(super) fn open(options: &InlineOptions, greeting: &str) -> Result<Self, Error> {
        let connection = rusqlite::Connection::open_with_flags(&options.file, options.flags).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.execute_batch(greeting).map_err(failed)?;
        let pages = connection.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(failed)?;
        connection.pragma_update(None, "cache_size", cached_pages(pages)).map_err(failed)?;
        // Neither waits for a lock nor writes the log back on the caller's thread.
        connection.execute_batch("PRAGMA wal_autocheckpoint = 0").map_err(failed)?;
        connection.busy_timeout(Duration::ZERO).map_err(failed)?;
        // The plan of a statement depends on no argument. Otherwise SQLite reads the number behind `LIMIT $1` for its plan, and makes
        // another whenever that is bound, be it the same number: two plans for each sign-in.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
        Ok(Self { connection, shapes: HashMap::default() })
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Without `arguments`, `sql` may be several statements, whose rows are not returned. At most `limit` rows are read.
    pub(super) fn run(&mut self, sql: &str, arguments: Option<&[AnyValueKind]>, limit: usize) -> Result<Answer, Error> {
        if arguments.is_none() && sql.trim_end().trim_end_matches(';').contains(';') {
            self.connection.execute_batch(sql).map_err(failed)?;
            return Ok(Answer { rows: Vec::new(), result: AnyQueryResult::default() });
        }
        let mut rows = Vec::new();
        self.each(sql, arguments.unwrap_or_default(), limit, |shape, row| {
            rows.push(shape.row(row)?);
            Ok(())
        })?;
        let result = AnyQueryResult { rows_affected: self.connection.changes(), last_insert_id: None };
        Ok(Answer { rows, result })
    }

    /// The rows of one statement, each as `read` reads it; with it, whether it is the first.
    pub(super) fn read<T>(
        &mut self,
        sql: &str,
        arguments: &[AnyValueKind],
        read: impl Fn(&Row<'_>, bool) -> T,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.each(sql, arguments, usize::MAX, |_, row| {
            rows.push(read(row, rows.is_empty()));
            Ok(())
        })?;
        Ok(rows)
    }

    fn each(
        &mut self,
        sql: &str,
        arguments: &[AnyValueKind],
        limit: usize,
        mut read: impl FnMut(&Shape, &Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Self { connection, shapes } = self;
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let shape = match shapes.get(sql).filter(|shape| shape.columns.len() == statement.column_count()) {
            Some(shape) => Arc::clone(shape),
            None => {
                let shape = Arc::new(Shape::of(&statement));
                // As many as statements are prepared, or a few more.
                if shapes.len() >= PREPARED {
                    shapes.clear();
                }
                shapes.insert(sql.into(), Arc::clone(&shape));
                shape
            }
        };
        bind(&mut statement, &shape.arguments, arguments)?;
        // A statement that writes is carried to its end, where it commits.
        let limit = if statement.readonly() { limit.max(1) } else { usize::MAX };
        let mut returned = statement.raw_query();
        for _ in 0..limit {
            let Some(row) = returned.next().map_err(failed)? else { break };
            read(&shape, row)?;
        }
        Ok(())
    }
}

fn bind(statement: &mut CachedStatement<'_>, order: &[usize], arguments: &[AnyValueKind]) -> Result<(), Error> {
    for (place, index) in (1..).zip(order) {
        let Some(argument) = arguments.get(*index) else {
            return Err(Error::Protocol("a parameter of a statement has no argument".into()));
        };
        let bound = match argument {
            AnyValueKind::Bool(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::SmallInt(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::Integer(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::BigInt(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::Real(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::Double(value) => statement.raw_bind_parameter(place, value),
            AnyValueKind::Text(value) => statement.raw_bind_parameter(place, value.as_str()),
            AnyValueKind::TextSlice(value) => statement.raw_bind_parameter(place, &**value),
            AnyValueKind::Blob(value) => statement.raw_bind_parameter(place, value.as_slice()),
            _ => statement.raw_bind_parameter(place, rusqlite::types::Null),
        };
        bound.map_err(failed)?;
    }
    Ok(())
}

impl Shape {
    fn of(statement: &CachedStatement<'_>) -> Self {
        let names = statement.column_names();
        // Each row has a copy of its columns: the names, which would be counted references, are in `names` alone.
        let column = |ordinal| AnyColumn {
            ordinal,
            name: UStr::Static(""),
            type_info: AnyTypeInfo { kind: AnyTypeInfoKind::Null },
        };
        // `$1` is a name to SQLite, which numbers names as they come; to sqlx, and to PostgreSQL, it is the first argument.
        let argument = |place: usize| {
            let number = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse::<usize>().ok());
            number.unwrap_or(place).saturating_sub(1)
        };
        Self {
            arguments: (1..=statement.parameter_count()).map(argument).collect(),
            columns: (0..names.len()).map(column).collect(),
            names: Arc::new(names.iter().enumerate().map(|(index, name)| (UStr::new(name), index)).collect()),
        }
    }

    fn row(&self, row: &Row<'_>) -> Result<AnyRow, Error> {
        let mut values = Vec::with_capacity(self.columns.len());
        for column in 0..self.columns.len() {
            let kind = match row.get_ref(column).map_err(failed)? {
                ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
                ValueRef::Integer(value) => AnyValueKind::BigInt(value),
                ValueRef::Real(value) => AnyValueKind::Double(value),
                ValueRef::Text(value) => {
                    let text = std::str::from_utf8(value).map_err(|error| Error::Decode(error.into()))?;
                    AnyValueKind::Text(Arc::new(text.to_owned()))
                }
                ValueRef::Blob(value) => AnyValueKind::Blob(Arc::new(value.to_vec())),
            };
            values.push(AnyValue { kind });
        }
        Ok(AnyRow { column_names: Arc::clone(&self.names), columns: self.columns.clone(), values })
    }
}

/// What SQLite answered instead, as sqlx's driver reports it.
#[derive(Debug)]
struct Refused {
    /// The extended result code.
    code: i32,
    message: String,
}

fn failed(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let message = message.unwrap_or_else(|| failure.to_string());
            Error::Database(Box::new(Refused { code: failure.extended_code, message }))
        }
        error => Error::Protocol(error.to_string()),
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(code: {}) {}", self.code, self.message)
    }
}

impl StdError for Refused {}

impl DatabaseError for Refused {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    /// By the extended result codes of SQLITE_CONSTRAINT.
    fn kind(&self) -> ErrorKind {
        match self.code {
            2067 | 1555 => ErrorKind::UniqueViolation,
            787 => ErrorKind::ForeignKeyViolation,
            1299 => ErrorKind::NotNullViolation,
            275 => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}

/// SQLITE_BUSY: another connection, here or of another process, has the lock.
pub(super) fn is_busy(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    fn open() -> (tempfile::TempDir, Inline) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let options = InlineOptions::of(Engine::Sqlite, &url).unwrap().expect("runs inline");
        let mut sqlite = Inline::open(&options, Engine::Sqlite.greeting()).unwrap();
        sqlite.run("CREATE TABLE a (id TEXT PRIMARY KEY, n BIGINT); SELECT 1;", None, 0).unwrap();
        (folder, sqlite)
    }

    fn text(value: &str) -> AnyValueKind {
        AnyValueKind::Text(Arc::new(value.to_owned()))
    }

    #[test]
    fn parameters_are_numbered_as_sqlx_numbers_them() {
        let (_folder, mut sqlite) = open();
        let arguments = [text("x"), AnyValueKind::BigInt(7)];
        let answer = sqlite.run("INSERT INTO a (n, id) VALUES ($2, $1)", Some(&arguments), 1).unwrap();
        assert_eq!(answer.result.rows_affected, 1);
        let found = sqlite.run("SELECT n, id, $1 AS again FROM a WHERE id = $1", Some(&arguments), 1).unwrap();
        let row = &found.rows[0];
        use sqlx::Row;
        assert_eq!(
            (row.get::<i64, _>("n"), row.get::<String, _>("id"), row.get::<String, _>(2)),
            (7, "x".into(), "x".into())
        );
        sqlite.run("SELECT $2, $3", Some(&arguments), 1).map(drop).expect_err("a third argument is missing");
    }

    #[test]
    fn constraints_have_their_kind_and_a_statement_that_writes_all_its_rows() {
        let (_folder, mut sqlite) = open();
        let sql = "INSERT INTO a (id) VALUES ('x'), ('y') RETURNING id";
        assert_eq!(sqlite.run(sql, Some(&[]), 1).unwrap().rows.len(), 2);
        let error = sqlite.run(sql, Some(&[]), 1).map(drop).unwrap_err();
        assert!(error.as_database_error().is_some_and(|error| error.is_unique_violation()), "{error}");
        assert_eq!(sqlite.run("SELECT id FROM a", Some(&[]), 1).unwrap().rows.len(), 1);
    }

    #[test]
    fn no_statement_is_planned_twice() {
        let (_folder, mut sqlite) = open();
        let sql = "SELECT id FROM a WHERE id <> $1 ORDER BY n LIMIT $2 OFFSET $3";
        for number in 1..4 {
            let arguments = [text("x"), AnyValueKind::BigInt(number), AnyValueKind::BigInt(number)];
            sqlite.run(sql, Some(&arguments), 9).unwrap();
        }
        let statement = sqlite.connection.prepare_cached(sql).unwrap();
        assert_eq!(
            (statement.get_status(StatementStatus::Run), statement.get_status(StatementStatus::RePrepare)),
            (3, 0)
        );
    }

    #[test]
    fn a_large_database_has_a_larger_cache_within_bounds() {
        let cached = [0, 1_000, 256 * 1_000, 1_500_000, 100_000_000].map(cached_pages);
        assert_eq!(cached, [512, 512, 1_000, 5_859, 8_192]);
        let (_folder, sqlite) = open();
        let set: i64 = sqlite.connection.pragma_query_value(None, "cache_size", |row| row.get(0)).unwrap();
        assert_eq!(set, 512);
    }

    #[test]
    fn another_writer_is_noticed_at_once() {
        let (folder, mut sqlite) = open();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let options = InlineOptions::of(Engine::Sqlite, &url).unwrap().unwrap();
        let mut other = Inline::open(&options, Engine::Sqlite.greeting()).unwrap();
        sqlite.run("BEGIN IMMEDIATE", None, 0).unwrap();
        assert!(sqlite.is_in_transaction());
        let error = other.run("INSERT INTO a (id) VALUES ('z')", Some(&[]), 1).map(drop).unwrap_err();
        assert!(is_busy(&error) && !other.is_in_transaction(), "{error}");
        sqlite.run("COMMIT", None, 0).unwrap();
        other.run("INSERT INTO a (id) VALUES ('z')", Some(&[]), 1).map(drop).expect("the counterpart");
    }

    #[test]
    fn a_url_with_parameters_of_the_driver_is_left_to_it() {
        let runs_inline = |url| InlineOptions::of(Engine::Sqlite, url).unwrap().is_some();
        for url in ["sqlite://a.db", "sqlite:a.db?mode=rw", "sqlite:///a/b.db?mode=ro"] {
            assert!(runs_inline(url), "{url}");
        }
        assert!(!runs_inline("sqlite://a.db?mode=ro&immutable=true"));
        assert!(InlineOptions::of(Engine::Postgres, "postgres://a/b").unwrap().is_none());
    }
}
