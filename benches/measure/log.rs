//! The log as the production binary writes it, into a sink: lines are formatted and written, and then dropped.

use std::fs::File;

use tracing_subscriber::{EnvFilter, Registry, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt};

use crate::Failure;

/// A log whose level can be changed.
pub struct Log(reload::Handle<EnvFilter, Registry>);

impl Log {
    /// Installs it for the whole process.
    pub fn start() -> Result<Self, Failure> {
        let (filter, handle) = reload::Layer::new(EnvFilter::new("info"));
        let nowhere = File::options().write(true).open("/dev/null")?;
        let lines = fmt::layer().compact().with_target(false).with_writer(nowhere);
        tracing_subscriber::registry().with(filter).with(lines).try_init()?;
        Ok(Self(handle))
    }

    /// The default level.
    pub fn as_in_production(&self) {
        self.set("info");
    }

    /// `RUST_LOG=warn`.
    pub fn warnings_only(&self) {
        self.set("warn");
    }

    fn set(&self, level: &str) {
        self.0.reload(EnvFilter::new(level)).expect("the log is there as long as the process");
    }
}
