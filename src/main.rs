//! `latchkey`: the server and its commands, one file each in `commands/`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::traces::Traces;
use latchkey::config::Config;

mod commands {
    pub mod confine;
    pub mod database;
    pub mod doctor;
    pub mod explain_flow;
    pub mod explain_link;
    pub mod keys;
    pub mod log;
    pub mod log_lines;
    pub mod log_output;
    pub mod migrate;
    #[cfg(feature = "sandbox")]
    pub mod sandbox;
    #[cfg(not(feature = "sandbox"))]
    #[path = "no_sandbox.rs"]
    pub mod sandbox;
    pub mod serve;
    pub mod shutdown;
    #[cfg(not(feature = "otlp"))]
    #[path = "no_traces.rs"]
    pub mod traces;
    #[cfg(feature = "otlp")]
    pub mod traces;
    pub mod transfer;
    pub mod users;
}

// Anyone who reaches the sandbox can sign in as anyone.
#[cfg(all(feature = "sandbox", not(debug_assertions)))]
compile_error!("a release binary must not contain the sandbox: build it with --no-default-features --features ssr");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sign-in for Rust web applications. Settings come from the environment; see `.env.example`.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default), after migrating the database.
    Serve,
    /// Migrate the database.
    Migrate,
    /// Check settings, secret key, database, and each provider's endpoints and client.
    /// Read-only. Exits with 0 if no check failed, 1 if one failed, 2 if the settings are unusable.
    Doctor {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Explain why a sign-in was linked, prompted or refused, or what a simulated sign-in would do.
    /// Read-only. Exits with 0, with 1 if there is nothing to explain, with 2 if the question is invalid.
    ExplainLink(commands::explain_link::ExplainLink),
    /// Print the walkthrough of a recorded flow: what was sent, checked, decided and written. Asks the running server.
    /// Exits with 0, with 1 if it has no such record, with 2 if it cannot be asked.
    ExplainFlow {
        /// The id of the flow, or of one of its requests in the log.
        id: String,
    },
    /// Manage the signing keys of access tokens. Exits with 0, or with 2 if they cannot be read or changed.
    Keys {
        #[command(subcommand)]
        command: commands::keys::KeysCommand,
    },
    /// Administer users. A running server follows at once. Exits with 0, with 1 if there is no such user, with 2 if it failed.
    Users {
        #[command(subcommand)]
        command: commands::users::UsersCommand,
    },
    /// Import users of another system. Those who exist are left alone, so it can be repeated. Exits with 0, with 1 if lines failed, with 2 if it stopped.
    Import(commands::transfer::Import),
    /// Export all users as JSON lines, as `import` reads them. Read-only.
    Export(commands::transfer::Export),
    /// Move every row of a SQLite database into an empty PostgreSQL one, in one transaction. Stop the server first. Exits with 0, or with 2 if nothing was moved.
    Move(commands::transfer::Move),
    /// List the audit trail, the newest event first. Read-only. Exits as `users`.
    Events(commands::users::EventsCommand),
    /// Run the sandbox providers for development on SANDBOX_ADDR until interrupted.
    #[cfg(feature = "sandbox")]
    Sandbox,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    use_small_pages();
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    let outcome = run(command);
    _ = commands::log_output::flush();
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("  caused by: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// The allocator asks the kernel for huge pages, where the system leaves that to programs: two megabytes at the first byte of each. An
/// idle server then held 14 MB of heap for the 4 MB that it uses. It is the first thing done, as pages stay what they are.
fn use_small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true); // an older kernel has no such switch: nothing but memory is lost
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        // These print a report instead of a log.
        Command::Doctor { json } => block_on(commands::doctor::run(json)),
        Command::ExplainLink(question) => block_on(commands::explain_link::run(question)),
        Command::ExplainFlow { id } => block_on(commands::explain_flow::run(id)),
        Command::Keys { command } => block_on(commands::keys::run(command)),
        Command::Users { command } => block_on(commands::users::run(command)),
        Command::Import(arguments) => block_on(commands::transfer::import(arguments)),
        Command::Export(arguments) => block_on(commands::transfer::export(arguments)),
        Command::Move(arguments) => block_on(commands::transfer::move_rows(arguments)),
        Command::Events(command) => block_on(commands::users::run_events(command)),
        Command::Serve => {
            let (config, traces) = config_with_log()?;
            commands::confine::run(&config)?;
            block_on(commands::serve::run(config, traces))?.map(|()| ExitCode::SUCCESS)
        }
        Command::Migrate => block_on(commands::migrate::run(&config_with_log()?.0))?.map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "sandbox")]
        Command::Sandbox => block_on(commands::sandbox::run(&config_with_log()?.0))?.map(|()| ExitCode::SUCCESS),
    }
}

fn block_on<F: Future>(command: F) -> Result<F::Output, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command))
}

fn config_with_log() -> Result<(Config, Traces), Failure> {
    let config = Config::from_process()?;
    let traces = commands::log::start(&config)?;
    Ok((config, traces))
}
