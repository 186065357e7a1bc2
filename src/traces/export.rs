//! Sends finished spans in batches. What the collector does not take is lost: spans are worth less than memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Collector, protobuf, span::FinishedSpan};

/// Spans of one request (the specification's `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`).
const BATCH: usize = 512;
/// A batch that is not full waits so long (`OTEL_BSP_SCHEDULE_DELAY`).
const DELAY: Duration = Duration::from_secs(5);
/// For one request (`OTEL_EXPORTER_OTLP_TIMEOUT`).
const TIMEOUT: Duration = Duration::from_secs(10);

/// Has to run until the server has stopped.
pub struct Exporter {
    collector: Collector,
    queue: mpsc::Receiver<FinishedSpan>,
    dropped: Arc<AtomicU64>,
}

impl Exporter {
    pub(super) fn new(collector: Collector, queue: mpsc::Receiver<FinishedSpan>, dropped: Arc<AtomicU64>) -> Self {
        Self { collector, queue, dropped }
    }

    /// Sends batches until `stop`, and then what is left.
    ///
    /// # Errors
    /// If the TLS backend cannot be initialised.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), reqwest::Error> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let mut is_failing = false;
        loop {
            let (batch, more) = self.batch(&stop).await;
            if !batch.is_empty() {
                let outcome = self.send(&client, &batch).await;
                if let Err(why) = &outcome
                    && !is_failing
                {
                    tracing::warn!(
                        why,
                        "spans are lost: the collector of OTEL_EXPORTER_OTLP_ENDPOINT does not take them"
                    );
                }
                is_failing = outcome.is_err();
            }
            match self.dropped.swap(0, Ordering::Relaxed) {
                0 => {}
                dropped => tracing::warn!(dropped, "spans are lost: the queue was full"),
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// The next spans, and whether more can come.
    async fn batch(&mut self, stop: &CancellationToken) -> (Vec<FinishedSpan>, bool) {
        let mut batch = Vec::new();
        let deadline = Instant::now() + DELAY;
        while batch.len() < BATCH {
            let room = BATCH - batch.len();
            let received = tokio::select! {
                received = timeout_at(deadline, self.queue.recv_many(&mut batch, room)) => received,
                () = stop.cancelled() => {
                    while batch.len() < BATCH && let Ok(span) = self.queue.try_recv() {
                        batch.push(span);
                    }
                    let more = !self.queue.is_empty();
                    return (batch, more);
                }
            };
            match received {
                Ok(0) => return (batch, false),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        (batch, true)
    }

    async fn send(&self, client: &reqwest::Client, batch: &[FinishedSpan]) -> Result<(), String> {
        let body = protobuf::request(&self.collector.service, batch);
        let request = client.post(self.collector.url.clone()).header("content-type", "application/x-protobuf");
        let headers = self.collector.headers.iter();
        let request = headers.fold(request, |request, (name, value)| request.header(name, value.expose_secret()));
        let response = request.body(body).send().await.map_err(|error| error.without_url().to_string())?;
        match response.status() {
            status if status.is_success() => Ok(()),
            status => Err(format!("it answers {}", status.as_u16())),
        }
    }
}
