//! The log of a server.

use latchkey::config::Config;
use tracing_subscriber::EnvFilter;

use super::traces::{Traces, subscribe};
use crate::Failure;

pub fn start(config: &Config) -> Result<Traces, Failure> {
    let filter = EnvFilter::try_new(&config.log_filter).map_err(|error| format!("invalid RUST_LOG: {error}"))?;
    Ok(subscribe(config, filter))
}
