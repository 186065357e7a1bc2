//! `latchkey import`, `latchkey export` and `latchkey move`

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use latchkey::{
    accounts::ClientInfo,
    admin::{self, Report},
    relying_party::Clock,
    sealing::Sealer,
    store::{AuditContext, Database},
};
use secrecy::{ExposeSecret, SecretString};

use super::users::open;
use crate::Failure;

#[derive(Args)]
pub struct Import {
    /// Users, one JSON object per line; `-` for standard input.
    file: PathBuf,
    /// Change nothing; report what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Export {
    /// With the hashes of passwords, which allow offline guessing: protect the file.
    #[arg(long)]
    passwords: bool,
    /// The output is JSON in any case.
    #[arg(long, hide = true)]
    json: bool,
}

#[derive(Args)]
pub struct Move {
    /// An empty PostgreSQL database: postgres://user:password@host/name. PGPASSWORD and ~/.pgpass work, too.
    #[arg(long, value_name = "URL")]
    to: SecretString,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub async fn move_rows(Move { to, json }: Move) -> ExitCode {
    match move_to(&to).await {
        Ok(report) => {
            let text = if json { report.to_json() } else { report.text().to_owned() };
            drop(stdout().write_all(text.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(failure) => failed(&failure),
    }
}

pub async fn import(Import { file, dry_run, json }: Import) -> ExitCode {
    match import_file(&file, dry_run).await {
        Ok((report, complete)) => {
            let text = if json { report.to_json() } else { report.text().to_owned() };
            drop(stdout().write_all(text.as_bytes()));
            ExitCode::from(u8::from(!complete))
        }
        Err(failure) => failed(&failure),
    }
}

pub async fn export(Export { passwords, json: _ }: Export) -> ExitCode {
    match export_all(passwords).await {
        Ok(count) => {
            eprintln!("{count} users");
            ExitCode::SUCCESS
        }
        Err(failure) => failed(&failure),
    }
}

async fn import_file(file: &Path, dry_run: bool) -> Result<(Report, bool), Failure> {
    let input: Box<dyn BufRead> = match file.to_str() {
        Some("-") => Box::new(BufReader::new(stdin())),
        _ => Box::new(BufReader::new(File::open(file).map_err(|error| format!("{}: {error}", file.display()))?)),
    };
    let (config, database) = open(dry_run).await?;
    let audit = AuditContext { client: ClientInfo::operator(), now: Clock::default().date() };
    let import = admin::Import { database: &database, providers: &config.providers, dry_run, audit: &audit };
    let outcome = import.run(input, progress).await;
    database.close().await;
    Ok(outcome?)
}

async fn move_to(to: &SecretString) -> Result<Report, Failure> {
    let (config, source) = open(false).await?;
    let sealer = Sealer::new(config.secret_keys.iter(), "database")?;
    let target = Database::connect(to.expose_secret(), sealer).await.map_err(|error| format!("--to: {error}"))?;
    target.migrate().await.map_err(|error| format!("--to: {error}"))?;
    let outcome = admin::move_rows(&source, &target).await;
    source.close().await;
    target.close().await;
    Ok(outcome?)
}

async fn export_all(passwords: bool) -> Result<u64, Failure> {
    let (_, database) = open(true).await?;
    let mut output = BufWriter::new(stdout());
    let outcome = admin::export(&database, passwords, &mut output).await;
    database.close().await;
    Ok(outcome?)
}

/// On standard error, for those who wait.
fn progress(lines: u64) {
    if lines.is_multiple_of(10_000) {
        eprintln!("{lines} lines");
    }
}

fn failed(failure: &Failure) -> ExitCode {
    eprintln!("latchkey: {failure}");
    ExitCode::from(2)
}
