//! The signing key checks, and `latchkey keys` on the command line.

use std::process::Output;

use latchkey::{
    doctor::Verdict,
    relying_party::Clock,
    sealing::Sealer,
    store::Database,
    tokens::{Urgency, rotate_keys},
};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use super::setup::{KEY, Setup, finding, verdict};
use crate::support::database::Engine;

/// Creates the keys as a server in token mode does.
async fn make_keys(setup: &Setup) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let key = STANDARD.decode(KEY).unwrap();
    let sealer = Sealer::new([key.as_slice()].into_iter(), "database").unwrap();
    let database = Database::connect(&setup.database.url, sealer).await.unwrap();
    rotate_keys(&database, Clock::default().now(), Urgency::Regular).await.unwrap();
    database.close().await;
}

#[rstest]
#[tokio::test]
async fn a_complete_set_is_ok_and_so_is_none(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let setup = Setup::healthy(engine).await;
    let report = setup.examine().await;
    assert_eq!(verdict(&report, "read"), Verdict::Ok, "{report}");
    assert_eq!(setup.database.count("signing_keys").await, 0, "the doctor creates none");
    make_keys(&setup).await;
    let report = setup.examine().await;
    for check in ["signs", "next", "past", "sealed"] {
        assert_eq!(verdict(&report, check), Verdict::Ok, "{report}");
    }
}

#[rstest]
#[case::no_next("DELETE FROM signing_keys WHERE signs_from > created_at", "next")]
#[case::all_expired("UPDATE signing_keys SET created_at = 1, signs_from = 1, signs_until = 2, expires_at = 3", "signs")]
#[case::other_secret_key("UPDATE signing_keys SET private_key = 'AAAA'", "sealed")]
#[tokio::test]
async fn an_incomplete_set_is_a_warning(
    #[case] sql: &str,
    #[case] check: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let setup = Setup::healthy(engine).await;
    make_keys(&setup).await;
    setup.database.execute(sql).await;
    let report = setup.examine().await;
    assert_eq!(finding(&report, check).verdict, Verdict::Warning, "{report}");
}

/// Runs the command with these environment variables and no others.
async fn keys(folder: &TempDir, arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.arg("keys").args(arguments).current_dir(folder.path()).env_clear().envs(settings.iter().cloned());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_listed_and_rotated(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::healthy(engine).await;
    let settings = setup.settings();
    let none = keys(&folder, &["list"], &settings).await;
    assert_eq!(none.status.code(), Some(0), "{none:?}");
    assert!(std::str::from_utf8(&none.stdout).unwrap().starts_with("There are no signing keys yet"), "{none:?}");

    let rotated = keys(&folder, &["rotate", "--json"], &settings).await;
    assert_eq!(rotated.status.code(), Some(0), "{rotated:?}");
    let report: Value = serde_json::from_slice(&rotated.stdout).expect("JSON and nothing else");
    assert_eq!((&report["keys"][0]["state"], &report["keys"][1]["state"]), (&"signs".into(), &"next".into()));

    let listed = keys(&folder, &["list", "--json"], &settings).await;
    assert_eq!(listed.stdout, rotated.stdout);

    let early = keys(&folder, &["rotate"], &settings).await;
    let sentence = std::str::from_utf8(&early.stderr).unwrap();
    assert_eq!((early.status.code(), early.stdout.len()), (Some(2), 0), "{early:?}");
    assert!(sentence.contains("run this again after 2") && sentence.contains("--now"), "{sentence}");
    let unchanged = keys(&folder, &["list", "--json"], &settings).await;
    assert_eq!(unchanged.stdout, listed.stdout);
    let text = keys(&folder, &["list"], &settings).await;
    let text = std::str::from_utf8(&text.stdout).unwrap().to_owned();
    assert!(text.lines().count() == 2 && text.contains("signs    until 2"), "{text}");

    let urgent = keys(&folder, &["rotate", "--now", "--json"], &settings).await;
    assert_eq!(urgent.status.code(), Some(0), "{urgent:?}");
    let after: Value = serde_json::from_slice(&urgent.stdout).expect("JSON and nothing else");
    let signs = |report: &Value| {
        let mut keys = report["keys"].as_array().unwrap().iter();
        keys.find(|key| key["state"] == "signs").unwrap()["kid"].clone()
    };
    assert_eq!(signs(&after), report["keys"][1]["kid"], "what was next signs");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_commands_fail_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Setup::healthy(Engine::Sqlite).await.settings();
    settings.push(("DATABASE_URL".to_owned(), "sqlite://nowhere.db".to_owned()));
    for command in ["list", "rotate"] {
        let output = keys(&folder, &[command], &settings).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            output.stdout.is_empty() && std::str::from_utf8(&output.stderr).unwrap().contains("does not exist yet")
        );
    }
    assert!(!folder.path().join("nowhere.db").exists());
}
