//! The database's part.

use latchkey::doctor::Verdict;
use rstest::rstest;

use super::patient::{Patient, finding, verdict};
use crate::support::database::{Engine, TestDatabase};

#[rstest]
#[tokio::test]
async fn a_migrated_database_is_current(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let report = Patient::healthy(engine).await.examine().await;
    assert_eq!(verdict(&report, "reached"), Verdict::Ok, "{report}");
    assert_eq!(verdict(&report, "migrations"), Verdict::Ok, "{report}");
}

#[rstest]
#[case::last("DELETE FROM _sqlx_migrations WHERE version = 5", Verdict::Warning, "5 not applied")]
#[case::all("DROP TABLE _sqlx_migrations", Verdict::Warning, "1, 2, 3")]
#[case::newer("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 5", Verdict::Failure, "9999")]
#[case::changed(
    "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1) WHERE version = 5",
    Verdict::Failure,
    "5 applied with another text"
)]
#[case::half_done("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 5", Verdict::Failure, "5 was begun")]
#[tokio::test]
async fn migrations_are_compared(
    #[case] sql: &str,
    #[case] expected: Verdict,
    #[case] told: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let patient = Patient::healthy(engine).await;
    patient.database.execute(sql).await;
    let report = patient.examine().await;
    let migrations = finding(&report, "migrations");
    assert_eq!(migrations.verdict, expected, "{report}");
    assert!(migrations.message.contains(told), "{report}");
}

#[tokio::test]
async fn an_empty_postgres_waits_for_all_migrations() {
    let patient =
        Patient { database: TestDatabase::empty(Engine::Postgres).await, ..Patient::healthy(Engine::Sqlite).await };
    let report = patient.examine().await;
    assert_eq!(verdict(&report, "migrations"), Verdict::Warning, "{report}");
    assert_eq!(patient.database.number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/latchkey.db");
    let url = format!("sqlite://{}", file.display());
    let report = Patient::healthy(Engine::Sqlite).await.examine_with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(verdict(&report, "reached"), Verdict::Hint, "{report}");
    assert!(!file.parent().unwrap().exists());
}

#[rstest]
#[case::nobody_listens("postgres://me:hush@127.0.0.1:1/x?password=hush", "refused")]
#[case::no_database("", "does not exist")]
#[tokio::test]
async fn a_database_that_is_away_is_a_failure(#[case] url: &str, #[case] told: &str) {
    let patient = Patient::healthy(Engine::Postgres).await;
    let url = if url.is_empty() { format!("{}_of_nobody", patient.database.url) } else { url.to_owned() };
    let report = patient.examine_with(&[("DATABASE_URL", &url)]).await;
    let reached = finding(&report, "reached");
    assert_eq!((reached.verdict, report.exit_status()), (Verdict::Failure, 1));
    assert!(reached.message.contains(told), "{report}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_failure() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is not a database, and long enough to be read as the header of one".repeat(20))
        .unwrap();
    let url = format!("sqlite://{}", file.path().display());
    let report = Patient::healthy(Engine::Sqlite).await.examine_with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(verdict(&report, "reached"), Verdict::Failure, "{report}");
}
