//! Standard output, for the log of a server: under load one write for many lines.
//!
//! A line for each request is a system call for each, which was a twentieth of a page. So lines wait for company, but never a tenth
//! of a second, and none after a warning, so that the cause of a crash is in the log. At a terminal nothing waits.

use std::{
    io::{self, IsTerminal, Write},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// A line waits so long at most.
const PATIENCE: Duration = Duration::from_millis(100);
/// So many bytes wait at most.
const FULL: usize = 16 * 1024;

static HELD: Mutex<Held> = Mutex::new(Held { lines: Vec::new(), may_wait: false });
static ARRIVED: Notify = Notify::const_new();

/// Lines that wait.
#[derive(Debug, Default)]
struct Held {
    lines: Vec<u8>,
    may_wait: bool,
}

/// When a line has to be written, with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Now,
    /// It is the first that waits.
    Soon,
    /// With the first.
    Already,
}

impl Held {
    fn add(&mut self, line: &[u8], is_urgent: bool) -> Due {
        let is_first = self.lines.is_empty();
        self.lines.extend_from_slice(line);
        match is_urgent || !self.may_wait || self.lines.len() >= FULL {
            true => Due::Now,
            false if is_first => Due::Soon,
            false => Due::Already,
        }
    }
}

/// What the log is written to.
#[derive(Clone, Copy, Debug)]
pub struct LogOutput;

/// Writes one line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    is_urgent: bool,
}

impl<'a> MakeWriter<'a> for LogOutput {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { is_urgent: true }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        Line { is_urgent: *metadata.level() <= Level::WARN }
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let due = held().add(line, self.is_urgent);
        match due {
            Due::Now => flush()?,
            Due::Soon => ARRIVED.notify_one(),
            Due::Already => {}
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn held() -> MutexGuard<'static, Held> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes what waits. Before the process ends, too.
///
/// # Errors
/// Of standard output.
pub fn flush() -> io::Result<()> {
    // First, so that no lines pass others.
    let mut output = io::stdout().lock();
    let lines = mem::take(&mut held().lines);
    output.write_all(&lines)?;
    output.flush()
}

/// Lets lines wait from now on, and writes them. Within a runtime.
pub fn hold_lines() {
    if io::stdout().is_terminal() {
        return;
    }
    held().may_wait = true;
    tokio::spawn(async {
        loop {
            ARRIVED.notified().await;
            sleep(PATIENCE).await;
            _ = flush(); // nobody is left to tell when nobody reads the log
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wait_for_others_but_not_after_a_warning_and_not_without_a_bound() {
        let mut held = Held { may_wait: true, ..Held::default() };
        assert_eq!([held.add(b"a\n", false), held.add(b"b\n", false)], [Due::Soon, Due::Already]);
        assert_eq!(held.add(b"warning\n", true), Due::Now);
        assert_eq!(held.lines, b"a\nb\nwarning\n", "in their order");
        assert_eq!(held.add(&[b'x'; FULL], false), Due::Now);
    }

    #[test]
    fn nothing_waits_before_the_server_runs_or_at_a_terminal() {
        assert_eq!(Held::default().add(b"a\n", false), Due::Now);
    }
}
