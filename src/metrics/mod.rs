//! What the server counts and times, in the text format of Prometheus. See the tour in `lib.rs`.
//!
//! The set of series is closed: each label has values of a list that the program or its configuration fixes, and whatever
//! is not in the list is `other`. No text of a request becomes a label, so no flood of requests creates a series.

mod labels;

#[cfg(test)]
mod tests;

pub use labels::{Limit, Outcome};

use std::{sync::Arc, time::Duration};

use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder,
    proto::MetricFamily,
};

use labels::{Labels, method_label, status_class};

/// The content type of [`text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Seconds. A page takes milliseconds, a password a tenth of a second, a provider at most ten.
const BUCKETS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The counters and histograms of one server.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    registry: Registry,
    labels: Labels,
    sign_ins: IntCounterVec,
    requests: HistogramVec,
    provider_requests: HistogramVec,
    rate_limited: IntCounterVec,
}

impl Default for Metrics {
    /// Of a program that nobody scrapes.
    ///
    /// # Panics
    /// If a metric has an invalid name, which the tests exclude.
    fn default() -> Self {
        Self::new([]).expect("valid names")
    }
}

impl Metrics {
    /// `providers` are the slugs of the enabled providers.
    ///
    /// # Errors
    /// If a metric has an invalid name, which the tests exclude.
    pub fn new(providers: impl IntoIterator<Item = String>) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            let histogram = HistogramVec::new(HistogramOpts::new(name, help).buckets(BUCKETS.to_vec()), labels)?;
            registry.register(Box::new(histogram.clone()))?;
            Ok::<_, prometheus::Error>(histogram)
        };
        let sign_ins = counter(
            "latchkey_sign_ins_total",
            "Attempts to sign in, by provider or password, and by outcome.",
            &["provider", "outcome"],
        )?;
        let requests = histogram(
            "latchkey_http_request_duration_seconds",
            "Time to answer a request, by route, method and class of status.",
            &["route", "method", "status"],
        )?;
        let provider_requests = histogram(
            "latchkey_provider_request_duration_seconds",
            "Time of a request to a provider, by its part and by outcome.",
            &["provider", "part", "outcome"],
        )?;
        let rate_limited =
            counter("latchkey_rate_limited_total", "Requests that a rate limit refused, by limit.", &["limit"])?;
        for limit in Limit::ALL {
            rate_limited.with_label_values(&[limit.code()]);
        }
        let labels = Labels::new(providers);
        Ok(Self(Arc::new(Shared { registry, labels, sign_ins, requests, provider_requests, rate_limited })))
    }

    /// Counts an attempt to sign in. `method` is a provider's slug or `password`, of a request perhaps; `outcome` is a code
    /// of a closed list.
    pub fn count_sign_in(&self, method: &str, outcome: &'static str) {
        self.0.sign_ins.with_label_values(&[self.0.labels.provider(method), outcome]).inc();
    }

    /// `route` is a route's template; `None` for a request that matched none.
    pub fn time_request(&self, route: Option<&str>, method: &str, status: u16, elapsed: Duration) {
        let labels = [route.unwrap_or(labels::OTHER), method_label(method), status_class(status)];
        self.0.requests.with_label_values(&labels).observe(elapsed.as_secs_f64());
    }

    /// `part` is the part of the provider that the request was for.
    pub fn time_provider_request(&self, provider: &str, part: &'static str, outcome: Outcome, elapsed: Duration) {
        let labels = [self.0.labels.provider(provider), part, outcome.code()];
        self.0.provider_requests.with_label_values(&labels).observe(elapsed.as_secs_f64());
    }

    pub fn count_rate_limited(&self, limit: Limit) {
        self.0.rate_limited.with_label_values(&[limit.code()]).inc();
    }

    pub fn gather(&self) -> Vec<MetricFamily> {
        self.0.registry.gather()
    }
}

/// Values that are looked up when they are asked for, rather than counted.
#[derive(Debug, Default)]
pub struct Snapshot(Registry);

impl Snapshot {
    /// Adds a gauge: one value for each label's value. Adds none without values.
    ///
    /// # Errors
    /// If a name is invalid or was added before, which the tests exclude.
    pub fn add<'a>(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        values: impl IntoIterator<Item = (Vec<&'a str>, f64)>,
    ) -> Result<(), prometheus::Error> {
        let gauge = GaugeVec::new(Opts::new(name, help), labels)?;
        for (labels, value) in values {
            gauge.get_metric_with_label_values(&labels)?.set(value);
        }
        self.0.register(Box::new(gauge))
    }

    pub fn gather(&self) -> Vec<MetricFamily> {
        self.0.gather()
    }
}

/// The text format of Prometheus.
///
/// # Errors
/// If a family is incomplete, which the types exclude.
pub fn text(families: &[MetricFamily]) -> Result<String, prometheus::Error> {
    let mut text = Vec::new();
    TextEncoder::new().encode(families, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
