//! The server and the sandbox in this process, each with its own threads, on an empty database.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use latchkey::{
    config::{Config, Environment},
    grants::Grants,
    mail::SmtpTransport,
    relying_party::Clock,
    sealing::Sealer,
    store::Database,
    web::{self, AppState, Mail, serve},
};
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, Settings};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};
use tokio_util::sync::CancellationToken;

use crate::Failure;

/// The server and the sandbox.
pub struct World {
    /// The server's socket.
    pub latchkey: SocketAddr,
    /// The server's public origin.
    pub origin: String,
    pub sandbox: Sandbox,
    /// The name of the database engine.
    pub engine: &'static str,
    /// The threads of what the server is compared with.
    pub others: Runtime,
    pub grants: Grants,
    pub clock: Clock,
    database_url: String,
    runtimes: [Runtime; 2],
    _folder: TempDir,
}

impl World {
    pub fn start() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
        Self::start_on("SQLite", url, folder, "off")
    }

    /// With `INSPECT=on`.
    pub fn start_recording() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
        Self::start_on("SQLite", url, folder, "on")
    }

    pub fn start_on_postgres(url: String) -> Result<Self, Failure> {
        Self::start_on("PostgreSQL", url, tempfile::tempdir()?, "off")
    }

    fn start_on(engine: &'static str, database_url: String, folder: TempDir, inspect: &str) -> Result<Self, Failure> {
        let (runtime, playing) = (threads("latchkey")?, threads("sandbox")?);
        let sandbox = playing.block_on(Sandbox::start(Settings::default()))?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let latchkey = listener.local_addr()?;
        let origin = format!("http://localhost:{}", latchkey.port());
        let (issuer, api) = (sandbox.google_issuer(), sandbox.google_api_url());
        let tokeninfo = format!("{issuer}/tokeninfo");
        let environment: Environment = [
            ("BASE_URL", origin.as_str()),
            ("SECRET_KEY", "bm90IGEgc2VjcmV0LCBhIG1lYXN1cmVtZW50J3Mga2V5IQ=="),
            ("DATABASE_URL", &database_url),
            ("RATE_LIMITS", "off"),
            ("INSPECT", inspect),
            ("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("GOOGLE_ISSUER", &issuer),
            ("GOOGLE_API_URL", &api),
            ("GOOGLE_TOKENINFO_URL", &tokeninfo),
        ]
        .into_iter()
        .collect();
        let config = Config::parse(&environment)?;
        let clock = Clock::default();
        let grants = runtime.block_on(async {
            let database = Database::connect(&database_url, sealer()?).await?;
            database.migrate().await?;
            database.claim_alone();
            // Password sign-in needs SMTP to be configured; no email is sent here.
            let mail = Mail::new(SmtpTransport::smtp(&"smtp://127.0.0.1:9".into(), "Latchkey <no-reply@app.example>")?);
            let app = AppState::new(&config, Arc::new(database), clock.clone(), Some(mail), None)?;
            tokio::spawn(serve::serve(
                listener,
                web::router(&app)?,
                app.forwarded_by.proxies.clone(),
                CancellationToken::new(),
            ));
            Ok::<_, Failure>(app.grants.clone())
        })?;
        let others = threads("bare")?;
        let runtimes = [runtime, playing];
        Ok(Self { latchkey, origin, sandbox, engine, others, grants, clock, database_url, runtimes, _folder: folder })
    }

    /// A second pool on the same database.
    pub fn database(&self) -> Result<Database, Failure> {
        Ok(self.others.block_on(Database::connect(&self.database_url, sealer()?))?)
    }

    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The server's threads.
    pub fn threads(&self) -> &Runtime {
        &self.runtimes[0]
    }

    /// The sandbox's socket.
    pub fn sandbox_address(&self) -> Result<SocketAddr, Failure> {
        let port = self.sandbox.origin().rsplit(':').next().unwrap_or_default().parse()?;
        Ok((Ipv4Addr::LOCALHOST, port).into())
    }
}

fn sealer() -> Result<Sealer, Failure> {
    Ok(Sealer::new([[7; 32].as_slice()].into_iter(), "database")?)
}

/// As many threads as the production binary has.
fn threads(name: &str) -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().thread_name(name).enable_all().build()
}
