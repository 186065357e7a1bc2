//! The running sandbox: its listeners, and its end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use super::clients::Clients;
use super::state::{Provider, SharedState};
use super::{authenticator, breached, control, guard, keys, landing, mail, recording, variables};

/// How long [`Sandbox::shutdown`] waits for open requests.
const GRACE: Duration = Duration::from_secs(2);

/// A running sandbox. Dropping it stops it without waiting for open requests.
pub struct Sandbox {
    origin: String,
    smtp_url: String,
    variables: Vec<(String, String)>,
    shared: SharedState,
    server: JoinHandle<std::io::Result<()>>,
    stop: DropGuard,
}

/// Where the sandbox listens, and its registered clients.
pub struct Settings {
    /// A loopback address; port 0 chooses a free port.
    pub listen: SocketAddr,
    /// The same for the mail server.
    pub smtp_listen: SocketAddr,
    /// The registered clients.
    pub clients: Clients,
    /// Pages of the application that the front page links to: what each is, and its URL.
    pub links: Vec<(String, String)>,
}

impl Default for Settings {
    /// Free ports on 127.0.0.1 and the documented clients.
    fn default() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen: free, smtp_listen: free, clients: Clients::default(), links: Vec::new() }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Anyone who reaches the sandbox can sign in as anyone, so it must not be reachable from other machines.
    #[error("the sandbox lets anyone sign in as anyone: it listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address is in use or not available.
    #[error("the sandbox cannot listen on {address}: {cause}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The operating system's error.
        cause: std::io::Error,
    },
    /// RSA key generation failed.
    #[error("the sandbox could not generate its signing key")]
    Key,
}

impl Sandbox {
    /// Starts the servers in the background; they accept connections when this returns.
    ///
    /// # Errors
    /// The address is not on loopback or in use, or key generation failed.
    pub async fn start(settings: Settings) -> Result<Self, SandboxError> {
        let (listener, address) = listen(settings.listen).await?;
        let (mail_listener, mail_address) = listen(settings.smtp_listen).await?;
        let first_key = keys::shared_key().await.ok_or(SandboxError::Key)?;

        let shared = SharedState::new(
            format!("http://localhost:{}", address.port()),
            format!("smtp://{mail_address}"),
            settings.clients,
            settings.links,
            first_key,
        );
        let (origin, smtp_url) = (shared.origin().to_owned(), shared.smtp_url().to_owned());
        let stop = shared.closing().clone();
        let variables = variables::variables(&origin, shared.clients());
        let mut router = Router::new()
            .merge(authenticator::routes())
            .merge(breached::routes())
            .merge(landing::routes())
            .merge(mail::routes())
            .merge(control::routes())
            .merge(recording::wrap(&shared, recording::trap()));
        for provider in Provider::ALL {
            router = router.merge(recording::wrap(&shared, (provider.facts().routes)()));
        }
        tokio::spawn(mail::serve(shared.clone(), mail_listener));
        let router = guard::wrap(&shared, router).with_state(shared.clone());

        // Without TCP_NODELAY, a response in two writes waits 40 ms for the peer's delayed acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let stopped = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await });
        Ok(Self { origin, smtp_url, variables, shared, server, stop: stop.drop_guard() })
    }

    /// Counts the emails in the inbox, whenever it is called.
    pub fn inbox_count(&self) -> impl Fn() -> usize + Send + Sync + 'static {
        let shared = self.shared.clone();
        move || shared.lock().mail.emails(None).count()
    }

    /// `http://localhost:PORT`, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// `SMTP_URL`: `smtp://127.0.0.1:PORT`, the mail server whose emails are at `/inbox`.
    pub fn smtp_url(&self) -> &str {
        &self.smtp_url
    }

    /// Environment variables that configure Latchkey for all mock providers: client ids, secrets and URLs.
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// Stops accepting connections, waits up to two seconds for open requests, and stops.
    pub async fn shutdown(self) {
        let mut server = self.server;
        drop(self.stop);
        if tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), SandboxError> {
    if !address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(address));
    }
    let failed = |cause| SandboxError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
