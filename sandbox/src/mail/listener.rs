//! The port of the mail server.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::conversation::Conversation;
use super::mailbox::Behaviour;
use crate::world::World;

/// Connections at a time; more of them wait.
const MOST_CONNECTIONS: usize = 64;
/// However slowly a client speaks.
const LONGEST_CONVERSATION: Duration = Duration::from_secs(300);

/// Takes letters until the sandbox ends.
pub async fn serve(world: World, listener: TcpListener) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let stream = tokio::select! {
            () = world.closing().cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of file descriptors, say: it passes.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        if world.state().mail.misbehaves(&[Behaviour::RefuseConnections]).is_some() {
            continue;
        }
        let world = world.clone();
        tokio::spawn(async move {
            let closing = world.closing().clone();
            let conversation = tokio::time::timeout(LONGEST_CONVERSATION, hold(world, stream));
            let _ = closing.run_until_cancelled(conversation).await;
            drop(place);
        });
    }
}

async fn hold(world: World, stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    Conversation::new(world, reader, writer).hold().await
}
