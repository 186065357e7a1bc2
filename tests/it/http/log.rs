//! The log of the server in memory, for tests that search it for secrets.

use std::{
    io,
    sync::{Mutex, Once, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Keep;

/// Starts to record: our own crate at level `trace`, libraries at `info`.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = EnvFilter::new("info,latchkey=trace,tower_sessions=trace,tower_http=trace,latchkey_sandbox=off");
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Keep).init();
    });
}

/// The bytes written so far.
pub fn length() -> usize {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Everything after the first `length` bytes, including lines of other tests.
pub fn since(length: usize) -> String {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log[length..]).into_owned()
}

impl io::Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Keep {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
