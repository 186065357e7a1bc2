//! The report for people.

use std::fmt;

use super::report::{Counts, Report, VERSION};

/// One line per finding, and a second one for the next step.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sentence) = &self.unusable {
            return writeln!(f, "latchkey: {sentence}");
        }
        writeln!(f, "Latchkey {VERSION} at {}", self.base_url.as_deref().unwrap_or_default())?;
        let width = self.findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
        let mut area = None;
        for finding in &self.findings {
            if area != Some(&finding.area) {
                area = Some(&finding.area);
                writeln!(f, "\n{}", finding.area.title())?;
            }
            writeln!(f, "  {:<7}  {:<width$}  {}", finding.verdict.as_str(), finding.check, finding.message)?;
            if let Some(next) = &finding.next {
                writeln!(f, "  {:<7}  {:<width$}  next: {next}", "", "")?;
            }
        }
        writeln!(f, "\n{}", summary(self.counts()))
    }
}

fn summary(counts: Counts) -> String {
    let mut summary = match counts.failure {
        0 => "Nothing failed".to_owned(),
        1 => "1 check failed".to_owned(),
        several => format!("{several} checks failed"),
    };
    for (count, one, many) in [(counts.warning, "warning", "warnings"), (counts.hint, "hint", "hints")] {
        if count > 0 {
            summary.push_str(&format!("; {count} {}", if count == 1 { one } else { many }));
        }
    }
    summary.push('.');
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Area, finding::Findings, report::tests::report};

    #[test]
    fn the_text_is_aligned() {
        let mut report = report(|findings| {
            findings.ok("address", "fine");
            findings.warning("proxies", "soon", "act");
        });
        let mut findings = Findings::about(Area::Provider { slug: "google".to_owned(), label: "Google".to_owned() });
        findings.failure("client", "broken", "fix");
        report.add(findings);
        let expected = format!(
            "Latchkey {VERSION} at https://app.example\n\
             \n\
             Settings\n\
             \x20 ok       address  fine\n\
             \x20 warning  proxies  soon\n\
             \x20                   next: act\n\
             \n\
             Provider Google (google)\n\
             \x20 failure  client   broken\n\
             \x20                   next: fix\n\
             \n\
             1 check failed; 1 warning.\n"
        );
        assert_eq!(report.to_string(), expected);
        assert_eq!(Report::unusable("X is wrong".to_owned()).to_string(), "latchkey: X is wrong\n");
    }

    #[test]
    fn control_characters_are_replaced() {
        let report = report(|findings| findings.ok("a", "one\n\u{1b}[31mtwo"));
        assert!(report.to_string().contains("one  [31mtwo\n"));
    }
}
