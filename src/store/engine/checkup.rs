//! A read-only check of the database: creates no file and runs no migration.

use std::{path::PathBuf, time::Duration};

use sqlx::{
    AnyConnection, ConnectOptions, Connection,
    migrate::{AppliedMigration, Migrate, MigrateError},
};
use tokio::time::{error::Elapsed, timeout};
use url::Url;

use super::{
    connecting::unavailable,
    engines::{self, Engine},
    migration::MIGRATIONS,
    pool::PATIENCE,
    pooler::{Pooling, pooling},
    url::options,
};
use crate::store::error::StoreError;

#[derive(Debug)]
pub struct DatabaseCheckup {
    /// The engine with the file or the host, for display. Never the URL, which holds a password.
    pub place: String,
    /// SQLite's file.
    pub file: Option<PathBuf>,
    pub reach: Reach,
}

#[derive(Debug)]
pub enum Reach {
    /// There is no SQLite file yet.
    NoFile,
    /// It did not answer, or refused the connection.
    Unreachable(StoreError),
    Reached {
        /// `None` behind a pooler that mixes up the statements of such a question.
        migrations: Option<Migrations>,
        pooling: Pooling,
    },
}

/// The migrations of this build compared with those of the database, by version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrations {
    pub applied: Vec<i64>,
    /// In this build only: the next start, or `latchkey migrate`, applies them.
    pub pending: Vec<i64>,
    /// In the database only, and additive: a newer Latchkey applied them, and this one works with them.
    pub additive: Vec<i64>,
    /// In the database only: a newer Latchkey applied them.
    pub unknown: Vec<i64>,
    /// In both, with different checksums.
    pub changed: Vec<i64>,
    /// Started in the database and not finished.
    pub half_done: Option<i64>,
}

impl DatabaseCheckup {
    /// Takes a few seconds at most.
    ///
    /// # Errors
    /// [`StoreError::Url`] when the URL cannot be used. Everything else is in the checkup.
    pub async fn of(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let file = match engine {
            Engine::Sqlite => Some(engines::file(url)?),
            Engine::Postgres => None,
        };
        let place = place_of(engine, url);
        let reach = match &file {
            Some(file) if !file.exists() => Reach::NoFile,
            _ => reach(engine, url).await,
        };
        Ok(Self { place, file, reach })
    }
}

impl Migrations {
    /// Whether this build could start without migrating.
    pub fn are_current(&self) -> bool {
        self.pending.is_empty() && !self.blocks_start()
    }

    /// Whether this build would refuse to start.
    pub fn blocks_start(&self) -> bool {
        !self.unknown.is_empty() || !self.changed.is_empty() || self.half_done.is_some()
    }

    /// `additive`: the versions that the database names so.
    fn compare(known: &[(i64, &[u8])], applied: &[AppliedMigration], additive: &[i64], half_done: Option<i64>) -> Self {
        let mut migrations = Self { half_done, ..Self::default() };
        for (version, checksum) in known {
            match applied.iter().find(|migration| migration.version == *version) {
                _ if half_done == Some(*version) => {}
                None => migrations.pending.push(*version),
                Some(migration) if migration.checksum.as_ref() == *checksum => migrations.applied.push(*version),
                Some(_) => migrations.changed.push(*version),
            }
        }
        let is_known = |version: i64| known.iter().any(|(known, _)| *known == version);
        let newer = applied.iter().map(|migration| migration.version).filter(|version| !is_known(*version));
        (migrations.additive, migrations.unknown) = newer.partition(|version| additive.contains(version));
        migrations
    }
}

/// The engine with the file or the host, and no more of the URL, which may hold a password.
pub(super) fn place_of(engine: Engine, url: &str) -> String {
    match engine {
        Engine::Sqlite => engines::file(url).map_or("SQLite".to_owned(), |file| format!("SQLite, {}", file.display())),
        Engine::Postgres => postgres_place(url),
    }
}

fn postgres_place(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return "PostgreSQL".to_owned() };
    let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let host = parameter("host").or_else(|| url.host_str().filter(|host| !host.is_empty()).map(str::to_owned));
    match (host, url.port()) {
        (Some(host), Some(port)) => format!("PostgreSQL at {host}:{port}"),
        (Some(host), None) => format!("PostgreSQL at {host}"),
        (None, _) => "PostgreSQL".to_owned(),
    }
}

async fn reach(engine: Engine, url: &str) -> Reach {
    /// For all queries together, once connected.
    const QUESTIONS: Duration = PATIENCE;
    let asked = async {
        let mut connection = open(engine, url).await?;
        let pooling = match engine {
            Engine::Sqlite => Pooling::OwnSession,
            Engine::Postgres => how_pooled(url, &mut connection).await?,
        };
        let migrations = match pooling {
            Pooling::SharedSessions { keeps_statements: false } => None,
            _ => Some(timeout(QUESTIONS, migrations(engine, &mut connection)).await.map_err(late)??),
        };
        // Whether closing fails does not matter here.
        drop(connection.close().await);
        Ok::<_, StoreError>(Reach::Reached { migrations, pooling })
    };
    asked.await.unwrap_or_else(Reach::Unreachable)
}

