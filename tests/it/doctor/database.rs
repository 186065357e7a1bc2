//! The database checks.

use latchkey::doctor::Verdict;
use rstest::rstest;

use super::setup::{Setup, finding, verdict};
use crate::support::database::{Engine, TestDatabase};

#[rstest]
#[tokio::test]
async fn a_migrated_database_is_ok(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let report = Setup::healthy(engine).await.examine().await;
    assert_eq!(verdict(&report, "reached"), Verdict::Ok, "{report}");
    assert_eq!(verdict(&report, "migrations"), Verdict::Ok, "{report}");
}

#[rstest]
#[case::last("DELETE FROM _sqlx_migrations WHERE version = 5", Verdict::Warning, "not applied yet: 5")]
#[case::all("DROP TABLE _sqlx_migrations", Verdict::Warning, "1, 2, 3")]
#[case::newer("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 5", Verdict::Failure, "9999")]
#[case::changed(
    "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1) WHERE version = 5",
    Verdict::Failure,
    "applied with different contents"
)]
#[case::half_done(
    "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 5",
    Verdict::Failure,
    "migration 5 was started"
)]
#[tokio::test]
async fn migrations_that_differ_are_reported(
    #[case] sql: &str,
    #[case] expected: Verdict,
    #[case] expected_text: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let setup = Setup::healthy(engine).await;
    setup.database.execute(sql).await;
    let report = setup.examine().await;
    let migrations = finding(&report, "migrations");
    assert_eq!(migrations.verdict, expected, "{report}");
    assert!(migrations.message.contains(expected_text), "{report}");
}

#[tokio::test]
async fn an_empty_postgres_database_is_a_warning_and_stays_empty() {
    let setup = Setup { database: TestDatabase::empty(Engine::Postgres).await, ..Setup::healthy(Engine::Sqlite).await };
    let report = setup.examine().await;
    assert_eq!(verdict(&report, "migrations"), Verdict::Warning, "{report}");
    assert_eq!(setup.database.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
}

#[tokio::test]
async fn a_missing_sqlite_file_is_a_hint_and_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/latchkey.db");
    let url = format!("sqlite://{}", file.display());
    let report = Setup::healthy(Engine::Sqlite).await.examine_with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(verdict(&report, "reached"), Verdict::Hint, "{report}");
    assert!(!file.parent().unwrap().exists());
}

#[rstest]
#[case::connection_refused("postgres://me:hush@127.0.0.1:1/x?password=hush", "refused")]
#[case::no_database("", "does not exist")]
#[tokio::test]
async fn an_unreachable_database_is_a_failure(#[case] url: &str, #[case] expected_text: &str) {
    let setup = Setup::healthy(Engine::Postgres).await;
    let url = if url.is_empty() { format!("{}_missing", setup.database.url) } else { url.to_owned() };
    let report = setup.examine_with(&[("DATABASE_URL", &url)]).await;
    let reached = finding(&report, "reached");
    assert_eq!((reached.verdict, report.exit_status()), (Verdict::Failure, 1));
    assert!(reached.message.contains(expected_text), "{report}");
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is not a database, and long enough to be read as the header of one".repeat(20))
        .unwrap();
    let url = format!("sqlite://{}", file.path().display());
    let report = Setup::healthy(Engine::Sqlite).await.examine_with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(verdict(&report, "reached"), Verdict::Failure, "{report}");
}
