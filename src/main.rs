//! `latchkey`: serves, migrates, examines, explains, and plays the providers for development.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{ArgGroup, Args, Parser, Subcommand};
use latchkey::{
    config::{Config, Environment},
    doctor::{self, About, Explanation, SimulatedSignIn},
    mail::{Site, SmtpTransport, run_delivery},
    relying_party::Clock,
    sealing::Sealer,
    sessions,
    store::{Database, StoreError},
    tokens::{self, KeyReport},
    ui::view::SandboxView,
    web::{self, AppState, Mail},
};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
    /// Say why somebody was linked, asked or refused, or what would become of a sign-in now.
    /// Changes nothing. Ends with 0, with 1 when nothing was found, with 2 when the question could not be put.
    ExplainLink(ExplainLink),
    /// The keys that access tokens are signed with. Ends with 0, or with 2 when they could not be read or changed.
    Keys {
        #[command(subcommand)]
        wish: KeysCommand,
    },
    /// Play the providers for development, on SANDBOX_ADDR, until told to end.
    #[cfg(feature = "sandbox")]
    Sandbox,
}

/// What is to be done with the keys.
#[derive(Clone, Copy, Subcommand)]
enum KeysCommand {
    /// Show which key signs, which is next, and which are still believed. Changes nothing.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let the next key sign at once and make a new next one. Running servers follow within a minute; tokens that the
    /// old key signed stay valid to their end.
    Rotate {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What is to be explained: `--user`, `--event`, or a sign-in that begins with `--provider`.
#[derive(Args)]
#[command(
    group(ArgGroup::new("about").required(true).args(["user", "event", "provider"])),
    group(
        ArgGroup::new("supposed")
            .multiple(true)
            .args(["issuer", "subject", "email", "verified", "authoritative", "link_for"])
            .requires("provider")
            .conflicts_with_all(["user", "event"]),
    ),
)]
struct ExplainLink {
    /// The past decisions about a user.
    #[arg(long, value_name = "ID OR ADDRESS")]
    user: Option<String>,
    /// One past decision: the id of its event, or of its request as the log has it.
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// A sign-in that did not happen, by the provider's slug.
    #[arg(long, value_name = "SLUG")]
    provider: Option<String>,
    /// The provider's issuer; not needed for one that is configured.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// The person's subject there; without it, somebody who is linked to nobody.
    #[arg(long)]
    subject: Option<String>,
    /// The e-mail address that the provider tells.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The provider says that it verified the address.
    #[arg(long, requires = "email")]
    verified: bool,
    /// The provider runs the mailbox.
    #[arg(long, requires = "email")]
    authoritative: bool,
    /// The user who is signed in and links; without it, somebody signs in.
    #[arg(long, value_name = "USER ID")]
    link_for: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl ExplainLink {
    fn about(self) -> About {
        match (self.user, self.event, self.provider) {
            (Some(user), ..) => About::User(user),
            (_, Some(event), _) => About::Event(event),
            (.., provider) => About::SimulatedSignIn(SimulatedSignIn {
                provider: provider.unwrap_or_default(),
                issuer: self.issuer,
                subject: self.subject,
                email: self.email,
                verified: self.verified,
                authoritative: self.authoritative,
                link_for: self.link_for,
            }),
        }
    }
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
    let command = match command {
        Command::Doctor { json } => return Ok(runtime.block_on(examine(json))),
        Command::ExplainLink(question) => return Ok(runtime.block_on(explain(question))),
        Command::Keys { wish } => return Ok(runtime.block_on(keys(wish))),
        command => command,
    };
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
            Command::Doctor { .. } | Command::ExplainLink(_) | Command::Keys { .. } => Ok(()),
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

/// Without a log, too.
async fn explain(question: ExplainLink) -> ExitCode {
    let json = question.json;
    match explanation(question.about()).await {
        Ok(explanation) => {
            let text = if json { explanation.to_json() } else { explanation.to_string() };
            drop(std::io::stdout().write_all(text.as_bytes()));
            ExitCode::from(explanation.exit_status())
        }
        Err(failure) => {
            eprintln!("latchkey: {failure}");
            ExitCode::from(2)
        }
    }
}

async fn explanation(about: About) -> Result<Explanation, Failure> {
    let config = Config::inspect(&Environment::of_process()?)?;
    doctor::check_schema(&config).await?;
    let database = connect(&config).await?;
    let explanation = doctor::explain_link(&database, &config.providers, &about).await;
    database.close().await;
    Ok(explanation?)
}

/// Without a log, too.
async fn keys(wish: KeysCommand) -> ExitCode {
    let (KeysCommand::List { json } | KeysCommand::Rotate { json }) = wish;
    match key_report(wish).await {
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

async fn key_report(wish: KeysCommand) -> Result<KeyReport, Failure> {
    let environment = Environment::of_process()?;
    let config = match wish {
        KeysCommand::List { .. } => Config::inspect(&environment)?,
        // What seals the new key must be there tomorrow.
        KeysCommand::Rotate { .. } => Config::parse(&environment)?,
    };
    doctor::check_schema(&config).await?;
    let database = connect(&config).await?;
    let now = Clock::default().now();
    let report = match wish {
        KeysCommand::List { .. } => tokens::list_keys(&database, now).await,
        KeysCommand::Rotate { .. } => tokens::rotate_keys(&database, now).await,
    };
    database.close().await;
    Ok(report?)
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
    let sandbox_view = sandbox.as_ref().map(view_of);
    #[cfg(not(feature = "sandbox"))]
    let sandbox_view = None;
    let sandbox_origin = sandbox_view.as_ref().map(|view: &SandboxView| view.origin.clone());

    let database = Arc::new(database(&config).await?);
    database.claim_alone();
    let mail = config
        .mail
        .as_ref()
        .map(|mail| SmtpTransport::smtp(&mail.smtp_url, &mail.mail_from).map(Mail::new))
        .transpose()?;
    let app = AppState::new(&config, database.clone(), Clock::default(), mail, sandbox_view)?;
    #[cfg(feature = "sandbox")]
    if sandbox.is_some() {
        create_demo_accounts(&app).await?;
    }
    let router = web::router(&app)?;
    let listener = TcpListener::bind(config.listen_addr).await.map_err(|error| {
        format!("LISTEN_ADDR {}: {error}; choose another, or end what listens there", config.listen_addr)
    })?;
    tokio::spawn(sessions::run_sweeper(database.clone(), app.clock.clone(), stop.clone()));
    tokio::spawn(app.rate_limits.clone().run_sweeper(stop.clone()));
    tokio::spawn(app.attempts.clone().run_sweeper(stop.clone()));
    tokio::spawn(app.grants.clone().run_resealer(stop.clone()));
    let revoker = tokio::spawn(app.grants.clone().run_revoker(stop.clone()));
    let delivery = app.mail.clone().map(|mail| tokio::spawn(deliver(&config, &app, mail, stop.clone())));
    welcome(&config, sandbox_origin.as_deref());

    web::serve::serve(listener, router, app.trusted_proxies.clone(), stop).await;
    app.tasks.close();
    if tokio::time::timeout(LAST_WORK, app.tasks.wait()).await.is_err() {
        tracing::warn!("some sign-ins did not finish in time");
    }
    // Each ends after what it has in hand; what is queued goes out after the next start.
    drop(tokio::time::timeout(LAST_WORK, revoker).await);
    if let Some(delivery) = delivery {
        drop(tokio::time::timeout(LAST_WORK, delivery).await);
    }
    database.close().await;
    #[cfg(feature = "sandbox")]
    if let Some(sandbox) = sandbox {
        sandbox.shutdown().await;
    }
    tracing::info!("ended");
    Ok(())
}

/// Delivers the letters that are queued.
fn deliver(config: &Config, app: &AppState, mail: Mail, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
    let labels = config.providers.iter().map(|it| (it.slug.to_string(), it.label.clone())).collect();
    let connections =
        config.providers.iter().filter_map(|it| Some((it.slug.to_string(), it.connections()?.to_owned())));
    let origin = config.base_url.origin().to_owned();
    let site = Arc::new(Site { origin, labels, connections: connections.collect() });
    run_delivery(app.database.clone(), mail.post, site, app.clock.clone(), mail.mail_wake, stop)
}

/// How long sign-ins under way may take after the last connection was closed.
const LAST_WORK: Duration = Duration::from_secs(15);

/// The database with its schema up to date.
async fn database(config: &Config) -> Result<Database, Failure> {
    let database = connect(config).await?;
    database.migrate().await.map_err(of_the_database)?;
    Ok(database)
}

async fn connect(config: &Config) -> Result<Database, Failure> {
    let sealer = Sealer::new(config.secret_keys.iter(), "database")?;
    Database::connect(config.database_url.expose_secret(), sealer).await.map_err(of_the_database)
}

fn of_the_database(error: StoreError) -> Failure {
    format!("DATABASE_URL: {error}{}", cause_of(&error)).into()
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
async fn with_sandbox(mut config: Config) -> Result<(Config, Option<latchkey_sandbox::Sandbox>), Failure> {
    if !config.sandbox_wanted {
        return Ok((config, None));
    }
    let sandbox = start_sandbox(&config).await?;
    let variables: Environment = sandbox.variables().iter().cloned().collect();
    config.providers = latchkey::config::parse_providers(&variables, &config.base_url)?;
    // Letters stay on this machine as well, unless somebody set where they go.
    config.mail.get_or_insert_with(|| latchkey::config::MailConfig {
        smtp_url: sandbox.smtp_url().into(),
        mail_from: "Latchkey <no-reply@latchkey.example>".to_owned(),
    });
    Ok((config, Some(sandbox)))
}

/// Local accounts of the demo. Ada has her address at Google, which runs her mailbox, so that Google is linked without
/// asking; Petra has hers nowhere else, so that she is asked.
#[cfg(feature = "sandbox")]
const DEMO_ACCOUNTS: [(&str, &str); 2] =
    [("ada@gmail.com", "a difference engine"), ("petra@example.org", "a key under the mat")];

#[cfg(feature = "sandbox")]
fn view_of(sandbox: &latchkey_sandbox::Sandbox) -> SandboxView {
    SandboxView {
        origin: sandbox.origin().to_owned(),
        inbox: format!("{}/inbox", sandbox.origin()),
        accounts: DEMO_ACCOUNTS.map(|(address, password)| (address.to_owned(), password.to_owned())).to_vec(),
    }
}

#[cfg(feature = "sandbox")]
async fn create_demo_accounts(app: &AppState) -> Result<(), Failure> {
    for (address, password) in DEMO_ACCOUNTS {
        let password = app.passwords.choose(&password.to_owned().into(), &[address]).await??;
        let hash = app.passwords.hash(&password).await?;
        app.database
            .create_demo_account(&latchkey::accounts::EmailAddress::parse(address)?, &hash, app.clock.date())
            .await?;
    }
    Ok(())
}

#[cfg(feature = "sandbox")]
async fn play_providers(config: &Config) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    tokio::spawn(cancel_on_signal(stop.clone()));
    let sandbox = start_sandbox(config).await?;
    tracing::info!("the sandbox plays the providers at {}", sandbox.origin());
    tracing::info!("it takes letters at {}; read them at {}/inbox", sandbox.smtp_url(), sandbox.origin());
    stop.cancelled().await;
    sandbox.shutdown().await;
    Ok(())
}

#[cfg(feature = "sandbox")]
async fn start_sandbox(config: &Config) -> Result<latchkey_sandbox::Sandbox, Failure> {
    use latchkey_sandbox::{Sandbox, Settings};
    let (listen, smtp_listen) = (config.sandbox_addr, config.sandbox_smtp_addr);
    let settings = Settings { listen, smtp_listen, ..Settings::default() };
    Sandbox::start(settings).await.map_err(|error| format!("SANDBOX_ADDR and SANDBOX_SMTP_ADDR: {error}").into())
}
