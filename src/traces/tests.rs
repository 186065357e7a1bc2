//! From `tracing`'s spans to what a collector would get.

use tracing_subscriber::{Registry, filter::filter_fn, prelude::*};

use super::span::{Kind, Value};
use super::*;

fn collected(act: impl FnOnce()) -> Vec<FinishedSpan> {
    let (sender, mut receiver) = mpsc::channel(QUEUE);
    let layer = SpanLayer::new(sender).with_filter(filter_fn(SpanLayer::collects));
    tracing::subscriber::with_default(Registry::default().with(layer), act);
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

#[test]
fn spans_within_a_request_share_its_trace() {
    let spans = collected(|| {
        let request = tracing::info_span!("request", method = "GET", path = "/login", id = "r-1");
        let _in_request = request.enter();
        tracing::trace_span!("provider", provider = "google", part = "tokens").in_scope(|| {
            tracing::trace_span!("hash").in_scope(|| ());
        });
        tracing::info!(status = 503, "answered");
    });
    let names: Vec<_> = spans.iter().map(|span| (span.name, span.kind)).collect();
    assert_eq!(names, [("hash", Kind::Internal), ("provider", Kind::Client), ("request", Kind::Server)]);
    let [hash, provider, request] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((hash.parent, provider.parent, request.parent), (Some(provider.id), Some(request.id), None));
    assert!(spans.iter().all(|span| span.trace == request.trace && span.start <= span.end));
    assert!(request.failed && !provider.failed);
    let text = |text: &str| Value::Text(text.to_owned());
    assert!(request.attributes.contains(&("latchkey.request_id", text("r-1"))));
    assert!(request.attributes.contains(&("http.response.status_code", Value::Number(503))));
    assert_eq!(provider.attributes, [("latchkey.provider", text("google")), ("latchkey.part", text("tokens"))]);
}

#[test]
fn what_is_not_listed_does_not_leave() {
    let spans = collected(|| {
        tracing::info_span!("request", method = "GET", email = "ada@example.com", token = "secret").in_scope(|| {
            tracing::info!(status = 200, subject = "secret", "answered");
            tracing::info_span!("elsewhere", path = "secret").in_scope(|| ());
            tracing::info_span!(target: "sqlx", "request", path = "secret").in_scope(|| ());
        });
    });
    assert_eq!(spans.len(), 1, "{spans:?}");
    assert!(!format!("{spans:?}").contains("secret") && !format!("{spans:?}").contains("ada@"), "{spans:?}");
}

#[test]
fn only_requests_begin_a_trace() {
    let spans = collected(|| {
        tracing::trace_span!("database").in_scope(|| ());
        tracing::debug_span!("request", path = "/auth/verify").in_scope(|| {
            tracing::trace_span!("database").in_scope(|| ());
        });
        tracing::info_span!("request", path = "/login").in_scope(|| ());
    });
    assert_eq!(spans.iter().map(|span| span.name).collect::<Vec<_>>(), ["request"]);
}

#[test]
fn a_full_queue_drops_spans_and_counts_them() {
    let (sender, _receiver) = mpsc::channel(1);
    let layer = SpanLayer::new(sender);
    let dropped = layer.dropped();
    tracing::subscriber::with_default(Registry::default().with(layer), || {
        for _ in 0..3 {
            tracing::info_span!("request").in_scope(|| ());
        }
    });
    assert_eq!(dropped.load(std::sync::atomic::Ordering::Relaxed), 2);
}