async fn open(engine: Engine, url: &str) -> Result<AnyConnection, StoreError> {
    let options = options(engine, url)?;
    let opened = timeout(PATIENCE, options.connect()).await;
    let timed_out = |_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    opened.unwrap_or_else(timed_out).map_err(|error| unavailable(engine, url, error))
}

/// A server that has no second place is not asked.
async fn how_pooled(url: &str, first: &mut AnyConnection) -> Result<Pooling, StoreError> {
    let Ok(mut second) = open(Engine::Postgres, url).await else { return Ok(Pooling::OwnSession) };
    let options = options(Engine::Postgres, url)?;
    let pooling = timeout(PATIENCE, pooling(&options, first, &mut second)).await.map_err(late)??;
    drop(second.close().await);
    Ok(pooling)
}

fn late(elapsed: Elapsed) -> StoreError {
    StoreError::Unavailable(elapsed.into())
}

/// Compares the migrations; writes nothing.
pub(super) async fn migrations(engine: Engine, connection: &mut AnyConnection) -> Result<Migrations, StoreError> {
    let table = MIGRATIONS.table_name.as_ref();
    let (tables,): (i64,) =
        sqlx::query_as(engine.count_tables()).bind(table.to_owned()).fetch_one(&mut *connection).await?;
    let (applied, additive, half_done) = match tables {
        0 => (Vec::new(), Vec::new(), None),
        _ => (
            connection.list_applied_migrations(table).await.map_err(unreadable)?,
            additive(&mut *connection).await?,
            connection.dirty_version(table).await.map_err(unreadable)?,
        ),
    };
    let known: Vec<_> = MIGRATIONS.iter().map(|migration| (migration.version, migration.checksum.as_ref())).collect();
    Ok(Migrations::compare(&known, &applied, &additive, half_done))
}

/// The applied migrations whose files are named `NUMBER_additive_….sql`.
async fn additive(connection: &mut AnyConnection) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT version FROM _sqlx_migrations WHERE description LIKE 'additive %'";
    Ok(sqlx::query_scalar(sql).fetch_all(connection).await?)
}

fn unreadable(error: MigrateError) -> StoreError {
    StoreError::Migration(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(i64, &[u8]); 3] = [(1, b"one"), (2, b"two"), (3, b"three")];

    fn compare(applied: &[(i64, &'static [u8])], half_done: Option<i64>) -> Migrations {
        let applied: Vec<_> = applied
            .iter()
            .map(|(version, checksum)| AppliedMigration { version: *version, checksum: (*checksum).into() })
            .collect();
        Migrations::compare(&KNOWN, &applied, &[5], half_done)
    }

    #[test]
    fn equal_migrations_are_current() {
        let migrations = compare(&KNOWN, None);
        assert_eq!(migrations.applied, [1, 2, 3]);
        assert!(migrations.are_current() && !migrations.blocks_start());
    }

    #[test]
    fn an_older_schema_waits_for_the_next_start() {
        let migrations = compare(&KNOWN[..1], None);
        assert_eq!(migrations.pending, [2, 3]);
        assert!(!migrations.are_current() && !migrations.blocks_start());
        assert_eq!(compare(&[], None).pending, [1, 2, 3]);
    }

    #[test]
    fn a_schema_that_was_only_added_to_is_current() {
        let added = compare(&[KNOWN.as_slice(), &[(5, b"five")]].concat(), None);
        assert_eq!((added.additive.as_slice(), added.unknown.as_slice()), ([5].as_slice(), [].as_slice()));
        assert!(added.are_current() && !added.blocks_start());
        let both = compare(&[KNOWN.as_slice(), &[(4, b"four"), (5, b"five")]].concat(), None);
        assert_eq!(both.unknown, [4]);
        assert!(both.blocks_start());
    }

    #[test]
    fn a_newer_a_changed_and_a_half_done_schema_stop_the_start() {
        let newer = compare(&[KNOWN.as_slice(), &[(4, b"four")]].concat(), None);
        assert_eq!(newer.unknown, [4]);
        let changed = compare(&[(1, b"one"), (2, b"another"), (3, b"three")], None);
        assert_eq!(changed.changed, [2]);
        let half_done = compare(&KNOWN, Some(3));
        assert_eq!((half_done.applied.as_slice(), half_done.half_done), ([1, 2].as_slice(), Some(3)));
        for migrations in [newer, changed, half_done] {
            assert!(migrations.blocks_start() && !migrations.are_current());
        }
    }

    #[test]
    fn the_place_of_a_database_holds_no_password() {
        assert_eq!(
            postgres_place("postgres://me:hush@db.example:5433/x?password=hush"),
            "PostgreSQL at db.example:5433"
        );
        assert_eq!(postgres_place("postgres:///x?host=/run/postgresql&password=hush"), "PostgreSQL at /run/postgresql");
    }
}
