//! How a line of the log looks where no terminal colours it: as `tracing-subscriber`'s compact format writes it, but plainly.
//!
//! That one asks for a colour at every word and looks at every character of a message, which for the lines of a sign-in took a
//! thirtieth of it.

use std::fmt::{self, Debug, Write};

use latchkey::ui::timestamp;
use time::OffsetDateTime;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::{LookupSpan, Scope},
};

/// Formats lines, and their fields.
#[derive(Clone, Copy, Debug)]
pub struct PlainLines;

impl<S, N> FormatEvent<S, N> for PlainLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        push_time(&mut line, OffsetDateTime::now_utc())?;
        line.write_str(match *event.metadata().level() {
            Level::ERROR => " ERROR ",
            Level::WARN => "  WARN ",
            Level::INFO => "  INFO ",
            Level::DEBUG => " DEBUG ",
            Level::TRACE => " TRACE ",
        })?;
        let spans = || context.event_scope().into_iter().flat_map(Scope::from_root);
        let mut is_within = false;
        for span in spans() {
            is_within = true;
            line.write_str(span.name())?;
            line.write_char(':')?;
        }
        if is_within {
            line.write_char(' ')?;
        }
        context.format_fields(line.by_ref(), event)?;
        for span in spans() {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                line.write_char(' ')?;
                line.write_str(fields)?;
            }
        }
        line.write_char('\n')
    }
}

impl<'w> FormatFields<'w> for PlainLines {
    fn format_fields<R: RecordFields>(&self, line: Writer<'w>, fields: R) -> fmt::Result {
        let mut written = Fields { line, is_first: true, outcome: Ok(()) };
        fields.record(&mut written);
        written.outcome
    }
}

/// In UTC, as in RFC 3339, with microseconds.
fn push_time(line: &mut Writer<'_>, time: OffsetDateTime) -> fmt::Result {
    line.write_str(timestamp::iso(time.unix_timestamp()).trim_end_matches('Z'))?;
    write!(line, ".{:06}Z", time.microsecond())
}

/// Writes the message as it is, and other fields as `name=value`.
struct Fields<'w> {
    line: Writer<'w>,
    is_first: bool,
    outcome: fmt::Result,
}

impl Fields<'_> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut Plain<'_, '_>) -> fmt::Result) {
        let name = field.name();
        // Where a library's line came from, which its level and text say well enough.
        if self.outcome.is_err() || name.starts_with("log.") {
            return;
        }
        self.outcome = (|| {
            if !std::mem::take(&mut self.is_first) {
                self.line.write_char(' ')?;
            }
            if name != "message" {
                self.line.write_str(name.trim_start_matches("r#"))?;
                self.line.write_char('=')?;
            }
            value(&mut Plain(&mut self.line))
        })();
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        match field.name() {
            "message" => self.write(field, |line| line.write_str(value)),
            _ if value.bytes().all(is_plain) => self.write(field, |line| {
                line.0.write_char('"')?;
                line.0.write_str(value)?;
                line.0.write_char('"')
            }),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, |line| write!(line, "{value:?}"));
    }
}

/// Escapes what a terminal would take for a command, since a client chooses some of the texts.
struct Plain<'a, 'w>(&'a mut Writer<'w>);

impl Write for Plain<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_command = |character: char| {
            matches!(character, '\u{7}' | '\u{8}' | '\u{c}' | '\u{1b}' | '\u{7f}' | '\u{80}'..='\u{9f}')
        };
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return self.0.write_str(text);
        }
        for character in text.chars() {
            match is_command(character) {
                true if character.is_ascii() => write!(self.0, "\\x{:02x}", u32::from(character))?,
                true => write!(self.0, "\\u{{{:x}}}", u32::from(character))?,
                false => self.0.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use tracing_subscriber::{fmt, fmt::MakeWriter, prelude::*};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Written {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// What both formats write, without the times.
    fn lines(log: impl Fn()) -> (String, String) {
        let (plain, compact) = (Written::default(), Written::default());
        let layer = || fmt::layer().with_target(false).with_ansi(false);
        let ours = layer().event_format(PlainLines).fmt_fields(PlainLines).with_writer(plain.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(ours), &log);
        let theirs = tracing_subscriber::registry().with(layer().compact().with_writer(compact.clone()));
        tracing::subscriber::with_default(theirs, &log);
        let text = |written: Written| {
            let bytes = written.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let text = String::from_utf8(bytes).expect("text");
            text.split_inclusive('\n').map(|line| line.split_once('Z').expect("a time").1).collect::<String>()
        };
        (text(plain), text(compact))
    }

    #[test]
    fn a_line_is_that_of_the_compact_format() {
        let (ours, theirs) = lines(|| {
            let path = "/a \"b\" \\ \u{1b}[2J é";
            let outer = tracing::info_span!("request", method = %"GET", path, id = "own");
            let _outer = outer.enter();
            tracing::info!(status = 200_u16, milliseconds = 3_u64, "answered");
            let _inner = tracing::info_span!("inner", left = -1, on = true, share = 0.5, r#type = "t").entered();
            tracing::error!(error = %"gone", reason = ?Some("x"), "{} failed", "it");
            tracing::warn!("\u{1b}[31m red \u{9b}\u{7f} é");
            tracing::debug!(only = "a field");
            tracing::trace!("");
            let message = "of a field";
            tracing::info!(message, next = true);
        });
        assert_eq!(ours, theirs);
        assert!(ours.contains(r#"  INFO request: answered status=200 milliseconds=3 method=GET path="/a \"b\" \\ \u{1b}[2J é" id="own""#), "{ours}");
    }

    #[test]
    fn a_client_s_text_sends_no_command_to_a_terminal() {
        let (ours, _) = lines(|| tracing::info!(reason = %"\u{1b}]0;title\u{7}", "refused"));
        assert_eq!(ours, "  INFO refused reason=\\x1b]0;title\\x07\n");
    }

    #[test]
    fn times_have_microseconds() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_000_042_999).expect("a time");
        let mut text = String::new();
        push_time(&mut Writer::new(&mut text), time).expect("written");
        assert_eq!(text, "2023-11-14T22:13:20.000042Z");
    }
}
