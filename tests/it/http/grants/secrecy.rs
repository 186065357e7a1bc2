//! Tokens stay where they are.

use std::collections::HashSet;

use latchkey::grants::DriveMetadataReadonly;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    http::{
        app::App,
        granting::{DRIVE, with_drive},
        log,
    },
    support::database::Engine,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn tokens_appear_in_no_page_log_or_database(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let from = log::length();
    let (app, browser, identity) = with_drive(engine).await;
    let mut tokens = app.token_texts(&identity).await;
    app.advance(3600).await;
    app.grants.take::<DriveMetadataReadonly>(&identity).await.expect("renewed");
    tokens.extend(app.token_texts(&identity).await);
    let mut seen = String::new();
    for path in ["/dashboard", "/settings", "/settings/data.json"] {
        seen.push_str(&browser.get(path).await.body);
    }
    // A queued revocation contains a token as well.
    app.fail_once("revoke", json!({ "kind": "status", "status": 500 })).await;
    seen.push_str(&dump(&app, engine).await);
    browser.disconnect(&identity).await;
    assert_eq!(app.queued_revocations().await, 1);
    seen.push_str(&dump(&app, engine).await);
    seen.push_str(&app.events().await);
    let log = log::since(from);
    let distinct: HashSet<_> = tokens.iter().collect();
    assert_eq!((tokens.len(), distinct.len()), (4, 3), "the refresh token stayed, the access token is another");
    for token in distinct {
        assert!(token.len() > 30, "{token}");
        assert!(!seen.contains(token.as_str()) && !log.contains(token.as_str()), "{token}");
    }
    let asked = app.requests(app.sandbox.origin()).await;
    assert!(asked.iter().all(|request| !request["query"].to_string().contains("token")), "{asked:?}");
    assert!(seen.contains(DRIVE), "the person may know what was granted");
}

/// Everything that the database contains; for SQLite the raw files.
async fn dump(app: &App, engine: Engine) -> String {
    match engine {
        Engine::Sqlite => {
            let file = app.database.url.trim_start_matches("sqlite://").to_owned();
            let mut bytes = std::fs::read(&file).expect("the file");
            bytes.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Engine::Postgres => {
            app.database
                .text(
                    "SELECT (SELECT COALESCE(string_agg(grants::text, ';'), '') FROM grants) \
                     || (SELECT COALESCE(string_agg(outbox::text, ';'), '') FROM outbox) \
                     || (SELECT COALESCE(string_agg(sessions::text, ';'), '') FROM sessions)",
                )
                .await
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_export_lists_grants() {
    let (app, browser, identity) = with_drive(Engine::Sqlite).await;
    let data: Value = serde_json::from_str(&browser.get("/settings/data.json").await.body).expect("JSON");
    let grant = &data["grants"][0];
    assert_eq!((&grant["provider"], &grant["status"]["state"]), (&json!("google"), &json!("live")));
    assert!(grant["scopes"].as_array().expect("scopes").contains(&json!(DRIVE)));
    browser.disconnect(&identity).await;
    let data: Value = serde_json::from_str(&browser.get("/settings/data.json").await.body).expect("JSON");
    assert_eq!(data["grants"][0]["status"]["revocation"], "done");
    assert_eq!(app.database.count("grants").await, 1);
}
