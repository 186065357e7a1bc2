//! Fills a database with users by set-based SQL.

use std::path::Path;

use latchkey::{accounts::UserId, store::Database};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use url::Url;

use crate::Failure;

/// The present of the rows: their sessions are valid.
pub const NOW: i64 = 1_800_000_000;

/// The id of the user with this number, a UUID.
pub fn user_id(number: u32) -> Result<UserId, Failure> {
    Ok(UserId::parse(&format!("01900000-0000-7000-8000-{number:012}"))?)
}

/// The same in SQL, for the column `n`.
const USER: &str = "'01900000-0000-7000-8000-' || substr('000000000000' || n, length('' || n) + 1)";

/// The id of the session with this number.
pub fn session_id(number: u32) -> String {
    format!("a0nR{number:018}")
}

/// The same in SQL, and ids of events: in the order of time, a second before [`NOW`].
const SESSION: &str = "'a0nR' || substr('000000000000000000' || n, length('' || n) + 1)";
const EVENT: &str = "'01a3185c-4c18-7000-8000-' || substr('' || (1999999999999 - n), 2)";

/// A filled database: in `folder`, or beside that of a PostgreSQL URL. The one that is there already is used.
pub async fn database(postgres: Option<&str>, folder: &Path, users: u32) -> Result<String, Failure> {
    sqlx::any::install_default_drivers();
    let name = format!("latchkey_large_{users}");
    let url = match postgres {
        None => format!("sqlite://{}", folder.join(&name).display()),
        Some(server) => {
            let mut url = Url::parse(server)?;
            url.set_path(&name);
            let mut connection = AnyConnection::connect(server).await?;
            // Refused where it exists.
            drop(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await);
            url.into()
        }
    };
    let database = Database::connect(&url, crate::sealer()?).await?;
    database.migrate().await?;
    database.close().await;
    let mut connection = AnyConnection::connect(&url).await?;
    let (present,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS one").fetch_one(&mut connection).await?;
    if present == 0 {
        for statement in statements(users) {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        }
    }
    connection.close().await?;
    Ok(url)
}

/// As an operator may, or autovacuum.
pub async fn analyze(url: &str) -> Result<(), Failure> {
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql("ANALYZE").execute(&mut connection).await?;
    Ok(connection.close().await?)
}

fn statements(users: u32) -> Vec<String> {
    let numbers = |rows: u32| {
        format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})")
    };
    // The number of a row in `n`, that of its user in `u`.
    let of_users = |rows: u32| format!("(SELECT n, n % {users} + 1 AS u FROM numbers WHERE n <= {rows}) AS rows");
    let owner = USER.replace("n)", "u)").replace("|| n", "|| u");
    let (sessions, events) = (users * 5, users * 10);
    vec![
        format!(
            "INSERT INTO users (id, name, verified_email, verified_email_method, claimed_email, created_at) {} \
             SELECT {USER}, 'User ' || n, CASE WHEN n % 100 > 0 THEN 's' || n || '@example.com' END, \
             CASE WHEN n % 100 > 0 THEN 'provider_claim' END, \
             CASE WHEN n % 100 = 0 THEN 's' || n || '@example.com' END, {NOW} - n FROM numbers",
            numbers(users)
        ),
        format!(
            "INSERT INTO identities (id, user_id, issuer, subject, provider, email, email_verified, linked_at, \
             last_used_at) {} SELECT '02' || substr({USER}, 3), {USER}, 'https://accounts.google.com', 's' || n, \
             'google', 's' || n || '@example.com', 1, {NOW} - n, {NOW} - n FROM numbers",
            numbers(users)
        ),
        format!(
            "INSERT INTO sessions (id, id_hash, version, user_id, provider, user_agent, ip, data, created_at, \
             last_seen_at, reauthenticated_at, signed_in_by, reauthenticated_by, expires_at, absolute_expires_at) {} \
             SELECT {SESSION}, 'h' || n, 1, {owner}, 'google', 'Browser', '192.0.2.1', '{{}}', {NOW} - n, {NOW} - n, \
             {NOW} - n, '[]', '[]', {NOW} + 1000000 + n, {NOW} + 9000000 + n FROM {}",
            numbers(sessions),
            of_users(sessions)
        ),
        format!(
            "INSERT INTO events (id, at, kind, user_id, provider, outcome, reasons, times, last_at, request_id) {} \
             SELECT {EVENT}, {NOW} - n, 'sign_in', CASE WHEN n % 100 > 0 THEN {owner} END, 'google', 'sign_in', '[]', 1, {NOW} - n, \
             CASE WHEN n % 10 = 0 THEN 'r' || n END FROM {}",
            numbers(events),
            of_users(events)
        ),
    ]
}
