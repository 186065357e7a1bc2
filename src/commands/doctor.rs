//! `latchkey doctor`

use std::{io::Write, process::ExitCode};

use latchkey::{
    config::{Config, Environment},
    doctor,
    relying_party::Clock,
};

use super::sandbox;

pub async fn run(json: bool) -> ExitCode {
    let report = match Environment::of_process().and_then(|environment| Config::inspect(&environment)) {
        Ok(config) => doctor::examine(&config, Clock::default(), sandbox::IS_INCLUDED).await,
        Err(error) => doctor::Report::unusable(error.to_string()),
    };
    let text = if json { report.to_json() } else { report.to_string() };
    // A reader such as `head` may close the pipe early; the exit status is still right.
    drop(std::io::stdout().write_all(text.as_bytes()));
    ExitCode::from(report.exit_status())
}
