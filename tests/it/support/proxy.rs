//! A TCP proxy before the database, which can go silent as a host that is gone does: connections stay open, and nothing
//! answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub struct Proxy {
    /// The database's URL through this proxy.
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    connections: AtomicU64,
    /// Connections with a lower number are silent.
    silent_below: AtomicU64,
}

impl Proxy {
    pub async fn start(url: &str) -> Self {
        let mut url = Url::parse(url).expect("a URL");
        let target = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        url.set_port(Some(listener.local_addr().expect("an address").port())).expect("a port");
        let state = Arc::new(State::default());
        tokio::spawn(run(listener, target, Arc::clone(&state)));
        Self { url: url.into(), state }
    }

    /// All connections are silent, new ones as well.
    pub fn fall_silent(&self) {
        self.state.silent_below.store(u64::MAX, Ordering::SeqCst);
    }

    /// New connections work. The old ones stay silent, as with a database that is on another host now.
    pub fn answer_new_connections(&self) {
        self.state.silent_below.store(self.state.connections.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

async fn run(listener: TcpListener, target: String, state: Arc<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let number = state.connections.fetch_add(1, Ordering::SeqCst);
        let (target, state) = (target.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            let server = TcpStream::connect(target).await.expect("the database answers");
            let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
            tokio::join!(
                forward(from_client, to_server, number, &state),
                forward(from_server, to_client, number, &state)
            );
        });
    }
}

async fn forward(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, number: u64, state: &State) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let is_silent = number < state.silent_below.load(Ordering::SeqCst);
        if !is_silent && to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
