//! The plan of every statement of the store: none reads a whole table that grows, on either engine, with and without
//! statistics. A new statement without an index fails here.

mod statements;

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use self::statements::statements;
use crate::support::database::{Engine, TestDatabase};

/// As many rows as operators decide on, or a bounded number.
const SMALL_TABLES: [&str; 2] = ["signing_keys", "_sqlx_migrations"];

/// What may read a whole table, and why.
const EXEMPT: [(&str, &str); 4] = [
    ("SELECT 1 FROM users LIMIT 1", "stops at the first row"),
    ("FROM sqlite_master", "the tables of the schema"),
    ("SELECT (SELECT count(*) FROM users)", "counts for a monitoring system, at most once a minute"),
    ("FROM outbox GROUP BY kind", "the same; what is delivered is not in it"),
];

/// Rows that look like those of an installation in use: of the columns that are mostly empty, one in a hundred is set.
const ROWS: [&str; 21] = [
    "INSERT INTO users (id, verified_email, verified_email_method, claimed_email, created_at) \
     SELECT 'u' || n, CASE WHEN n % 100 > 0 THEN 'u' || n || '@example.com' END, \
     CASE WHEN n % 100 > 0 THEN 'authority' END, CASE WHEN n % 100 = 0 THEN 'c' || n || '@example.com' END, n FROM numbers",
    "INSERT INTO identities (id, user_id, issuer, subject, provider, email_verified, linked_at, last_used_at) \
     SELECT 'i' || n, 'u' || n, 'https://accounts.google.com', 's' || n, 'google', 1, n, n FROM numbers",
    "INSERT INTO sessions (id, id_hash, version, user_id, identity_id, provider_session, data, created_at, last_seen_at, reauthenticated_at, \
     signed_in_by, reauthenticated_by, expires_at, absolute_expires_at) SELECT 's' || n, 'h' || n, 1, 'u' || n, \
     CASE WHEN n % 2 = 0 THEN 'i' || n END, CASE WHEN n % 100 = 0 THEN 'p' || n END, '{}', n, n, n, '[]', '[]', n, n FROM numbers",
    "INSERT INTO ended_sessions (session_key, user_id, reason, ended_at) \
     SELECT 'e' || n, CASE WHEN n % 100 > 0 THEN 'u' || n END, 'expired', n FROM numbers",
    "INSERT INTO used_flows (id_hash, completed_by, expires_at) \
     SELECT 'f' || n, CASE WHEN n % 100 = 0 THEN 'c' || n END, n FROM numbers",
    "INSERT INTO email_tokens (token_hash, kind, user_id, email, data, created_at, expires_at) \
     SELECT 't' || n, 'sign_up', CASE WHEN n % 100 = 0 THEN 'u' || n END, 'e' || n, '{}', n, n FROM numbers",
    "INSERT INTO grants (identity_id, user_id, provider, scopes, agreed_scopes, access_token, refresh_token, generation, \
     given_at) SELECT 'i' || n, 'u' || n, 'google', '', '', '0a1b2c3d.x', \
     CASE WHEN n % 10 > 0 THEN '0a1b2c3d.x' END, 1, n FROM numbers",
    "INSERT INTO passwords (user_id, hash, set_at) SELECT 'u' || n, '', n FROM numbers",
    "INSERT INTO refresh_tokens (session, generation, token_hash, issued_at, renewed_generation, holder) \
     SELECT 's' || n, 1, 't' || n, n, 1, 'browser' FROM numbers",
    "INSERT INTO email_codes (asked_by, session_id, user_id, email, code_mac, attempts, return_to, expires_at) \
     SELECT 's' || n, 's' || n, 'u' || n, '', '', 0, '/', n FROM numbers",
    "INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, aaguid, name, transports, backup_eligible, \
     backed_up, created_at) SELECT 'p' || n, 'u' || n, 'c' || n, '', 0, '', '', '', 1, 1, n FROM numbers",
    "INSERT INTO pending_email_changes (user_id, email, expires_at) SELECT 'u' || n, 'e' || n, n FROM numbers",
    "INSERT INTO totp (user_id, secret, last_step, after_providers, enrolled_at, added_at) \
     SELECT 'u' || n, '0a1b2c3d.x', 0, 0, n, n FROM numbers",
    "INSERT INTO recovery_codes (mac, user_id) SELECT 'm' || n, 'u' || n FROM numbers",
    "INSERT INTO pending_sign_ins (id_hash, user_id, attempts, expires_at) SELECT 'h' || n, 'u' || n, 0, n FROM numbers",
    "INSERT INTO trusted_browsers (id, token_hash, user_id, created_at, last_used_at, expires_at) \
     SELECT 't' || n, 'h' || n, 'u' || n, n, n, n FROM numbers",
    "INSERT INTO data_deletions (code, provider, outcome, requested_at) SELECT 'd' || n, 'facebook', 'nothing_held', n FROM numbers",
    "INSERT INTO known_browsers (user_id, browser, session_id, last_used_at) SELECT 'u' || n, 'b' || n, 's' || n, n FROM numbers",
    "INSERT INTO security_notices (user_id, kind, sent_at) SELECT 'u' || n, 'new_device', n FROM numbers",
    "INSERT INTO rate_limits (bucket, full_at) SELECT 'b' || n, n FROM numbers",
    "INSERT INTO outbox (id, kind, priority, user_id, about, sealed, created_at, due_at, attempts) \
     SELECT 'o' || n, 'email', 1, 'u' || n, CASE WHEN n % 100 = 0 THEN 'a' || n END, '', n, n, 0 FROM numbers",
];

