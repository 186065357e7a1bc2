//! Collects spans from `tracing`.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::span::{FinishedSpan, Kind, Value, nanoseconds};
use crate::sealing::random_bytes;

/// The fields that become attributes, and their names there.
const FIELDS: [(&str, &str); 7] = [
    ("method", "http.request.method"),
    ("path", "url.path"),
    ("id", "latchkey.request_id"),
    ("status", "http.response.status_code"),
    ("provider", "latchkey.provider"),
    ("part", "latchkey.part"),
    ("outcome", "latchkey.outcome"),
];

/// The name of the span around a request.
const REQUEST: &str = "request";

/// A layer of the subscriber.
pub struct SpanLayer {
    queue: mpsc::Sender<FinishedSpan>,
    dropped: Arc<AtomicU64>,
}

impl SpanLayer {
    pub(super) fn new(queue: mpsc::Sender<FinishedSpan>) -> Self {
        Self { queue, dropped: Arc::default() }
    }

    /// How many spans found the queue full.
    pub(super) fn dropped(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.dropped)
    }

    /// The spans and events that it looks at: this program's, but for requests of probes and proxies, which the log has at debug
    /// level.
    pub fn collects(metadata: &Metadata<'_>) -> bool {
        let is_span = match metadata.name() {
            REQUEST => *metadata.level() == Level::INFO,
            name => kind_of(name).is_some(),
        };
        let has_status = metadata.is_event() && metadata.fields().field("status").is_some();
        metadata.target().starts_with("latchkey") && (is_span || has_status)
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    match name {
        REQUEST => Some(Kind::Server),
        "provider" | "database" => Some(Kind::Client),
        "hash" => Some(Kind::Internal),
        _ => None,
    }
}

/// Collects requests and what is within them; what the background does is in the metrics.
impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let Some(kind) = kind_of(span.name()) else { return };
        let parent = span
            .parent()
            .and_then(|parent| parent.extensions().get::<FinishedSpan>().map(|parent| (parent.trace, parent.id)));
        if parent.is_none() && span.name() != REQUEST {
            return;
        }
        let (Ok(trace), Ok(own)) = (random_bytes(), random_bytes()) else { return };
        let mut collected = FinishedSpan {
            trace: parent.map_or(trace, |(trace, _)| trace),
            id: own,
            parent: parent.map(|(_, id)| id),
            name: span.name(),
            kind,
            start: nanoseconds(SystemTime::now()),
            end: 0,
            attributes: Vec::new(),
            failed: false,
        };
        attributes.record(&mut Listed(&mut collected));
        span.extensions_mut().insert(collected);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(collected) = span.extensions_mut().get_mut::<FinishedSpan>() {
            values.record(&mut Listed(collected));
        }
    }

    /// The log line that ends a request has its status.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event).filter(|span| span.name() == REQUEST) else { return };
        if let Some(collected) = span.extensions_mut().get_mut::<FinishedSpan>() {
            event.record(&mut Listed(collected));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(mut collected) = span.extensions_mut().remove::<FinishedSpan>() else { return };
        collected.end = nanoseconds(SystemTime::now());
        if self.queue.try_send(collected).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Copies the listed fields.
struct Listed<'a>(&'a mut FinishedSpan);

impl Listed<'_> {
    fn set(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        let Some((name, attribute)) = FIELDS.into_iter().find(|(name, _)| *name == field.name()) else { return };
        let value = value();
        if name == "status" && matches!(value, Value::Number(500..)) {
            self.0.failed = true;
        }
        if name == "outcome" && !matches!(&value, Value::Text(text) if text == "answered") {
            self.0.failed = true;
        }
        self.0.set(attribute, value);
    }
}

impl Visit for Listed<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, || Value::Text(value.to_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, || Value::Number(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, || Value::Number(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, || Value::Text(format!("{value:?}")));
    }
}
