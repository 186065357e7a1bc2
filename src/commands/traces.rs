//! The log of a server, and its spans for OpenTelemetry.

use std::io::IsTerminal;

use latchkey::{
    config::Config,
    traces::{self, Collector, Exporter, SpanLayer},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};

use super::{log_lines::PlainLines, log_output::LogOutput};

/// The spans of this process, if it sends any.
pub struct Traces(Option<Exporter>);

/// Starts the log.
pub fn subscribe(config: &Config, filter: EnvFilter) -> Traces {
    let started = config.traces.clone().map(|settings| {
        traces::start(Collector { url: settings.url, headers: settings.headers, service: settings.service })
    });
    let (spans, exporter) = started.unzip();
    let coloured = std::io::stdout().is_terminal();
    let log = fmt::layer().with_target(false).with_ansi(coloured).with_writer(LogOutput);
    let log = match (config.log_json, coloured) {
        (true, _) => log.json().boxed(),
        (false, true) => log.compact().boxed(),
        (false, false) => log.event_format(PlainLines).fmt_fields(PlainLines).boxed(),
    };
    let spans = spans.map(|spans| spans.with_filter(filter_fn(SpanLayer::collects)));
    tracing_subscriber::registry().with(log.with_filter(filter)).with(spans).init();
    Traces(exporter)
}

impl Traces {
    /// Sends spans until `stop`. The task ends when the last ones are sent.
    pub fn export(self, config: &Config, stop: CancellationToken) -> JoinHandle<()> {
        if let Some(settings) = &config.traces {
            tracing::info!("spans go to {}", settings.url.origin().ascii_serialization());
        }
        tokio::spawn(async move {
            let Some(exporter) = self.0 else { return };
            if let Err(error) = exporter.run(stop).await {
                tracing::error!(%error, "no spans are sent");
            }
        })
    }
}