/// Twenty thousand.
const NUMBERS: &str = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000) ";

async fn filled(engine: Engine) -> TestDatabase {
    let test = TestDatabase::empty(engine).await;
    test.open().await.close().await;
    for rows in ROWS {
        let (head, select) = rows.split_at(rows.find("SELECT").expect("a SELECT"));
        test.execute(&format!("{head}{NUMBERS}{select}")).await;
    }
    // Columns may be added to the events: only those that cannot be empty are set here.
    test.execute(&format!(
        "INSERT INTO events ({}) {NUMBERS} SELECT {} FROM numbers",
        event_columns().map(|(name, _)| name).join(", "),
        event_columns().map(|(_, value)| value).join(", ")
    ))
    .await;
    test
}

fn event_columns() -> [(&'static str, &'static str); 10] {
    [
        ("id", "'e' || n"),
        ("at", "n"),
        ("kind", "'session'"),
        ("user_id", "CASE WHEN n % 100 > 0 THEN 'u' || n END"),
        ("outcome", "'ok'"),
        ("reasons", "'[]'"),
        ("times", "1"),
        ("last_at", "n"),
        ("fold", "CASE WHEN n % 100 = 1 THEN 'f' || n END"),
        ("request_id", "CASE WHEN n % 100 = 0 THEN 'r' || n END"),
    ]
}

/// What reads or writes the tables of the other engine.
fn is_for(engine: Engine, statement: &str) -> bool {
    let postgres = ["pg_", "SKIP LOCKED", "current_setting", "= ANY ("].iter().any(|word| statement.contains(word));
    let sqlite = statement.contains("sqlite_master") || statement.starts_with("SELECT 0, ");
    match engine {
        Engine::Sqlite => !postgres,
        Engine::Postgres => !sqlite && !has_twin_for_postgres(statement),
    }
}

/// A batch of rows is looked up by an array there.
fn has_twin_for_postgres(statement: &str) -> bool {
    let Some((head, rows)) = statement.split_once(" IN (SELECT ") else { return false };
    let rows = rows.split(" LIMIT ").next().unwrap_or_default();
    statements().iter().any(|other| other.starts_with(&format!("{head} = ANY (ARRAY(SELECT {rows}")))
}

fn is_exempt(statement: &str) -> bool {
    EXEMPT.iter().any(|(part, _)| statement.contains(part))
        || SMALL_TABLES.iter().any(|table| statement.contains(&format!(" {table} ")))
}

fn checked(engine: Engine) -> Vec<String> {
    let all: BTreeSet<_> = statements();
    assert!(all.len() > 80, "only {} statements were found", all.len());
    all.into_iter().filter(|statement| is_for(engine, statement) && !is_exempt(statement)).collect()
}

#[test]
fn statements_of_every_kind_are_found() {
    let all = statements();
    let has = |part: &str| all.iter().any(|statement| statement.contains(part));
    assert!(has("UPDATE users SET claimed_email = NULL WHERE id = $1"), "a text");
    assert!(has("FROM users WHERE verified_email = $1"), "concat! with a macro");
    assert!(has("WHERE sessions.id_hash = $1 AND sessions.expires_at > $2"), "a macro with a parameter");
    assert!(has("request_id = $1"), "a macro within a macro");
    assert!(has("DELETE FROM sessions WHERE id IN"), "a constant");
}

