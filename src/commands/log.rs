//! The log of a server.

use std::io::IsTerminal;

use latchkey::config::Config;
use tracing_subscriber::{EnvFilter, fmt};

use crate::Failure;

pub fn start(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_filter).map_err(|error| format!("invalid RUST_LOG: {error}"))?;
    let log = fmt().with_env_filter(filter).with_target(false).with_ansi(std::io::stdout().is_terminal());
    if config.log_json {
        log.json().init()
    } else {
        log.compact().init()
    }
    Ok(())
}
