//! `latchkey keys`

use std::{io::Write, process::ExitCode};

use clap::Subcommand;
use latchkey::{
    config::{Config, Environment},
    doctor,
    relying_party::Clock,
    tokens::{self, KeyReport, Urgency},
};

use super::database::connect;
use crate::Failure;

#[derive(Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// List the current key, the next one, and former keys that are still accepted. Read-only.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sign with the next key from now on, and create a new next key. Running servers follow within a minute; tokens of the
    /// old key stay valid until they expire. Refused for fifteen minutes after the next key was published, since services
    /// that cache the key set may not have it.
    Rotate {
        /// Do not wait for services that cache the key set: the signing key has leaked.
        #[arg(long)]
        now: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(command: KeysCommand) -> ExitCode {
    let (KeysCommand::List { json } | KeysCommand::Rotate { json, .. }) = command;
    match report(command).await {
        Ok(report) => {
            let text = if json { report.to_json() } else { report.to_string() };
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            ExitCode::from(2)
        }
    }
}

async fn report(command: KeysCommand) -> Result<KeyReport, Failure> {
    let environment = Environment::of_process()?;
    let config = match command {
        KeysCommand::List { .. } => Config::inspect(&environment)?,
        // Requires a persistent SECRET_KEY, which seals the new key.
        KeysCommand::Rotate { .. } => Config::parse(&environment)?,
    };
    doctor::check_schema(&config).await?;
    let database = connect(&config).await?;
    let now = Clock::default().now();
    let report = match command {
        KeysCommand::List { .. } => tokens::list_keys(&database, now).await,
        KeysCommand::Rotate { now: true, .. } => tokens::rotate_keys(&database, now, Urgency::Immediate).await,
        KeysCommand::Rotate { .. } => tokens::rotate_keys(&database, now, Urgency::Regular).await,
    };
    database.close().await;
    Ok(report?)
}