/// A table that is read from its beginning to its end, in the words of `EXPLAIN QUERY PLAN`, or by an index that finds all rows
/// where a column is empty: SQLite takes those of a unique column for one row.
async fn sqlite_scans(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let plan = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
        .fetch_all(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    let details = plan.iter().map(|row| row.get::<String, _>("detail"));
    let is_scan = |detail: &String| detail.starts_with("SCAN ") && !detail.contains("CONSTANT");
    details.filter(|detail| is_scan(detail) || finds_what_is_empty(detail, statement)).collect()
}

fn finds_what_is_empty(detail: &str, statement: &str) -> bool {
    let column = detail.rsplit_once('(').and_then(|(_, condition)| condition.strip_suffix("=?)"));
    let says = |condition: &str| statement.contains(condition);
    column.is_some_and(|column| says(&format!(" {column} IS NULL")) && !says(&format!("{column} = $")))
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_sqlite() {
    let test = filled(Engine::Sqlite).await;
    let mut connection = SqliteConnection::connect(&test.url).await.expect("connects");
    for statistics in ["without", "with"] {
        if statistics == "with" {
            sqlx::raw_sql("ANALYZE").execute(&mut connection).await.expect("analyses");
            connection.close().await.expect("closes");
            connection = SqliteConnection::connect(&test.url).await.expect("reads them");
        }
        for statement in checked(Engine::Sqlite) {
            let scans = sqlite_scans(&mut connection, &statement).await;
            assert!(scans.is_empty(), "{statistics} statistics: {scans:?} in {statement}");
        }
    }
    let scans = sqlite_scans(&mut connection, "SELECT id FROM users WHERE name = $1").await;
    assert_eq!(scans, ["SCAN users"], "the counterpart");
    let scans = sqlite_scans(&mut connection, "SELECT id FROM sessions WHERE id_hash IS NULL").await;
    assert_eq!(scans.len(), 1, "{scans:?}: the counterpart");
}

/// Tables that are read whole: sequentially, or by an index without a condition. The plan is the general one, for any
/// parameters.
async fn postgres_scans(connection: &mut PgConnection, statement: &str) -> Vec<String> {
    let parameters = (1..20).take_while(|number| statement.contains(&format!("${number}"))).count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let call = if parameters == 0 { String::new() } else { format!("({nulls})") };
    // The driver sends the types of parameters. Where PostgreSQL cannot tell them itself, they are one of these.
    let texts = format!("({})", vec!["text"; parameters].join(", "));
    let numbers = texts.replace(", text", ", bigint");
    let mut prepared = Ok(());
    for types in ["", &texts, &numbers] {
        let prepare = format!("DEALLOCATE ALL; PREPARE statement {types} AS {statement}");
        prepared = sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.map(drop);
        if prepared.is_ok() {
            break;
        }
    }
    prepared.unwrap_or_else(|error| panic!("{statement}: {error}"));
    let (plan,): (serde_json::Value,) = {
        let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) EXECUTE statement {call}")))
            .fetch_one(connection)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        (serde_json::from_str(&rows.get_unchecked::<String, _>(0)).expect("JSON"),)
    };
    let mut scans = Vec::new();
    add_scans(&plan[0]["Plan"], &mut scans);
    scans
}

fn add_scans(node: &serde_json::Value, scans: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let reads_all = match kind {
        "Seq Scan" => true,
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => node["Index Cond"].is_null(),
        _ => false,
    };
    if reads_all {
        scans.push(format!("{kind} on {} {}", node["Relation Name"], node["Index Name"]));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        add_scans(child, scans);
    }
}

#[tokio::test]
async fn no_statement_reads_a_whole_table_on_postgresql() {
    let test = filled(Engine::Postgres).await;
    for statistics in ["without", "with"] {
        let mut connection = PgConnection::connect(&test.url).await.expect("connects");
        let settings = match statistics {
            // A table of unknown size is read sequentially when that looks cheap; the question is whether an index is
            // there.
            "without" => "SET enable_seqscan = off",
            _ => "ANALYZE",
        };
        sqlx::raw_sql(settings).execute(&mut connection).await.expect(settings);
        sqlx::raw_sql("SET plan_cache_mode = force_generic_plan").execute(&mut connection).await.expect("sets");
        for statement in checked(Engine::Postgres) {
            let scans = postgres_scans(&mut connection, &statement).await;
            assert!(scans.is_empty(), "{statistics} statistics: {scans:?} in {statement}");
        }
        let scans = postgres_scans(&mut connection, "SELECT id FROM users WHERE name = $1").await;
        assert_eq!(scans.len(), 1, "the counterpart");
    }
}

/// Deleting a row looks for the rows that refer to it.
#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let test = filled(Engine::Sqlite).await;
    let mut connection = SqliteConnection::connect(&test.url).await.expect("connects");
    let keys = sqlx::raw_sql(
        "SELECT tables.name AS child, keys.\"from\" AS column_name FROM sqlite_master AS tables \
         JOIN pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("reads");
    assert!(keys.len() >= 6, "{}", keys.len());
    for key in keys {
        let (child, column) = (key.get::<String, _>("child"), key.get::<String, _>("column_name"));
        let statement = format!("UPDATE {child} SET {column} = NULL WHERE {column} = $1");
        assert!(sqlite_scans(&mut connection, &statement).await.is_empty(), "{statement}");
    }
}
