//! `latchkey move`: a SQLite file whose server was stopped, into an empty PostgreSQL database.

use latchkey::store::PasswordLookup;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use super::{
    account::PASSWORD,
    granting::with_drive,
    users_command::{latchkey, latchkey_command},
};
use crate::support::database::{Engine, TestDatabase};

/// Every row of a table as text, sorted.
async fn rows(url: &str, table: &str, columns: &[String]) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let texts = columns.iter().map(|column| format!("COALESCE(CAST(\"{column}\" AS TEXT), '-')"));
    let line = texts.collect::<Vec<_>>().join(" || ' ' || ");
    let mut connection = AnyConnection::connect(url).await.expect("connects");
    let statement = format!("SELECT {line} FROM \"{table}\"");
    let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(statement)).fetch_all(&mut connection).await.expect("rows");
    connection.close().await.expect("closes");
    let mut rows: Vec<String> = rows.into_iter().map(|(row,)| row).collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_arrives_and_opens_there() {
    let (app, ada, identity) = with_drive(Engine::Sqlite).await;
    ada.submit("/settings/password", &[("password", PASSWORD)]).await;
    app.sign_up(&app.browser(), "grace@example.com", PASSWORD).await;
    app.database
        .execute(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 450) \
             INSERT INTO users (id, name, created_at) SELECT 'u' || n, 'O''Brien \u{e9}', n FROM numbers",
        )
        .await;
    let target = TestDatabase::empty(Engine::Postgres).await;
    let to = ["move", "--to", target.url.as_str(), "--json"];
    let in_use = latchkey(&app, &to, &[]).await;
    assert_eq!(in_use.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&in_use.stderr).contains("stop it first"), "{in_use:?}");
    assert_eq!(target.count("users").await, 0);

    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    app.database.execute(&format!("VACUUM INTO '{}'", copy.display())).await;
    let source = format!("sqlite://{}", copy.display());
    let mut command = latchkey_command(&app, &to);
    command.env("DATABASE_URL", &source);
    let run = async |mut command: std::process::Command| {
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
    };
    let moved = run(command).await;
    assert_eq!(moved.status.code(), Some(0), "{moved:?}");
    let report: Value = serde_json::from_slice(&moved.stdout).expect("JSON");
    assert_eq!((&report["tables"]["users"], &report["schema"]), (&Value::from(452), &Value::from(1)));
    for (table, count) in report["tables"].as_object().expect("tables") {
        let columns =
            app.database.text(&format!("SELECT group_concat(name, ' ') FROM pragma_table_info('{table}')")).await;
        let columns: Vec<String> = columns.split(' ').map(str::to_owned).collect();
        let (here, there) = (rows(&source, table, &columns).await, rows(&target.url, table, &columns).await);
        assert_eq!(here, there, "{table}");
        assert_eq!(count.as_u64(), u64::try_from(there.len()).ok(), "{table}");
    }

    let store = target.open().await;
    let email = latchkey::accounts::EmailAddress::parse("grace@example.com").expect("an address");
    assert!(matches!(store.password_lookup(&email).await, Ok(PasswordLookup::Found { .. })));
    assert!(matches!(store.open_grant(&identity).await, Ok(latchkey::store::FoundGrant::Live(_))));

    // A second time, the target is not empty; and it is no source.
    let mut again = latchkey_command(&app, &to);
    again.env("DATABASE_URL", &source);
    let again = run(again).await;
    assert!(String::from_utf8_lossy(&again.stderr).contains("has rows"), "{again:?}");
    let mut backwards = latchkey_command(&app, &["move", "--to", source.as_str()]);
    backwards.env("DATABASE_URL", &target.url);
    assert_eq!(run(backwards).await.status.code(), Some(2));
    assert_eq!(target.count("users").await, 452);
}
