//! The signing keys' part, and `latchkey keys` as it is called.

use std::process::Output;

use latchkey::{doctor::Verdict, relying_party::Clock, sealing::Sealer, store::Database, tokens::rotate_keys};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use super::patient::{KEY, Patient, finding, verdict};
use crate::support::database::Engine;

/// The keys of a server that has run in token mode, sealed with the patient's key.
async fn make_keys(patient: &Patient) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let key = STANDARD.decode(KEY).unwrap();
    let sealer = Sealer::new([key.as_slice()].into_iter(), "database").unwrap();
    let database = Database::connect(&patient.database.url, sealer).await.unwrap();
    rotate_keys(&database, Clock::default().now()).await.unwrap();
    database.close().await;
}

#[rstest]
#[tokio::test]
async fn keys_in_order_are_fine_and_none_is_no_trouble(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let patient = Patient::healthy(engine).await;
    let report = patient.examine().await;
    assert_eq!(verdict(&report, "read"), Verdict::Ok, "{report}");
    assert_eq!(patient.database.count("signing_keys").await, 0, "looking makes none");
    make_keys(&patient).await;
    let report = patient.examine().await;
    for check in ["signs", "next", "past", "sealed"] {
        assert_eq!(verdict(&report, check), Verdict::Ok, "{report}");
    }
}

#[rstest]
#[case::no_next("DELETE FROM signing_keys WHERE signs_from > created_at", "next")]
#[case::long_asleep("UPDATE signing_keys SET created_at = 1, signs_from = 1, signs_until = 2, expires_at = 3", "signs")]
#[case::not_ours("UPDATE signing_keys SET private_key = 'AAAA'", "sealed")]
#[tokio::test]
async fn keys_out_of_order_are_told(
    #[case] sql: &str,
    #[case] check: &str,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let patient = Patient::healthy(engine).await;
    make_keys(&patient).await;
    patient.database.execute(sql).await;
    let report = patient.examine().await;
    assert_eq!(finding(&report, check).verdict, Verdict::Warning, "{report}");
}

/// Runs the command in an empty folder with these settings and no others.
async fn keys(folder: &TempDir, arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.arg("keys").args(arguments).current_dir(folder.path()).env_clear().envs(settings.iter().cloned());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lists_and_rotates(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let patient = Patient::healthy(engine).await;
    let settings = patient.settings();
    let none = keys(&folder, &["list"], &settings).await;
    assert_eq!(none.status.code(), Some(0), "{none:?}");
    assert!(std::str::from_utf8(&none.stdout).unwrap().starts_with("There are no signing keys yet"), "{none:?}");

    let rotated = keys(&folder, &["rotate", "--json"], &settings).await;
    assert_eq!(rotated.status.code(), Some(0), "{rotated:?}");
    let report: Value = serde_json::from_slice(&rotated.stdout).expect("JSON and nothing else");
    assert_eq!((&report["keys"][0]["state"], &report["keys"][1]["state"]), (&"signs".into(), &"next".into()));

    let listed = keys(&folder, &["list", "--json"], &settings).await;
    assert_eq!(listed.stdout, rotated.stdout);
    let text = keys(&folder, &["list"], &settings).await;
    let text = std::str::from_utf8(&text.stdout).unwrap().to_owned();
    assert!(text.lines().count() == 2 && text.contains("signs    until 2"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_put_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Patient::healthy(Engine::Sqlite).await.settings();
    settings.push(("DATABASE_URL".to_owned(), "sqlite://nowhere.db".to_owned()));
    for wish in ["list", "rotate"] {
        let output = keys(&folder, &[wish], &settings).await;
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(
            output.stdout.is_empty() && std::str::from_utf8(&output.stderr).unwrap().contains("does not exist yet")
        );
    }
    assert!(!folder.path().join("nowhere.db").exists());
}
