//! Concurrent clients on their own thread, each starting again as soon as it is done.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::{LocalSet, spawn_local};

use crate::{
    http::Line,
    processor::{self, Times},
};

const READERS: usize = 16;

/// A client that repeats one action.
pub trait Client: Send + 'static {
    fn once(&mut self) -> impl Future<Output = Result<(), String>>;
}

/// A client that repeats one request.
pub struct Reader {
    line: Line,
    request: Arc<[u8]>,
}

impl Reader {
    /// Enough clients to keep the server busy.
    pub fn several(address: SocketAddr, request: &[u8]) -> Vec<Self> {
        let request: Arc<[u8]> = request.into();
        (0..READERS).map(|_| Self { line: Line::new(address), request: request.clone() }).collect()
    }
}

impl Client for Reader {
    async fn once(&mut self) -> Result<(), String> {
        let answer = self.line.exchange(&self.request).await.map_err(|error| error.to_string())?;
        if answer.status == 200 { Ok(()) } else { Err(answer.status.to_string()) }
    }
}

/// The results.
#[derive(Default)]
pub struct Outcome {
    /// Successes.
    pub done: u64,
    /// Failures, by error.
    pub errors: BTreeMap<String, u64>,
    /// The elapsed time.
    pub took: Duration,
    /// The processor time of this process's threads.
    pub times: Times,
}

impl Outcome {
    /// Successes per second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }

    /// All failures.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// The processor time of these threads per success, in microseconds.
    pub fn microseconds(&self, threads: &[&str]) -> f64 {
        self.times.of(threads).as_secs_f64() * 1e6 / self.done.max(1) as f64
    }
}

/// Runs the clients for this long.
pub fn drive<C: Client>(clients: Vec<C>, lasts: Duration) -> Outcome {
    let thread = std::thread::Builder::new().name("load".to_owned());
    let running = thread.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        LocalSet::new().block_on(&runtime, drive_all(clients, lasts))
    });
    running.expect("a thread").join().expect("the clients do not panic")
}

async fn drive_all<C: Client>(clients: Vec<C>, lasts: Duration) -> Outcome {
    let (begun, before) = (Instant::now(), processor::times());
    let tasks: Vec<_> = clients.into_iter().map(|client| spawn_local(repeat(client, begun + lasts))).collect();
    let mut outcome = Outcome::default();
    for task in tasks {
        let (done, errors) = task.await.expect("a client does not panic");
        outcome.done += done;
        for error in errors {
            *outcome.errors.entry(error).or_default() += 1;
        }
    }
    outcome.took = begun.elapsed();
    outcome.times = processor::times().since(&before);
    outcome
}

async fn repeat<C: Client>(mut client: C, end: Instant) -> (u64, Vec<String>) {
    let (mut done, mut errors) = (0, Vec::new());
    while Instant::now() < end {
        match client.once().await {
            Ok(()) => done += 1,
            Err(error) => errors.push(error),
        }
    }
    (done, errors)
}
