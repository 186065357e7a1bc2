//! `latchkey`: serves, migrates, examines, and plays the providers for development.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Parser, Subcommand};
use latchkey::{
    config::{Config, Environment},
    doctor,
    relying_party::Clock,
    sessions,
    store::{Database, StoreError},
    web::{self, AppState},
};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
    /// Serve (the default). Migrations run at the start.
    Serve,
    /// Bring the database's schema up to date, and end.
    Migrate,
    /// Say whether sign-ins can work: settings, secret key, database, and each provider's endpoints and client.
    /// Changes nothing. Ends with 0 when nothing failed, 1 when something did, 2 when the settings are unusable.
    Doctor {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Play the providers for development, on SANDBOX_ADDR, until told to end.
    #[cfg(feature = "sandbox")]
    Sandbox,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    match run(command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    // Two at least: rendering may wait for a task of its own.
    let workers = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    if let Command::Doctor { json } = command {
        return Ok(runtime.block_on(examine(json)));
    }
    let config = Config::from_process()?;
    start_log(&config)?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve(config).await,
            Command::Migrate => {
                database(&config).await?.close().await;
                Ok(())
            }
            #[cfg(feature = "sandbox")]
            Command::Sandbox => play_providers(&config).await,
            Command::Doctor { .. } => Ok(()),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Without a log: what there is to say stands in the report.
async fn examine(json: bool) -> ExitCode {
    let report = match Environment::of_process().and_then(|environment| Config::inspect(&environment)) {
        Ok(config) => doctor::examine(&config, Clock::default(), cfg!(feature = "sandbox")).await,
        Err(error) => doctor::Report::unusable(error.to_string()),
    };
    let text = if json { report.to_json() } else { report.to_string() };
    // A reader that has seen enough has gone: the status tells the rest.
    drop(std::io::stdout().write_all(text.as_bytes()));
    ExitCode::from(report.exit_status())
}

fn start_log(config: &Config) -> Result<(), Failure> {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_new(&config.log_filter).map_err(|error| format!("RUST_LOG is no filter: {error}"))?;
    let log = fmt().with_env_filter(filter).with_target(false).with_ansi(std::io::stdout().is_terminal());
    if config.log_json {
        log.json().init()
    } else {
        log.compact().init()
    }
    Ok(())
}

async fn serve(config: Config) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    #[cfg(feature = "sandbox")]
    let (config, sandbox) = with_sandbox(config).await?;
    #[cfg(feature = "sandbox")]
    let sandbox_origin = sandbox.as_ref().map(|sandbox| sandbox.origin().to_owned());
    #[cfg(not(feature = "sandbox"))]
    let sandbox_origin: Option<String> = None;

    let database = Arc::new(database(&config).await?);
    let app = AppState::new(&config, database.clone(), Clock::default(), sandbox_origin.as_deref())?;
    let router = web::router(&app)?;
    let listener = TcpListener::bind(config.listen_addr).await.map_err(|error| {
        format!("LISTEN_ADDR {}: {error}; choose another, or end what listens there", config.listen_addr)
    })?;
    tokio::spawn(sessions::sweep_for_ever(database.clone(), app.clock.clone(), stop.clone()));
    tokio::spawn(app.rate_limits.clone().sweep_for_ever(stop.clone()));
    welcome(&config, sandbox_origin.as_deref());

    web::serve::serve(listener, router, app.trusted_proxies.clone(), stop).await;
    app.tasks.close();
    if tokio::time::timeout(LAST_WORK, app.tasks.wait()).await.is_err() {
        tracing::warn!("some sign-ins did not finish in time");
    }
    database.close().await;
    #[cfg(feature = "sandbox")]
    if let Some(sandbox) = sandbox {
        sandbox.shutdown().await;
    }
    tracing::info!("ended");
    Ok(())
}

/// How long sign-ins under way may take after the last connection was closed.
const LAST_WORK: Duration = Duration::from_secs(15);

async fn database(config: &Config) -> Result<Database, Failure> {
    let named = |error: StoreError| Failure::from(format!("DATABASE_URL: {error}{}", cause_of(&error)));
    let database = Database::connect(config.database_url.expose_secret()).await.map_err(named)?;
    database.migrate().await.map_err(named)?;
    Ok(database)
}

/// The innermost cause, in its own words: that a host does not answer, or that a password is wrong.
fn cause_of(error: &StoreError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.last().map(|cause| format!(": {cause}")).unwrap_or_default()
}

/// Where to go and what to click. On the log, as everything that an operator reads.
fn welcome(config: &Config, sandbox: Option<&str>) {
    let origin = config.base_url.origin();
    tracing::info!(listen = %config.listen_addr, "Latchkey serves {origin}");
    if config.base_url.is_https() && config.trusted_proxies.is_empty() {
        tracing::warn!("TRUSTED_PROXIES is not set: behind a proxy, everybody would share its address and rate limit");
    }
    match sandbox {
        Some(sandbox) => {
            tracing::info!("open {origin}, click any \"Continue with …\" and pick a person");
            tracing::info!(
                "the sandbox at {sandbox} plays the providers: no credentials are configured; see README.md"
            );
        }
        None if config.providers.is_empty() => {
            tracing::warn!("no provider is configured: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET; see README.md");
        }
        None => {
            for provider in &config.providers {
                tracing::info!("redirect URI for {}: {origin}/auth/callback/{}", provider.label, provider.slug);
            }
        }
    }
}

async fn cancel_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("ending: finishing what is under way; once more ends it at once");
    stop.cancel();
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    std::process::exit(130);
}

/// Starts the sandbox and wires every provider to it, where nothing else is configured.
#[cfg(feature = "sandbox")]
async fn with_sandbox(mut config: Config) -> Result<(Config, Option<latchkey::sandbox::Sandbox>), Failure> {
    if !config.sandbox_wanted {
        return Ok((config, None));
    }
    let sandbox = start_sandbox(&config).await?;
    let variables: Environment = sandbox.variables().iter().cloned().collect();
    config.providers = latchkey::config::parse_providers(&variables, &config.base_url)?;
    Ok((config, Some(sandbox)))
}

#[cfg(feature = "sandbox")]
async fn play_providers(config: &Config) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let sandbox = start_sandbox(config).await?;
    tracing::info!("the sandbox plays the providers at {}", sandbox.origin());
    stop.cancelled().await;
    sandbox.shutdown().await;
    Ok(())
}

#[cfg(feature = "sandbox")]
async fn start_sandbox(config: &Config) -> Result<latchkey::sandbox::Sandbox, Failure> {
    use latchkey::sandbox::{Sandbox, Settings};
    let settings = Settings { listen: config.sandbox_addr, ..Settings::default() };
    Sandbox::start(settings).await.map_err(|error| format!("SANDBOX_ADDR {}: {error}", config.sandbox_addr).into())
}
