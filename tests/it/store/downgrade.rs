//! An older version on a schema that a newer one has migrated: it starts where the schema was only added to.

use latchkey::{
    accounts::Purpose,
    store::{Database, DatabaseCheckup, Reach, StoreError},
};
use rstest::rstest;

use super::{ADA, google, settle};
use crate::support::database::{Engine, TestDatabase, sealer};

/// What a newer version has done.
const ADDITION: &str = "CREATE TABLE colours (id TEXT NOT NULL PRIMARY KEY);
    ALTER TABLE users ADD COLUMN colour TEXT;
    ALTER TABLE sessions ADD COLUMN shade BIGINT NOT NULL DEFAULT 0;";

async fn migrated_by_a_newer_version(engine: Engine, description: &str) -> TestDatabase {
    let test = TestDatabase::empty(engine).await;
    test.open().await.close().await;
    test.execute(ADDITION).await;
    let (success, checksum) = match engine {
        Engine::Sqlite => ("1", "x'00'"),
        Engine::Postgres => ("true", "'\\x00'"),
    };
    test.execute(&format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9000, '{description}', {success}, {checksum}, 0)"
    ))
    .await;
    test
}

async fn start(test: &TestDatabase) -> Result<Database, StoreError> {
    let database = Database::connect(&test.url, sealer()).await.expect("connects");
    database.migrate().await.map(|()| database)
}

async fn blocks_start(test: &TestDatabase) -> bool {
    match DatabaseCheckup::of(&test.url).await.expect("a URL").reach {
        Reach::Reached { migrations: Some(migrations), .. } => migrations.blocks_start(),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn an_older_version_works_with_a_schema_that_was_added_to(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = migrated_by_a_newer_version(engine, "additive colours").await;
    assert!(!blocks_start(&test).await);
    let database = start(&test).await.expect("starts");
    for _ in 0..2 {
        assert!(
            settle(&database, Purpose::SignIn, &google("1", ADA), None).await.expect("settles").signed_in.is_some()
        );
    }
    assert_eq!(test.count("users").await, 1);
    database.close().await;
    // And once more, as does the newer version afterwards: nothing was applied or removed.
    start(&test).await.expect("starts").close().await;
    assert_eq!(test.number("SELECT max(version) FROM _sqlx_migrations").await, 9000);
}

#[rstest]
#[case::not_declared("colours")]
#[case::the_word_elsewhere("no additive colours")]
#[tokio::test]
async fn an_older_version_refuses_any_other_newer_schema(
    #[case] description: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = migrated_by_a_newer_version(engine, description).await;
    assert!(blocks_start(&test).await);
    let error = start(&test).await.expect_err("does not start");
    assert!(error.to_string().contains("9000"), "{error}");
}
