//! A walkthrough for a terminal.

use std::fmt::{self, Write};

use super::{
    check::{CheckResult, Verdict},
    step::Party,
    value::Audience,
    walkthrough::{Message, Section, Walkthrough},
};

/// One line per message, its details below it. Ends with a line break.
pub fn walkthrough_text(walkthrough: &Walkthrough) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    _ = write_all(&mut text, walkthrough);
    text
}

fn write_all(out: &mut String, walkthrough: &Walkthrough) -> fmt::Result {
    writeln!(out, "{}: {}", walkthrough.title, walkthrough.outcome.label())?;
    for section in &walkthrough.sections {
        write_section(out, section)?;
    }
    if let Some(failed) = &walkthrough.failed {
        writeln!(out, "\nStopped at: {}", failed.check.label())?;
        writeln!(out, "  expected  {}", failed.expected.text(Audience::Here))?;
        writeln!(out, "  actual    {}", failed.actual.text(Audience::Here))?;
        writeln!(out, "  without   {}", failed.check.without())?;
    } else if let Some((because, _)) = &walkthrough.refused {
        writeln!(out, "\nEnded: {}", because.text(Audience::Here))?;
    }
    match walkthrough.advice(Audience::Here) {
        Some(advice) => writeln!(out, "  next      {advice}"),
        None => Ok(()),
    }
}

fn write_section(out: &mut String, section: &Section) -> fmt::Result {
    let pause = section.pause.map(|pause| format!(", {pause} ms later")).unwrap_or_default();
    writeln!(out, "\n{}{pause} (request {})", section.title, section.request_id)?;
    section.messages.iter().try_for_each(|message| write_message(out, message))?;
    match section.dropped {
        0 => Ok(()),
        dropped => writeln!(out, "  … and {dropped} more steps"),
    }
}

fn write_message(out: &mut String, message: &Message) -> fmt::Result {
    let lanes = match (name(message.from), name(message.to)) {
        (from, to) if from == to => from.to_owned(),
        (from, to) => format!("{from} → {to}"),
    };
    writeln!(out, "  {:>6} ms  {lanes:<22}  {}", message.at, message.title)?;
    let indent = " ".repeat(12);
    for (parameter, _) in &message.parameters {
        writeln!(out, "{indent}{} = {}", parameter.name, parameter.value.text(Audience::Here))?;
    }
    message.checks.iter().try_for_each(|result| write_check(out, &indent, result))?;
    for line in &message.lines {
        writeln!(out, "{indent}{line}")?;
    }
    if let Some(by) = &message.awaited {
        writeln!(out, "{indent}done by request {by}")?;
    }
    for cookie in &message.cookies {
        let verb = if cookie.removed { "removes" } else { "sets" };
        writeln!(out, "{indent}{verb} cookie {} ({})", cookie.name, cookie.attributes)?;
    }
    let reference = message.source.reference.map(|reference| format!(", {}", reference.name())).unwrap_or_default();
    writeln!(out, "{indent}[{}{reference}]", message.source.file)
}

fn write_check(out: &mut String, indent: &str, result: &CheckResult) -> fmt::Result {
    let verdict = match result.verdict {
        Verdict::Passed => "passed",
        Verdict::NotNeeded => "not needed",
        Verdict::Refused => "REFUSED",
    };
    let (expected, actual) = (result.expected.text(Audience::Here), result.actual.text(Audience::Here));
    writeln!(out, "{indent}{verdict:<10}  {}: expected {expected}; actual {actual}", result.check.label())
}

pub(super) const fn name(party: Party) -> &'static str {
    match party {
        Party::Browser => "browser",
        Party::Latchkey => "Latchkey",
        Party::Provider => "provider",
        Party::Database => "database",
    }
}
