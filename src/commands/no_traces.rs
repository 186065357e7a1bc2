//! In place of `traces.rs` in a build without the feature `otlp`: the log alone.

use std::io::IsTerminal;

use latchkey::config::Config;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, fmt};

/// There are none.
pub struct Traces;

/// Starts the log.
pub fn subscribe(config: &Config, filter: EnvFilter) -> Traces {
    let log = fmt().with_env_filter(filter).with_target(false).with_ansi(std::io::stdout().is_terminal());
    if config.log_json {
        log.json().init();
    } else {
        log.compact().init();
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
