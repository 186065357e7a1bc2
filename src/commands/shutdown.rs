//! Graceful shutdown by SIGTERM or Ctrl-C; a second signal exits at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::log_output;

pub async fn cancel_on_signal(stop: CancellationToken) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    wait(&mut terminate).await;
    tracing::info!("shutting down; press Ctrl-C again to exit now");
    stop.cancel();
    wait(&mut terminate).await;
    _ = log_output::flush();
    std::process::exit(130);
}

async fn wait(terminate: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
