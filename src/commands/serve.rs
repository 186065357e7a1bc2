//! `latchkey serve`

use std::{sync::Arc, time::Duration};

use latchkey::{
    config::Config,
    mail::SmtpTransport,
    relying_party::Clock,
    web::{self, AppState, Mail},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{database::connect_and_migrate, log_output, sandbox, shutdown::cancel_on_signal, traces::Traces};
use crate::Failure;

/// For tasks that outlive their requests, and then for the background loops, after the last connection is closed.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(15);

pub async fn run(config: Config, traces: Traces) -> Result<(), Failure> {
    log_output::hold_lines();
    let (config, sandbox) = sandbox::start_unless_configured(config).await?;
    let sandbox_view = sandbox.as_ref().map(sandbox::view);
    let sandbox_origin = sandbox_view.as_ref().map(|view| view.origin.clone());

    let database = Arc::new(connect_and_migrate(&config).await?);
    database.claim_alone();
    let mail = config
        .mail
        .as_ref()
        .map(|mail| SmtpTransport::smtp(&mail.smtp_url, &mail.mail_from).map(Mail::new))
        .transpose()?;
    let app = AppState::new(&config, database.clone(), Clock::default(), mail, sandbox_view)?;
    tokio::spawn(cancel_on_signal(app.stop.clone()));
    if let Some(origin) = &sandbox_origin {
        sandbox::create_demo_accounts(&app).await?;
        app.allow_attacks(origin);
    }
    let router = web::router(&app)?;
    web::open_files::raise_limit(web::serve::MAX_CONNECTIONS);
    let listener = TcpListener::bind(config.listen_addr).await.map_err(|error| {
        format!("LISTEN_ADDR {}: {error}; choose another address, or stop what listens there", config.listen_addr)
    })?;
    // Longer than the server: its last requests have spans, too.
    let stop_traces = CancellationToken::new();
    let traces = traces.export(&config, stop_traces.clone());
    let metrics = start_metrics(&config, &app).await?;
    web::run_background_loops(&config, &app);
    log_start(&config, sandbox_origin.as_deref());
    if let Some(mail) = &app.mail {
        tokio::spawn(warn_of_mail_server(mail.transport.clone()));
    }

    web::serve::serve(listener, router, app.forwarded_by.proxies.clone(), app.stop.clone()).await;
    if let Some(metrics) = metrics {
        _ = metrics.await;
    }
    app.tasks.close();
    if tokio::time::timeout(SHUTDOWN_GRACE, app.tasks.wait()).await.is_err() {
        tracing::warn!("some requests were still running at shutdown");
    }
    // What they leave in the queues is delivered after the next start.
    if !app.supervisor.finish(SHUTDOWN_GRACE).await {
        tracing::warn!("some background loops were still running at shutdown");
    }
    database.close().await;
    if let Some(sandbox) = sandbox {
        sandbox.shutdown().await;
    }
    stop_traces.cancel();
    if tokio::time::timeout(SHUTDOWN_GRACE, traces).await.is_err() {
        tracing::warn!("the last spans were not sent");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Serves `/metrics` on its own listener until the server shuts down.
async fn start_metrics(config: &Config, app: &AppState) -> Result<Option<JoinHandle<()>>, Failure> {
    let Some(address) = config.metrics_addr else { return Ok(None) };
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("METRICS_ADDR {address}: {error}; choose another address, or stop what listens there")
    })?;
    tracing::info!(listen = %address, "metrics at /metrics");
    let router = web::metrics_router(app);
    let (trusted, stop) = (app.forwarded_by.proxies.clone(), app.stop.clone());
    Ok(Some(tokio::spawn(web::serve::serve(listener, router, trusted, stop))))
}

/// A wrong password shows now, and not when the first user waits for an email.
async fn warn_of_mail_server(transport: SmtpTransport) {
    if let Err(error) = transport.check_up().await {
        tracing::warn!(server = transport.description(), "no email can be sent: {error}");
    }
}

/// Logs what an operator needs first.
fn log_start(config: &Config, sandbox: Option<&str>) {
    let origin = config.base_url.origin();
    tracing::info!(listen = %config.listen_addr, "Latchkey serves {origin}");
    if config.base_url.is_https() && config.trusted_proxies.is_empty() {
        tracing::warn!(
            "TRUSTED_PROXIES is not set: behind a proxy, all clients would share its address and rate limit"
        );
    }
    match sandbox {
        Some(sandbox) => {
            tracing::info!("open {origin}, click any \"Continue with …\" and pick a person");
            tracing::info!("no provider is configured: the sandbox at {sandbox} stands in for all; see README.md");
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
