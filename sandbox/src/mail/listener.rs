//! Accepts SMTP connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::mailbox::Behaviour;
use super::session::SmtpSession;
use crate::state::SharedState;

/// Further connections wait.
const MAX_CONNECTIONS: usize = 64;
const SESSION_TIMEOUT: Duration = Duration::from_secs(300);

pub async fn serve(shared: SharedState, listener: TcpListener) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = permits.clone().acquire_owned().await else { return };
        let stream = tokio::select! {
            () = shared.closing().cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // For example out of file descriptors, which is temporary.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        if shared.lock().mail.misbehaves(&[Behaviour::RefuseConnections]).is_some() {
            continue;
        }
        let shared = shared.clone();
        tokio::spawn(async move {
            let closing = shared.closing().clone();
            let session = tokio::time::timeout(SESSION_TIMEOUT, run(shared, stream));
            let _ = closing.run_until_cancelled(session).await;
            drop(permit);
        });
    }
}

async fn run(shared: SharedState, stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    SmtpSession::new(shared, reader, writer).run().await
}
