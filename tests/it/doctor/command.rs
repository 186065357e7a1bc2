//! `latchkey doctor` on the command line: its output and exit status.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::setup::{KEY, Setup};
use crate::support::database::Engine;

/// Runs the command with these environment variables and no others.
async fn doctor(folder: &TempDir, arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.arg("doctor").args(arguments).current_dir(folder.path()).env_clear().envs(settings.iter().cloned());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_shows_failures_and_no_secret_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::healthy(Engine::Sqlite).await;
    let healthy = doctor(&folder, &[], &setup.settings()).await;
    assert_eq!(healthy.status.code(), Some(0), "{healthy:?}");
    assert!(text(&healthy.stdout).ends_with("Nothing failed; 2 hints.\n"), "{}", text(&healthy.stdout));

    let mut settings = setup.settings();
    settings.push(("GOOGLE_CLIENT_SECRET".to_owned(), "hush".to_owned()));
    let failed = doctor(&folder, &["--json"], &settings).await;
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    let json: Value = serde_json::from_slice(&failed.stdout).expect("JSON and nothing else");
    assert_eq!((&json["schema"], &json["outcome"]), (&1.into(), &"failed".into()));
    assert_eq!(json["providers"][0]["redirect_uri"], "http://localhost:3000/auth/callback/google");

    for output in [healthy, failed] {
        for stream in [output.stdout, output.stderr] {
            assert!([KEY, "hush", "sandbox-google-secret"].iter().all(|secret| !text(&stream).contains(secret)));
        }
    }
}

#[tokio::test]
async fn an_unusable_configuration_prints_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("BASE_URL".to_owned(), "http://app.example".to_owned())];
    let output = doctor(&folder, &[], &settings).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let sentence = text(&output.stdout);
    assert!(sentence.starts_with("latchkey: BASE_URL must be https") && sentence.lines().count() == 1, "{sentence}");

    let output = doctor(&folder, &["--json"], &settings).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["outcome"], &json["base_url"]), (&"unusable".into(), &Value::Null));
}

#[tokio::test]
async fn without_settings_it_mentions_the_sandbox_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = doctor(&folder, &[], &[]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        text(&output.stdout).contains("the built-in sandbox stands in for all of them"),
        "{}",
        text(&output.stdout)
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
