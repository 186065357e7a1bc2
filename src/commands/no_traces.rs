//! In place of `traces.rs` in a build without the feature `otlp`: the log alone.

use std::io::IsTerminal;

use latchkey::config::Config;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, fmt};

use super::{log_lines::PlainLines, log_output::LogOutput};

/// There are none.
pub struct Traces;

/// Starts the log.
pub fn subscribe(config: &Config, filter: EnvFilter) -> Traces {
    let coloured = std::io::stdout().is_terminal();
    let log = fmt().with_env_filter(filter).with_target(false).with_ansi(coloured).with_writer(LogOutput);
    match (config.log_json, coloured) {
        (true, _) => log.json().init(),
        (false, true) => log.compact().init(),
        (false, false) => log.event_format(PlainLines).fmt_fields(PlainLines).init(),
    }
    Traces
}

impl Traces {
    pub fn export(self, config: &Config, _: CancellationToken) -> JoinHandle<()> {
        if config.traces.is_some() {
            tracing::warn!(
                "OTEL_EXPORTER_OTLP_ENDPOINT has no effect: this program was built without the feature otlp"
            );
        }
        tokio::spawn(async {})
    }
}
