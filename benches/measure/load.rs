//! Many clients at once, on a thread of their own, each beginning again as soon as it is done.

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

/// Somebody who does the same thing again and again.
pub trait Client: Send + 'static {
    /// Does it once.
    fn once(&mut self) -> impl Future<Output = Result<(), String>>;
}

/// Somebody who opens the same page again and again.
pub struct Reader {
    line: Line,
    request: Arc<[u8]>,
}

impl Reader {
    /// So many that the server is never without work.
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

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    /// How often it worked.
    pub done: u64,
    /// How often it did not, by what went wrong.
    pub errors: BTreeMap<String, u64>,
    /// How long it all took.
    pub took: Duration,
    /// The processor time of this process's threads meanwhile.
    pub times: Times,
}

impl Outcome {
    /// How often it worked in a second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }

    /// All that went wrong.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// The processor time of these threads for each time that it worked, in microseconds.
    pub fn microseconds(&self, threads: &[&str]) -> f64 {
        self.times.of(threads).as_secs_f64() * 1e6 / self.done.max(1) as f64
    }
}

/// Lets the clients work for so long.
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
