//! `latchkey doctor` as it is called: its output and its exit status.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::patient::{KEY, Patient};
use crate::support::database::Engine;

/// Runs the command in an empty folder with these settings and no others.
async fn doctor(folder: &TempDir, arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
    command.arg("doctor").args(arguments).current_dir(folder.path()).env_clear().envs(settings.iter().cloned());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_fits_a_pipeline_and_the_output_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let patient = Patient::healthy(Engine::Sqlite).await;
    let well = doctor(&folder, &[], &patient.settings()).await;
    assert_eq!(well.status.code(), Some(0), "{well:?}");
    assert!(text(&well.stdout).ends_with("Nothing failed; 2 hints.\n"), "{}", text(&well.stdout));

    let mut settings = patient.settings();
    settings.push(("GOOGLE_CLIENT_SECRET".to_owned(), "hush".to_owned()));
    let ill = doctor(&folder, &["--json"], &settings).await;
    assert_eq!(ill.status.code(), Some(1), "{ill:?}");
    let json: Value = serde_json::from_slice(&ill.stdout).expect("JSON and nothing else");
    assert_eq!((&json["schema"], &json["outcome"]), (&1.into(), &"failed".into()));
    assert_eq!(json["providers"][0]["redirect_uri"], "http://localhost:3000/auth/callback/google");

    for output in [well, ill] {
        for stream in [output.stdout, output.stderr] {
            assert!([KEY, "hush", "sandbox-google-secret"].iter().all(|secret| !text(&stream).contains(secret)));
        }
    }
}

#[tokio::test]
async fn an_unusable_configuration_is_one_sentence() {
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
async fn a_newcomer_hears_of_the_sandbox_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = doctor(&folder, &[], &[]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(text(&output.stdout).contains("the sandbox will play the providers"), "{}", text(&output.stdout));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
