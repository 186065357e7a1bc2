//! Spans for OpenTelemetry: what a request did at providers, in the database and in the hashing pool, sent by OTLP over HTTP to the
//! operator's collector (OpenTelemetry Protocol 1.x, `http/protobuf`). See the tour in `lib.rs`.
//!
//! Our own, since the known exporters bring gRPC's types along, and four messages are few. Only listed fields of a span become
//! attributes: nothing else leaves, and no secret is a field.

mod export;
mod layer;
mod protobuf;
mod span;
#[cfg(test)]
mod tests;

pub use export::Exporter;
pub use layer::SpanLayer;

use secrecy::SecretString;
use tokio::sync::mpsc;
use url::Url;

use span::FinishedSpan;

/// Spans that wait at most; further ones are dropped, and the log says how many.
const QUEUE: usize = 2048;

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Collector {
    /// The endpoint for traces, `/v1/traces` included.
    pub url: Url,
    /// Headers of each request, such as the collector's key.
    pub headers: Vec<(String, SecretString)>,
    /// `service.name`.
    pub service: String,
}

/// The layer that collects spans, and the exporter that sends them. The exporter has to run in a runtime.
pub fn start(collector: Collector) -> (SpanLayer, Exporter) {
    let (sender, receiver) = mpsc::channel::<FinishedSpan>(QUEUE);
    let layer = SpanLayer::new(sender);
    let exporter = Exporter::new(collector, receiver, layer.dropped());
    (layer, exporter)
}
